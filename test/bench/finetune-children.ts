/** Starts measurements of the trainer in processes of their own, and says what they returned. */
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Check, list, number, object, optional, shortString } from '../../src/inference/wire/shapes';
import { measureApart } from './children';
import type { FinetuneJob } from './finetune-child.entry';
import type { NodeTimes } from './finetune-nodes';
import type { FulltrainJob } from './fulltrain-child.entry';

export interface TrainerRun {
	readonly milliseconds: readonly number[];
	readonly peakBytes: number;
	readonly weightBytes: number;
	readonly activationBytes: number;
	/** How many matrices lie where, in which type. */
	readonly layout: string;
	/** Of the gradient with the exact one, over all tensors; undefined where it was not asked for. */
	readonly cosine?: number | undefined;
	/** The same of the tensor where it is lowest. */
	readonly worst?: number | undefined;
	readonly nodes: readonly NodeTimes[];
}

const isRun: Check<TrainerRun> = object<TrainerRun>({
	milliseconds: list(number),
	peakBytes: number,
	weightBytes: number,
	activationBytes: number,
	layout: shortString,
	cosine: optional(number),
	worst: optional(number),
	nodes: list(
		object<NodeTimes>({
			work: shortString,
			operation: shortString,
			nodes: number,
			milliseconds: number,
			gigaOperations: number,
		}),
	),
});

/** @param entry name of the child's entry, for example `finetune`. */
function run(entry: string, job: object): TrainerRun {
	// Bundled into the bench, which lies beside the child's bundle.
	const child = path.join(path.dirname(fileURLToPath(import.meta.url)), `${entry}-child.entry.mjs`);
	return measureApart(process.execPath, [child, JSON.stringify(job)], {}, isRun);
}

/** @throws Error with what the child printed when it failed. */
export function runFinetune(job: FinetuneJob): TrainerRun {
	return run('finetune', job);
}

/** @throws Error with what the child printed when it failed. */
export function runFulltrain(job: FulltrainJob): TrainerRun {
	return run('fulltrain', job);
}
