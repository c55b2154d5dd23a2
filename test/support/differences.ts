/** Central differences of the double-precision reference, to compare gradients with. */
import type { Batch } from '../../src/finetune/training/stepGraph';
import { seededRandom } from './randomModel';
import type { ReferenceAdapter } from './referenceLayers';
import { type ReferenceModel, referenceLoss } from './referenceModel';
import type { Gradients, Rig } from './training';

/** A trained tensor: its numbers, which the reference reads, and the gradient to be judged, in the same order. */
export interface Parameter {
	readonly name: string;
	readonly values: Float64Array;
	readonly gradient: Float32Array;
}

export interface Differentiable {
	readonly parameters: readonly Parameter[];
	/** The reference's, of the parameters' values as they are now. */
	loss(): number;
}

/** A rig's A and B. */
export function adapterParameters(
	model: ReferenceModel,
	batch: Batch,
	{ lora }: Rig,
	gradients: Gradients,
): Differentiable {
	const matrices = (lora?.content() ?? []).map((matrix) => ({
		...matrix,
		a: Float64Array.from(matrix.a),
		b: Float64Array.from(matrix.b),
	}));
	const adapter: ReferenceAdapter = { alpha: lora?.alpha ?? 0, matrices };
	const parameters = matrices.flatMap(({ name, a, b, rank, outputs }) => {
		const stem = name.replace(/\.weight$/, '');
		const [ofA, ofB] = ['a', 'b'].map((side) => gradients.get(`${stem}.lora_${side}`) ?? new Float32Array());
		// B is trained the other way round than an adapter keeps it.
		const turned = b.map((_, at) => ofB?.[(at % rank) * outputs + Math.floor(at / rank)] ?? Number.NaN);
		return [
			{ name: `${stem}.lora_a`, values: a, gradient: ofA ?? new Float32Array() },
			{ name: `${stem}.lora_b`, values: b, gradient: Float32Array.from(turned) },
		];
	});
	return { parameters, loss: () => referenceLoss(model, { ...batch, adapter }).loss };
}

/** All numbers of a model; the gradients' names are those of its tensors. */
export function modelParameters(model: ReferenceModel, batch: Batch, gradients: Gradients): Differentiable {
	return {
		parameters: [...gradients].map(([name, gradient]) => ({
			name,
			values: model.tensors.get(name)?.values ?? new Float64Array(),
			gradient,
		})),
		loss: () => referenceLoss(model, batch).loss,
	};
}

/** Step of the difference, relative to the root mean square of the tensor's numbers. */
const STEP = 1e-4;

/**
 * How far a gradient g is off: |g·d − slope of the reference along d| for a random d of ±1, every number of the tensor
 * among them, over ‖g‖, which is the deviation of g·d: for an error e about ‖e‖ / ‖g‖. NaN and infinity come out as they are.
 */
export function slopeError({ values, gradient, name }: Parameter, loss: () => number): number {
	if (gradient.length !== values.length) {
		throw new Error(`${name} has ${values.length} numbers, but its gradient ${gradient.length}.`);
	}
	const random = seededRandom(values.length);
	const direction = values.map(() => (random() < 0.5 ? -1 : 1));
	const before = values.slice();
	const length = (vector: ArrayLike<number>) =>
		Math.sqrt(Array.from(vector).reduce((sum, value) => sum + value * value, 0));
	const step = STEP * Math.max(1e-2, length(values) / Math.sqrt(values.length));
	const shifted = (by: number) => {
		for (const [index, value] of before.entries()) {
			values[index] = value + by * (direction[index] ?? 0);
		}
		return loss();
	};
	const slope = (shifted(step) - shifted(-step)) / (2 * step);
	values.set(before);
	const along = gradient.reduce((sum, value, index) => sum + value * (direction[index] ?? 0), 0);
	return Math.abs(along - slope) / length(gradient);
}
