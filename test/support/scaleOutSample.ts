/** A tiny model and a dataset of code for it on disk, and the order that exports them. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { writeDataset } from '../../src/finetune/dataset/datasetFile';
import type { Sample } from '../../src/finetune/dataset/sample';
import type { ScaleOutOrder } from '../../src/finetune/scaleOut/order';
import { Vocabulary } from '../../src/finetune/scaleOut/vocabulary';
import { DEFAULT_SETTINGS } from '../../src/finetune/settings';
import { fakeFill } from './fakeModel';
import { type RandomModelOptions, TINY_MODEL, writeRandomModel } from './randomModel';
import { datasetOf } from './trainingData';

const never = new AbortController().signal;

/** What stands for these characters in a byte-level vocabulary; letters stand for themselves. */
const WRITTEN: Readonly<Record<string, string>> = { ' ': 'Ġ', '\n': 'Ċ', '\t': 'ĉ' };

export interface SampleCode {
	readonly before: string;
	readonly middle: string;
	readonly after: string;
	/** Whether the end token follows. */
	readonly ends: boolean;
	/** Index of its file. */
	readonly file: number;
}

/** Twelve places in four files to learn from. */
export function sampleCode(count = 12, firstFile = 0, files = 4): readonly SampleCode[] {
	return Array.from({ length: count }, (_, index) => ({
		before: `export function add${index}(one: number) {\n\treturn `,
		middle: `one + ${index};`,
		after: '\n}\n',
		ends: index % 3 !== 0,
		file: firstFile + (index % files),
	}));
}

/** Each character a token of its own, as the model's own tokenizer would not: what is written of it is the same. */
export function fillSampleOf(code: SampleCode, vocabulary: Vocabulary): Sample {
	const ids = (text: string) =>
		Array.from(text, (character) => vocabulary.idOf(WRITTEN[character] ?? character) ?? -1);
	const marker = (text: string) => vocabulary.idOf(text) ?? -1;
	const prompt = [
		marker('<|fim_prefix|>'),
		...ids(code.before),
		marker('<|fim_suffix|>'),
		...ids(code.after),
		marker('<|fim_middle|>'),
	];
	const middle = [...ids(code.middle), ...(code.ends ? [marker('<|endoftext|>')] : [])];
	const tokens = Int32Array.from([...prompt, ...middle]);
	return { tokens, weights: new Float32Array(tokens.length).fill(1, prompt.length), file: code.file };
}

export interface ScaleOutSample {
	readonly order: ScaleOutOrder;
	readonly vocabulary: Vocabulary;
	/** The folder in which the export is made. */
	readonly folder: string;
	readonly train: readonly SampleCode[];
	readonly heldOut: readonly SampleCode[];
	dispose(): void;
}

export async function scaleOutSample(
	changes: Partial<ScaleOutOrder> = {},
	train = sampleCode(),
	model: RandomModelOptions = TINY_MODEL,
): Promise<ScaleOutSample> {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-scale-out-'));
	const basePath = path.join(folder, 'tiny.gguf');
	writeRandomModel(basePath, model);
	const { vocabulary } = Vocabulary.read(basePath);
	const heldOut = sampleCode(6, 4, 3);
	const samplesOf = (codes: readonly SampleCode[]) => codes.map((code) => fillSampleOf(code, vocabulary));
	const dataset = datasetOf(basePath, samplesOf(train), samplesOf(heldOut));
	const end = vocabulary.idOf('<|endoftext|>');
	const datasetPath = path.join(folder, 'dataset.fds');
	await writeDataset(datasetPath, { ...dataset, header: { ...dataset.header, end } }, never);
	const parentFolder = path.join(folder, 'exports');
	fs.mkdirSync(parentFolder);
	const order: ScaleOutOrder = {
		name: 'my project',
		created: '2026-01-02T03:04:05.000Z',
		parentFolder,
		basePath,
		datasetPath,
		cacheFolder: path.join(folder, 'cache'),
		base: { hub: 'Example/Tiny-Coder-0.1B', name: 'tiny', parameters: 100_000, quantisation: 'F32' },
		layout: fakeFill.layout,
		settings: DEFAULT_SETTINGS,
		gpus: 2,
		corpus: {
			repositories: ['code'],
			filesIn: 7,
			filesOut: { secret: 1 },
			thresholds: { largestFile: 262_144 },
		},
		test: undefined,
		chat: { train: [], valid: [], test: [] },
		...changes,
	};
	return {
		order,
		vocabulary,
		folder,
		train,
		heldOut,
		dispose: () => fs.rmSync(folder, { recursive: true, force: true }),
	};
}
