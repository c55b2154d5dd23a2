/** The models that benches load: the starter, and a larger one with random weights whose prefill takes seconds. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { ModelClient } from '../../src/inference/client/client';
import type { GenerationEvent, GenerationStatistics, Log, ModelDescription } from '../../src/inference/model';
import { type RandomModelOptions, seededRandom, writeRandomModel } from '../support/randomModel';
import { root } from '../support/root';
import { machine } from './harness';

export const STARTER = path.join(root, 'models/starter.gguf');

/** The host that is measured. `BENCH_HOST` names another one than dist's. */
export const HOST_FILE = process.env['BENCH_HOST'] ?? path.join(root, 'dist/host.mjs');

/** About 90 million parameters, 0.1 GB: on two cores of a laptop, 4,000 tokens of prompt take some seconds. */
export const LARGER: RandomModelOptions = {
	architecture: 'qwen2',
	layers: 12,
	width: 640,
	heads: 10,
	keyValueHeads: 2,
	feedForward: 2560,
	vocabulary: 32_000,
	contextLength: 8_192,
	type: 'Q8_0',
};

/** Tokens of context for the larger model's sequences: room for a prompt of 4,000 and an answer. */
const LARGER_CONTEXT = 6_144;

/** Warnings and errors of the client are worth seeing in a bench, the rest would disturb it. */
export const benchLog: Log = {
	trace: () => undefined,
	info: () => undefined,
	warn: (message) => console.error(message),
	error: (message, cause) => console.error(message, cause ?? ''),
};

export interface LoadedModel {
	readonly client: ModelClient;
	readonly model: ModelDescription;
	/** Milliseconds from the start of the host process until the model is ready. */
	readonly readyMilliseconds: number;
}

/**
 * Starts a host, loads the model, and ends the host when `use` is done. Throws an Error with the reason when the model cannot
 * be loaded.
 */
export async function withModel<T>(
	file: string,
	use: (loaded: LoadedModel) => Promise<T>,
	contextSize = 0,
): Promise<T> {
	// A host of its own, and not the one that the windows of this user share.
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-bench-'));
	const runtimeFolders = [path.join(folder, 'host')];
	const client = new ModelClient({
		hostFile: HOST_FILE,
		runtimeFolders,
		limits: { grace: 0 },
		log: benchLog,
	});
	try {
		const start = performance.now();
		await client.load(
			{ path: file, backend: 'auto', contextSize, gpuLayers: -1, cacheFolder: os.tmpdir() },
			never(),
		);
		const readyMilliseconds = performance.now() - start;
		const { state } = client;
		if (state.type !== 'ready') {
			throw new Error(state.type === 'failed' ? state.problem.message : `the model is ${state.type}`);
		}
		return await use({ client, model: state.model, readyMilliseconds });
	} finally {
		await client.dispose();
		fs.rmSync(folder, { recursive: true, force: true });
	}
}

/** As `withModel`, with the larger model, which is written into a folder for temporary files first. */
export async function withLargerModel<T>(use: (loaded: LoadedModel) => Promise<T>): Promise<T> {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-bench-'));
	try {
		const file = path.join(folder, 'larger.gguf');
		writeRandomModel(file, LARGER);
		return await withModel(file, use, LARGER_CONTEXT);
	} finally {
		fs.rmSync(folder, { recursive: true, force: true });
	}
}

/** What was measured on what, for the notes of a report. */
export function describeModel(model: ModelDescription): readonly string[] {
	return [
		machine(),
		`${model.name}, ${(model.parameters / 1e6).toFixed(1)}M parameters, ${model.quantisation}, ${model.backend}, ` +
			`threads ${model.threads.prefill} (prefill) and ${model.threads.decode} (decode), ` +
			`${model.prefillTokensPerSecond.toFixed(0)} and ${model.decodeTokensPerSecond.toFixed(0)} tokens/s, ` +
			`chunks of ${model.prefillChunk}`,
	];
}

/** For calls that nobody cancels. */
export function never(): AbortSignal {
	return new AbortController().signal;
}

/** Characters of `nonsense` in a token of the larger model's vocabulary: 12,800 were 3,520 tokens. */
export const CHARACTERS_PER_TOKEN = 3.64;

const WORDS =
	'value index item count name list result start end total buffer size line text path key entry node next'.split(
		' ',
	);

/**
 * Lines that look like code, at least `characters` long. Different seeds differ from the first character on, so
 * that no KV cache can help.
 */
export function nonsense(seed: number, characters: number): string {
	const random = seededRandom(seed);
	const word = () => WORDS[Math.floor(random() * WORDS.length)] ?? '';
	const lines: string[] = [`// ${Math.floor(random() * 1e9)}`];
	for (let length = 0; length < characters; ) {
		const line = `const ${word()}${Math.floor(random() * 100)} = ${word()}.${word()}(${word()}, ${word()});`;
		lines.push(line);
		length += line.length + 1;
	}
	return `${lines.join('\n')}\n`;
}

/** Milliseconds until the first text, and the statistics of a generation that ended by itself. */
export interface Timing {
	readonly firstText: number | undefined;
	readonly statistics: GenerationStatistics | undefined;
}

/** Reads a stream to its end. Throws an Error when the model does not support what it was asked for. */
export async function timeStream(stream: AsyncIterable<GenerationEvent>): Promise<Timing> {
	const start = performance.now();
	let firstText: number | undefined;
	let statistics: GenerationStatistics | undefined;
	for await (const event of stream) {
		if (event.type === 'unsupported') {
			throw new Error(event.reason);
		}
		if (event.type === 'text') {
			firstText ??= performance.now() - start;
		} else if (event.type === 'end') {
			statistics = event.statistics;
		}
	}
	return { firstText, statistics };
}
