/** `npm run starter:eval`: what the starter is worth on code that it never saw, beside the seed, xz and a 5-gram model. */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { fileHash } from '../../src/finetune/training/fileHash';
import { isAbort } from '../../src/inference/cancel';
import { writeWhole } from '../../src/inference/wholeFile';
import { machine } from '../../test/bench/harness';
import { root } from '../../test/support/root';
import { readDocuments } from './document';
import { compressedSums } from './evaluate/compression';
import {
	EVERYTHING,
	fingerprintOf,
	type HeldOutFile,
	heldOutFiles,
	measuredBytes,
	SHARES,
} from './evaluate/heldOut';
import { type MeasuredModel, measureModel } from './evaluate/measureModel';
import { isNgramFigures, type NgramFigures, ngramFigures } from './evaluate/ngram';
import { type EvaluationOptions, evaluationOptions } from './evaluate/options';
import { progressOf } from './evaluate/progress';
import { remembered } from './evaluate/remembered';
import { type ModelReport, type Report, renderReport, summaryLine } from './evaluate/report';
import { isSums, type Sums } from './evaluate/sums';
import { recipeFolders } from './folder';
import { loadTokenizer } from './tokenizer/load';

/** Where the seed is kept: the model of the first skeleton, as models/starter.gguf then. */
const SEED_COMMIT = '557f890';
const MOST_MODEL_BYTES = 64 << 20;

const folders = recipeFolders();
const folder = folders.evaluation;
const kept = path.join(folder, 'kept');

async function seedModel(signal: AbortSignal): Promise<MeasuredModel> {
	const file = path.join(folder, 'seed.gguf');
	const isThere = await fs.stat(file).then(
		() => true,
		() => false,
	);
	if (!isThere) {
		const words = ['show', `${SEED_COMMIT}:models/starter.gguf`];
		const { stdout } = await promisify(execFile)('git', words, {
			cwd: root,
			encoding: 'buffer',
			maxBuffer: MOST_MODEL_BYTES,
			signal,
		});
		await fs.writeFile(`${file}.tmp`, stdout);
		await fs.rename(`${file}.tmp`, file);
	}
	return { name: 'seed', file };
}

async function xzSums(files: readonly HeldOutFile[], signal: AbortSignal): Promise<Sums> {
	return remembered(kept, 'xz', { held: fingerprintOf(files) }, isSums, () => {
		progressOf('xz -9e');
		return compressedSums(files, signal);
	});
}

async function ngram(files: readonly HeldOutFile[], signal: AbortSignal): Promise<NgramFigures> {
	const corpus = path.join(folders.corpus, 'train.jsonl');
	const tokenizer = loadTokenizer();
	const ingredients = {
		held: fingerprintOf(files),
		corpus: fileHash(corpus).toString('hex'),
		merges: createHash('sha256').update(tokenizer.vocabulary.merges.join('\n')).digest('hex'),
	};
	return remembered(kept, 'ngram', ingredients, isNgramFigures, () => {
		const say = progressOf('5-gram model of the corpus');
		return ngramFigures(
			readDocuments(corpus),
			files,
			tokenizer,
			(tokens) => say(`${(tokens / 1e6).toFixed(1)}M tokens`),
			signal,
		);
	});
}

function notesOf(options: EvaluationOptions, files: readonly HeldOutFile[], peer: NgramFigures | undefined) {
	return [
		machine(),
		`${files.length} held-out files, ${fingerprintOf(files).slice(0, 12)}: ${measuredBytes(files)} bytes: at most ${SHARES.learned >> 10} KiB of a package in a language that the starter learns, ${SHARES.other >> 10} KiB of another`,
		'bits: whole files from left to right, the begin token first; windows of the context, each half a window after the one before, so that every token has half a window before it; F32 activations on the trainer’s forward pass',
		`rests of lines: 4 to 20 characters that are no blanks, cursor positions drawn uniformly, greedy, prompts of ${options.promptTokens} tokens with what is around; \`typed\`: the start of the line behind the middle token, as the product asks; \`prefix\`: in the prefix`,
		'xz -9e: the same files one after the other; the more bytes, the fewer bits each: `whole` is all of the packages together',
		'blocks: drawn uniformly in files that parse (esbuild), asked as the product does',
		...(peer === undefined
			? []
			: [
					`5-gram: interpolated modified Kneser-Ney over ${peer.tokens} tokens of ${peer.documents} files of the corpus, ${peer.leftOut} left out; grams by length: ${peer.grams.join(', ')}`,
				]),
	];
}

async function evaluateAll(options: EvaluationOptions, signal: AbortSignal): Promise<Report> {
	await fs.mkdir(folder, { recursive: true });
	const asked = options.models.length > 0 ? options.models : [path.join(root, 'models/starter.gguf')];
	const models = [
		...asked.map((file) => ({ name: path.basename(file, '.gguf'), file: path.resolve(file) })),
		...(options.seed ? [await seedModel(signal)] : []),
	];
	const files = await heldOutFiles(folder, root, SHARES, signal);
	const reports: ModelReport[] = [];
	for (const model of models) {
		reports.push(await measureModel(model, files, options, kept, signal));
	}
	const hasXz = options.stages.includes('xz');
	const xz = hasXz ? await xzSums(files, signal) : undefined;
	const xzWhole = hasXz
		? await xzSums(await heldOutFiles(folder, root, EVERYTHING, signal), signal)
		: undefined;
	const peer = options.stages.includes('ngram') ? await ngram(files, signal) : undefined;
	return { notes: notesOf(options, files, peer), models: reports, xz, xzWhole, ngram: peer };
}

const stop = new AbortController();
for (const event of ['SIGINT', 'SIGTERM'] as const) {
	process.once(event, () => stop.abort());
}
try {
	const options = evaluationOptions(process.argv.slice(2));
	const report = await evaluateAll(options, stop.signal);
	await writeWhole(
		path.join(folder, 'report.json'),
		`${JSON.stringify({ options, ...report }, undefined, '\t')}\n`,
	);
	console.log(`${renderReport(report)}\n\n${summaryLine(report)}`);
} catch (error) {
	if (isAbort(error) || stop.signal.aborted) {
		console.error('interrupted; the same command goes on');
		process.exitCode = 130;
	} else {
		console.error(error instanceof Error ? error.message : error);
		process.exitCode = 1;
	}
}
