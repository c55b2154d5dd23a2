/** How a run trains: every choice that changes the result, with its default. Saved in checkpoints and adapters. */

import type { Backend } from '../inference/model';

/** The matrices of a layer that an adapter may change. */
export const TARGETS = ['q', 'k', 'v', 'o', 'gate', 'up', 'down'] as const;
export type Target = (typeof TARGETS)[number];

export interface TrainingSettings {
	/** Rows of A and columns of B. A multiple of 16 fills the kernels. */
	readonly rank: number;
	/** ΔW = (alpha / rank)·B·A. */
	readonly alpha: number;
	/** alpha / √rank instead (rsLoRA, Kalajdzievski 2023). */
	readonly rankStabilised: boolean;
	/** Share of the inputs of A that are zeroed in training, 0 to 0.5. */
	readonly dropout: number;
	readonly targets: readonly Target[];
	/** Only the last N layers have adapters; those below run forward only. 0 = all. */
	readonly topLayers: number;
	/** Peak learning rate of A. */
	readonly learningRate: number;
	/** Learning rate of B = this · `learningRate` (LoRA+, Hayou et al. 2024); 1 = alike. */
	readonly learningRateRatioB: number;
	/** Decoupled weight decay (AdamW, Loshchilov and Hutter 2019). */
	readonly weightDecay: number;
	readonly beta1: number;
	readonly beta2: number;
	readonly epsilon: number;
	/** Largest global norm of the gradient; longer ones are scaled down to it. 0 = no clipping. */
	readonly clipNorm: number;
	/** Share of all steps in which the learning rate rises to its peak; the cosine after it ends at 10 %. */
	readonly warmupShare: number;
	/**
	 * Weight in the loss of the token that ends a middle, where any other has 1; that on held-out code stays as it is.
	 * Undefined in orders of an earlier version, which means 1. `test/bench/adapt.bench.ts` on 65 steps of the starter: with
	 * 4 the adapter ended 57 % of 241 completions by itself instead of 49 %, but 39 % within the first half of the middle
	 * instead of 28 %, and the edit similarity was 0.10 instead of 0.12; the base has 55 %, 36 % and 0.09.
	 */
	readonly endWeight?: number | undefined;
	/** Tokens of a row: a sample that is longer was cut by the prompt format. */
	readonly sequenceLength: number;
	/** Rows whose gradients are added up before a step. `auto`: 8, and fewer where that would make too few steps. */
	readonly rowsPerStep: number | 'auto';
	/** Passes over the data; may be a fraction. */
	readonly epochs: number;
	/** Minutes after which the run ends; the schedule is fitted to it. 0 = no limit. */
	readonly minutes: number;
	/** Same seed, same data, same backend and threads: same digits. */
	readonly seed: number;
	/** `auto` when the memory that is free is too little without. */
	readonly gradientCheckpointing: 'auto' | 'on' | 'off';
	/** Steps between two looks at the held-out loss; 0 = only before and after. `auto`: five looks, fewer where they take long. */
	readonly evaluateEvery: number | 'auto';
	/** Minutes between two checkpoints. */
	readonly checkpointMinutes: number;
	readonly backend: Backend;
	/** CPU threads; 0 = physical cores minus one. */
	readonly threads: number;
}

/** What published recipes agree on for models of 0.5 to 3 billion parameters. */
export const DEFAULT_SETTINGS: TrainingSettings = {
	rank: 16,
	alpha: 32,
	rankStabilised: false,
	dropout: 0,
	targets: TARGETS,
	topLayers: 0,
	learningRate: 3e-4,
	learningRateRatioB: 1,
	weightDecay: 0.01,
	beta1: 0.9,
	beta2: 0.999,
	epsilon: 1e-8,
	clipNorm: 1,
	warmupShare: 0.04,
	endWeight: 1,
	sequenceLength: 512,
	rowsPerStep: 'auto',
	epochs: 1,
	minutes: 0,
	seed: 1,
	gradientCheckpointing: 'auto',
	evaluateEvery: 'auto',
	checkpointMinutes: 3,
	backend: 'auto',
	threads: 0,
};

/** Parameters of the model that the recipe's learning rate is for. */
const RECIPE_PARAMETERS = 0.5e9;
const HIGHEST_LEARNING_RATE = 1e-2;

/**
 * Peak learning rate for a model of so many parameters, to two digits: the default's at 0.5 billion, and in inverse
 * proportion to the square root of their number. Above it, that is the recipe of finetune.md 10.1 but for a few tenths
 * (1.5 billion: 1.7e-4, 7 billion: 8e-5). Below, `test/bench/adapt.bench.ts` measured it on the starter (5 million): 60
 * steps brought the held-out loss to 0.98 of the base's at 3e-4, 0.92 at 1e-3, and 0.88 at 3e-3 as at 1e-2.
 */
export function suggestedLearningRate(parameters: number): number {
	const rate = DEFAULT_SETTINGS.learningRate * Math.sqrt(RECIPE_PARAMETERS / parameters);
	return Number(Math.min(HIGHEST_LEARNING_RATE, rate).toPrecision(2));
}

/** Names the first setting that cannot be, why, and what may be; undefined when all are well. */
export function settingsProblem(settings: TrainingSettings): string | undefined {
	const number = (name: keyof TrainingSettings, least: number, most: number, whole: boolean) => {
		const value = settings[name];
		const fits =
			typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value));
		return fits
			? undefined
			: `${name} is ${String(value)}; it must be ${whole ? 'a whole number' : 'a number'} from ${least} to ${most}.`;
	};
	return (
		number('rank', 1, 256, true) ??
		number('alpha', 0.001, 4096, false) ??
		number('dropout', 0, 0.5, false) ??
		(settings.targets.length > 0
			? undefined
			: `targets is empty; name at least one of ${TARGETS.join(', ')}.`) ??
		number('topLayers', 0, 10_000, true) ??
		number('learningRate', 1e-8, 1, false) ??
		number('learningRateRatioB', 0.01, 100, false) ??
		number('weightDecay', 0, 1, false) ??
		number('beta1', 0, 0.9999, false) ??
		number('beta2', 0, 0.99999, false) ??
		number('epsilon', 1e-12, 1e-2, false) ??
		number('clipNorm', 0, 1000, false) ??
		number('warmupShare', 0, 1, false) ??
		(settings.endWeight === undefined ? undefined : number('endWeight', 0, 100, false)) ??
		number('sequenceLength', 64, 8192, true) ??
		(settings.rowsPerStep === 'auto' ? undefined : number('rowsPerStep', 1, 1024, true)) ??
		number('epochs', 0.001, 100, false) ??
		number('minutes', 0, 100_000, false) ??
		number('seed', 0, 0xffffffff, true) ??
		(settings.evaluateEvery === 'auto' ? undefined : number('evaluateEvery', 0, 1_000_000, true)) ??
		number('checkpointMinutes', 0.01, 1440, false) ??
		number('threads', 0, 1024, true)
	);
}
