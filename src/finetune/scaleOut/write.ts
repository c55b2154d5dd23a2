/** Writes the folder with which other trainers do the same fine-tune: data, manifest, configurations, launchers. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { throwIfAborted } from '../../inference/cancel';
import { fingerprint } from '../../inference/gguf/fingerprint';
import { readDataset } from '../dataset/datasetFile';
import type { Dataset } from '../dataset/sample';
import { readBaseHeader } from '../training/baseHeader';
import { adapterPlanOf } from './adapterPlan';
import { batchFor, sequencesOf } from './batch';
import { configFiles } from './configs';
import { type ExportFacts, PARTS, type Part, type PartCounts, type SpecialToken } from './facts';
import { type FindSecret, FolderWriter } from './folderWriter';
import { launchFiles } from './launchFiles';
import { manifestOf } from './manifest';
import { activationsOf } from './memory';
import type { ScaleOutOrder, ScaleOutProgress, ScaleOutResult } from './order';
import { type NamedSample, type Parts, partsOf } from './parts';
import { type RecordOptions, recordsOf } from './records';
import { Vocabulary } from './vocabulary';
import { json } from './yaml';

export interface ScaleOutTools {
	readonly findSecret: FindSecret;
	/** Of this extension. */
	readonly version: string;
}

/** Rows of a step where the recipe leaves it open. */
const ROWS_PER_STEP = 8;
/** Samples between two reports of progress: each is a message to the window. */
const REPORT_EVERY = 100;

/**
 * @throws SecretFound; DatasetError, RunFailure, GgufError naming what cannot be used; the error of the disk; an AbortError.
 * Nothing is left behind then.
 */
export async function writeScaleOut(
	order: ScaleOutOrder,
	{ findSecret, version }: ScaleOutTools,
	onProgress: (progress: ScaleOutProgress) => void,
	signal: AbortSignal,
): Promise<ScaleOutResult> {
	const { header, shape } = await readBaseHeader(order.basePath);
	const { vocabulary } = Vocabulary.read(order.basePath);
	const dataset = await readDataset(order.datasetPath, vocabulary.size, signal);
	const hash = await fingerprint(order.basePath, order.cacheFolder, signal);
	const parts = partsOf(dataset, order.test);
	const special = specialTokens(order, vocabulary, dataset.header.end);
	const records = { vocabulary, middle: special['middle']?.id, end: dataset.header.end };
	const folder = await freeFolder(
		order.parentFolder,
		`${slugOf(order.name)}-${dataset.hash.slice(0, SHORT_HASH)}`,
	);
	const writer = await FolderWriter.open(folder, findSecret);
	try {
		const counts = await writeParts(writer, parts, records, onProgress, signal);
		for (const part of PARTS) {
			await writeChat(writer, order, part, signal);
		}
		const adapter = adapterPlanOf(shape, header.tensors, order.settings);
		const sequences = sequencesFor(order, dataset);
		const batch = batchFor(sequences, order.gpus);
		const facts: ExportFacts = {
			name: order.name,
			slug: slugOf(order.name),
			version,
			created: order.created,
			base: {
				...order.base,
				architecture: shape.architecture,
				file: path.basename(order.basePath),
				fingerprint: hash,
			},
			adapter,
			settings: order.settings,
			gpus: order.gpus,
			sequences,
			batch,
			steps: Math.max(1, Math.ceil((counts.train.samples * order.settings.epochs) / batch.effective)),
			activations: activationsOf({
				...shape,
				tokens: dataset.header.longest,
				sequences: batch.perDevice,
			}),
			corpus: order.corpus,
			data: {
				hash: dataset.hash,
				promptFormat: dataset.header.promptFormat,
				seed: dataset.header.seed,
				longest: dataset.header.longest,
				lossOn: dataset.header.lossOn,
				splitRule: parts.rule,
				counts,
				chat: {
					train: order.chat.train.length,
					valid: order.chat.valid.length,
					test: order.chat.test.length,
				},
			},
			tokenizer: {
				kind: vocabulary.kind,
				size: vocabulary.size,
				hash: vocabulary.hash,
				special,
				layout: order.layout,
			},
		};
		for (const file of [...configFiles(facts), ...launchFiles(facts)]) {
			throwIfAborted(signal);
			await writer.text(file);
		}
		// Last: it names all others.
		await writer.text({ path: 'manifest.json', content: json(manifestOf(facts, writer.written)) });
		throwIfAborted(signal);
		await writer.finish();
		const bytes = writer.written.reduce((sum, file) => sum + file.bytes, 0);
		return { folder, files: writer.written.length, bytes };
	} catch (error) {
		await writer.discard();
		throw error;
	}
}

