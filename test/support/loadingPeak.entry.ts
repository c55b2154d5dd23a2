/**
 * Loads a base model in a process of its own and tells how much memory that took at most. Arguments are the model and the type
 * of the copies; prints one line of JSON, a `LoadingPeak`. Linux only.
 */
import { readShape } from '../../src/finetune/architectures/shape';
import { Device } from '../../src/finetune/ggml/device';
import { DEFAULT_SETTINGS } from '../../src/finetune/settings';
import { BaseModel } from '../../src/finetune/training/baseModel';
import { estimateMemory } from '../../src/finetune/training/memoryEstimate';
import { TensorFile } from '../../src/finetune/training/tensorFile';
import { peakBytes } from '../bench/children';
import { testGgml } from './training';

/** All in bytes. */
export interface LoadingPeak {
	/** As estimated. */
	readonly weights: number;
	/** As estimated, beside the weights. */
	readonly loading: number;
	/** What the weights took on the device. */
	readonly loaded: number;
	/** Most that the process took, less what it had before. */
	readonly peak: number;
	/** What it had afterwards, less what it had before. */
	readonly left: number;
}

const TOKENS = 300;
const [path = '', copies = 'Q8_0'] = process.argv.slice(2);
const device = Device.open(testGgml(), 'cpu', 1);
const file = new TensorFile(path);
const { weights, loading } = estimateMemory(readShape(file.header), file.header.tensors, {
	settings: DEFAULT_SETTINGS,
	length: DEFAULT_SETTINGS.sequenceLength,
	copyBytes: copies === 'BF16' ? 2 : (38 / 34) * (34 / 32),
	repackedQ8: 38 / 34,
	keptBytes: 2,
	checkpointing: false,
	tokens: TOKENS,
});
const before = process.memoryUsage.rss();
const base = await BaseModel.loadInSteps(
	device,
	device,
	file,
	{
		copies,
		repack: true,
		firstTrained: 0,
		tokens: Array.from({ length: TOKENS }, (_, token) => token),
		trainAll: false,
	},
	() => undefined,
	new AbortController().signal,
);
const outcome: LoadingPeak = {
	weights,
	loading,
	loaded: base.bytes,
	peak: peakBytes() - before,
	left: process.memoryUsage.rss() - before,
};
console.log(JSON.stringify(outcome));
process.exit(0);
