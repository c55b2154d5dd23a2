/** The loss over the steps in a bounded number of points: neighbours are averaged as there get to be more. */

const MAX_POINTS = 2_000;

export interface LossPoint {
	/** The last step of those averaged. */
	readonly step: number;
	/** Mean, in nats. */
	readonly loss: number;
}

export class LossCurve {
	private points: LossPoint[] = [];
	/** Steps in one point. */
	private stride = 1;
	/** Losses that are not a point yet. */
	private open: { step: number; sum: number; count: number } | undefined;

	/** @param maxPoints even; default 2,000. */
	constructor(private readonly maxPoints = MAX_POINTS) {}

	/** A step that is not after the last one takes the place of all from there on: the run was resumed. */
	add(step: number, loss: number): void {
		if (step <= (this.open?.step ?? this.points.at(-1)?.step ?? -1)) {
			this.open = undefined;
			this.points = this.points.filter((point) => point.step < step);
		}
		this.open = {
			step,
			sum: (this.open?.sum ?? 0) + loss,
			count: (this.open?.count ?? 0) + 1,
		};
		if (this.open.count === this.stride) {
			this.points.push(pointOf(this.open));
			this.open = undefined;
			if (this.points.length === this.maxPoints) {
				this.halve();
			}
		}
	}

	/** In the order of their steps; at most `maxPoints`. */
	get all(): readonly LossPoint[] {
		return this.open === undefined ? [...this.points] : [...this.points, pointOf(this.open)];
	}

	private halve(): void {
		const pairs: LossPoint[] = [];
		for (let index = 0; index < this.points.length; index += 2) {
			const [first, second] = this.points.slice(index, index + 2);
			if (first !== undefined && second !== undefined) {
				pairs.push({ step: second.step, loss: (first.loss + second.loss) / 2 });
			}
		}
		this.points = pairs;
		this.stride *= 2;
	}
}

function pointOf(open: { readonly step: number; readonly sum: number; readonly count: number }): LossPoint {
	return { step: open.step, loss: open.sum / open.count };
}
