/** How fast a download is and how long it will take, from what arrived in the last seconds. */

/** Milliseconds that are looked back: long enough to be calm, short enough to notice a change. */
const WINDOW = 10_000;

export class Pace {
	private readonly points: { readonly time: number; readonly bytes: number }[] = [];

	/** @param time in milliseconds, on a clock that only goes forward. */
	note(bytes: number, time: number): void {
		const last = this.points.at(-1);
		if (last !== undefined && bytes < last.bytes) {
			// It began anew.
			this.points.length = 0;
		}
		this.points.push({ time, bytes });
		while ((this.points[1]?.time ?? time) < time - WINDOW) {
			this.points.shift();
		}
	}

	/** Undefined while too little is known. */
	get bytesPerSecond(): number | undefined {
		const [first] = this.points;
		const last = this.points.at(-1);
		if (first === undefined || last === undefined || last.time - first.time < 1_000) {
			return undefined;
		}
		return ((last.bytes - first.bytes) * 1_000) / (last.time - first.time);
	}

	/** Undefined while it is not known, or nothing comes. */
	secondsLeft(total: number): number | undefined {
		const pace = this.bytesPerSecond;
		const last = this.points.at(-1);
		return pace === undefined || pace <= 0 || last === undefined ? undefined : (total - last.bytes) / pace;
	}
}
