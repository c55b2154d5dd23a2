/** One measurement of training all weights in a process of its own: reads a job as JSON, prints its result as one line of JSON. */
import { boolean, type Check, literal, number, object } from '../../src/inference/wire/shapes';
import { peakBytes } from './children';
import { timeNodes } from './finetune-nodes';
import { type FullSetting, fullRig, timeSteps } from './finetune-rig';
import { LENGTH, SEQUENCES, SHAPES, type Size } from './fulltrain-shapes';

export interface FulltrainJob extends FullSetting {
	readonly size: Size;
	readonly threads: number;
	/** Steps to time, after one that is not counted. */
	readonly steps: number;
	/** Whether every node is timed. */
	readonly profile: boolean;
}

const isJob: Check<FulltrainJob> = object<FulltrainJob>({
	size: literal('5M', '15M', '30M'),
	products: literal('F32', 'BF16'),
	shadowed: boolean,
	threads: number,
	steps: number,
	profile: boolean,
});

const job: unknown = JSON.parse(process.argv[2] ?? '');
if (!isJob(job)) {
	throw new Error('That is no job.');
}
const shape = SHAPES[job.size];
const bench = fullRig(`full-${job.size}`, shape, job, LENGTH, SEQUENCES, job.threads);
const milliseconds = await timeSteps(bench, job.steps);
console.log(
	JSON.stringify({
		milliseconds,
		peakBytes: peakBytes(),
		weightBytes: bench.rig.base.bytes,
		activationBytes: bench.rig.step.activationBytes,
		layout: `${bench.rig.optimizer.parameters} parameters in F32${job.shadowed ? ', Q8_0 copies' : ''}`,
		nodes: job.profile ? timeNodes(bench.rig.step.graph, { vocabulary: shape.vocabulary, rank: 0 }, 2) : [],
	}),
);