async function writeParts(
	writer: FolderWriter,
	{ samples }: Parts,
	options: RecordOptions,
	onProgress: (progress: ScaleOutProgress) => void,
	signal: AbortSignal,
): Promise<Readonly<Record<Part, PartCounts>>> {
	const all = PARTS.reduce((sum, part) => sum + samples[part].length, 0);
	for (const file of new Set(PARTS.flatMap((part) => samples[part].map((sample) => sample.file)))) {
		await writer.check(file, 'the path of a file');
	}
	let done = 0;
	const write = async (part: Part): Promise<PartCounts> => {
		let learned = 0;
		let ending = 0;
		// The three shapes of a sample go to three files at once: it becomes text only once.
		await writer.lines(`data/${part}.jsonl`, (text) =>
			writer.lines(`data/completion/${part}.jsonl`, (completion) =>
				writer.lines(`data/tokens/${part}.jsonl`, async (tokens) => {
					for (const { sample, file } of samples[part]) {
						throwIfAborted(signal);
						const records = recordsOf(sample, file, options);
						await writer.check(records.text.text, file);
						await text(`${JSON.stringify(records.text)}\n`);
						await completion(`${JSON.stringify(records.completion)}\n`);
						await tokens(`${JSON.stringify(records.tokens)}\n`);
						learned += sample.weights.reduce((sum, weight) => sum + (weight > 0 ? 1 : 0), 0);
						ending += records.text.meta.ends ? 1 : 0;
						done++;
						if (done % REPORT_EVERY === 0 || done === all) {
							onProgress({ done, all });
						}
					}
				}),
			),
		);
		return countsOf(samples[part], learned, ending);
	};
	return { train: await write('train'), valid: await write('valid'), test: await write('test') };
}

function countsOf(samples: readonly NamedSample[], learned: number, ending: number): PartCounts {
	return {
		samples: samples.length,
		tokens: samples.reduce((sum, { sample }) => sum + sample.tokens.length, 0),
		learned,
		files: new Set(samples.map(({ file }) => file)).size,
		ending,
	};
}

async function writeChat(
	writer: FolderWriter,
	{ chat }: ScaleOutOrder,
	part: Part,
	signal: AbortSignal,
): Promise<void> {
	if (chat[part].length > 0) {
		await writer.lines(`data/chat/${part}.jsonl`, async (write) => {
			for (const messages of chat[part]) {
				throwIfAborted(signal);
				for (const { content } of messages) {
					await writer.check(content, `a conversation of data/chat/${part}.jsonl`);
				}
				const plain = messages.map(({ role, content }) => ({ role, content }));
				await write(`${JSON.stringify({ messages: plain })}\n`);
			}
		});
	}
}

/** @throws Error for one that the vocabulary does not have: its number could not be compared elsewhere. */
function specialTokens(
	{ layout, basePath }: ScaleOutOrder,
	vocabulary: Vocabulary,
	end: number | undefined,
): Readonly<Record<string, SpecialToken>> {
	const { begin, prefix, suffix, middle, repository, file } = layout;
	const ending = end === undefined ? undefined : vocabulary.written(end);
	const texts = { begin, prefix, suffix, middle, repository, file, end: ending };
	return Object.fromEntries(
		Object.entries(texts).flatMap(([role, text]): [string, SpecialToken][] => {
			if (text === undefined) {
				return [];
			}
			const id = role === 'end' ? end : vocabulary.idOf(text);
			if (id === undefined) {
				throw new Error(
					`The vocabulary of ${basePath} has no token "${text}" (${role}): nobody could check that another trainer has the same. Export with another model.`,
				);
			}
			return [[role, { text, id }]];
		}),
	);
}

function sequencesFor({ settings }: ScaleOutOrder, { header }: Dataset): number {
	const rows = settings.rowsPerStep === 'auto' ? ROWS_PER_STEP : settings.rowsPerStep;
	return sequencesOf(rows, settings.sequenceLength, header.train.tokens / header.train.samples);
}

/** Numbered from 2 on where the name is taken. */
async function freeFolder(parent: string, name: string): Promise<string> {
	const taken = new Set((await fs.readdir(parent)).map((one) => one.toLowerCase()));
	let free = name;
	for (let number = 2; taken.has(free); number++) {
		free = `${name}-${number}`;
	}
	return path.join(parent, free);
}

/** Digits of the dataset's hash in the folder's name. */
const SHORT_HASH = 8;

/** What Kubernetes takes for a name. */
function slugOf(name: string): string {
	const plain = name
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, '-')
		.slice(0, LONGEST_SLUG)
		.replace(/^-+|-+$/g, '');
	return plain === '' ? 'familiar' : `familiar-${plain}`;
}

const LONGEST_SLUG = 40;
