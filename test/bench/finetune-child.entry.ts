/** One measurement of LoRA training in a process of its own: reads a job as JSON, prints its result as one line of JSON. */
import * as fs from 'node:fs';
import { boolean, type Check, number, object, optional, string } from '../../src/inference/wire/shapes';
import { cosine, type Gradients } from '../support/training';
import { peakBytes } from './children';
import { timeNodes } from './finetune-nodes';
import { HALF_BILLION, loraRig, noisyGradients, RANK, timeSteps } from './finetune-rig';
import { isSetting, type Setting } from './finetune-setting';

export interface FinetuneJob {
	readonly setting: Setting;
	readonly threads: number;
	/** Steps to time, after one that is not counted; 0 = none. */
	readonly steps: number;
	/** File that the gradient is written to. */
	readonly writeGradient?: string | undefined;
	/** File of the exact gradient, to be compared with. */
	readonly exactGradient?: string | undefined;
	/** Whether every node is timed. */
	readonly profile: boolean;
}

const isJob: Check<FinetuneJob> = object<FinetuneJob>({
	setting: isSetting,
	threads: number,
	steps: number,
	writeGradient: optional(string),
	exactGradient: optional(string),
	profile: boolean,
});

const job: unknown = JSON.parse(process.argv[2] ?? '');
if (!isJob(job)) {
	throw new Error('That is no job.');
}
const bench = loraRig(job.setting, job.threads);
const milliseconds = job.steps > 0 ? await timeSteps(bench, job.steps) : [];
// What follows is not part of a run.
const peak = peakBytes();
const wantsGradient = job.writeGradient !== undefined || job.exactGradient !== undefined;
const found: Gradients = wantsGradient ? await noisyGradients(bench) : new Map();
if (job.writeGradient !== undefined) {
	fs.writeFileSync(
		job.writeGradient,
		Buffer.concat([...found.values()].map((vector) => new Uint8Array(vector.buffer))),
	);
}
const expected = job.exactGradient === undefined ? undefined : readGradients(job.exactGradient, found);
console.log(
	JSON.stringify({
		milliseconds,
		peakBytes: peak,
		weightBytes: bench.rig.base.bytes,
		activationBytes: bench.rig.step.activationBytes,
		layout: [...bench.rig.base.layout].map(([where, count]) => `${count} ${where}`).join(', '),
		...(expected === undefined ? {} : { cosine: cosine(found, expected), worst: worst(found, expected) }),
		nodes: job.profile
			? timeNodes(bench.rig.step.graph, { vocabulary: HALF_BILLION.vocabulary, rank: RANK }, 2)
			: [],
	}),
);

/** Gradients of the same tensors as `like`. */
function readGradients(file: string, like: Gradients): Gradients {
	const bytes = fs.readFileSync(file);
	let offset = bytes.byteOffset;
	return new Map(
		[...like].map(([name, values]) => {
			const read = new Float32Array(bytes.buffer.slice(offset, offset + values.byteLength));
			offset += values.byteLength;
			return [name, read];
		}),
	);
}

/** Cosine of the tensor whose direction differs most. */
function worst(one: Gradients, other: Gradients): number {
	return [...other].reduce((least, entry) => Math.min(least, cosine(one, new Map([entry]))), 1);
}
