/** Real engines for tests: loaded models, requests with defaults, and what they answered. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { LlamaEngine } from '../../src/inference/engine/llama';
import type {
	GenerationEvent,
	LoadOptions,
	ModelDescription,
	PromptEvaluated,
	TextEvent,
} from '../../src/inference/model';
import { type RandomModelOptions, writeRandomModel } from './randomModel';
import { root } from './root';

export const never = new AbortController().signal;

export const starter = path.join(root, 'models/starter.gguf');

/** Six layers and a long context: slow enough for an abort to land in the middle, quick enough for a test. */
export const LONG_CONTEXT: RandomModelOptions = {
	architecture: 'qwen2',
	layers: 6,
	width: 384,
	heads: 6,
	keyValueHeads: 2,
	feedForward: 1024,
	vocabulary: 8192,
	contextLength: 8192,
	type: 'Q8_0',
};

const folders: string[] = [];
process.once('exit', () => {
	for (const folder of folders) {
		fs.rmSync(folder, { recursive: true, force: true });
	}
});

/** A folder that is gone when the process ends. */
export function temporaryFolder(): string {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
	folders.push(folder);
	return folder;
}

/** Writes a random model and returns its path. */
export function randomModelFile(options: RandomModelOptions): string {
	const file = path.join(temporaryFolder(), 'random.gguf');
	writeRandomModel(file, options);
	return file;
}

/** The CPU, everything else chosen by the engine, and a cache of its own. */
export function onCpu(file: string): LoadOptions {
	return { path: file, backend: 'cpu', contextSize: 0, gpuLayers: -1, cacheFolder: temporaryFolder() };
}

export async function loadEngine(
	file: string,
	changes: Partial<LoadOptions> = {},
): Promise<{ readonly engine: LlamaEngine; readonly model: ModelDescription }> {
	const engine = new LlamaEngine(() => undefined);
	const options = { ...onCpu(file), ...changes };
	const model = await engine.load(options, () => undefined, never);
	return { engine, model };
}

export { chatOf, fillOf } from './asking';

export interface Answer {
	readonly text: string;
	readonly pieces: readonly TextEvent[];
	readonly prompt: PromptEvaluated;
	readonly end: Extract<GenerationEvent, { type: 'end' }>;
	/** Milliseconds to the first text. */
	readonly first: number;
}

/** The whole answer; fails where there was none. */
export async function answer(events: AsyncIterable<GenerationEvent>): Promise<Answer> {
	const start = performance.now();
	const pieces: TextEvent[] = [];
	let prompt: PromptEvaluated | undefined;
	let first = Number.POSITIVE_INFINITY;
	let last: GenerationEvent | undefined;
	for await (const event of events) {
		if (event.type === 'text') {
			first = Math.min(first, performance.now() - start);
			pieces.push(event);
		} else if (event.type === 'prefilled') {
			prompt = event;
		}
		last = event;
	}
	if (last?.type !== 'end' || prompt === undefined) {
		assert.fail(`ended with ${JSON.stringify(last)}`);
	}
	return { text: pieces.map(({ text }) => text).join(''), pieces, prompt, end: last, first };
}

/** Code of any length that tokenises like code. */
export function codeOf(lines: number): string {
	return Array.from({ length: lines }, (_, line) => `const value${line} = compute(${line});\n`).join('');
}
