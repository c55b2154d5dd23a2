/** Held-out bits of a model: whole files, left to right, in windows of its context, by its own tokens. */

import { evaluate } from '../../../src/finetune/training/evaluate';
import { countedIn } from '../../../src/finetune/training/learner';
import { rowsOfEpoch } from '../../../src/finetune/training/rows';
import { readGgufFile } from '../../../src/inference/gguf/gguf';
import { type Check, count, number, object } from '../../../src/inference/wire/shapes';
import { withModel } from '../../../test/bench/models';
import { Forward } from './forward';
import { type HeldOutFile, measuredText } from './heldOut';
import { addSums, isSums, type Sums, sumsOf } from './sums';
import { windowsOf } from './windows';

export interface BitsFigures {
	readonly sums: Sums;
	/** Tokens of a window. */
	readonly context: number;
	/** That were scored. */
	readonly tokens: number;
	readonly seconds: number;
}

export const isBitsFigures: Check<BitsFigures> = object<BitsFigures>({
	sums: isSums,
	context: count,
	tokens: count,
	seconds: number,
});

export interface BitsOptions {
	/** Tokens of a window at most; 0 = the model's context. */
	readonly context: number;
	readonly threads: number;
	/** Share of the windows that were computed, 0 to 1. */
	readonly onProgress: (share: number) => void;
}

/**
 * llama.cpp makes the tokens, the trainer's forward pass computes: it gives the probability of every target of a window
 * at once, where node-llama-cpp hands over the whole vocabulary for each.
 * @throws Error with the reason why the model cannot be loaded, or an AbortError.
 */
export async function modelBits(
	modelFile: string,
	files: readonly HeldOutFile[],
	options: BitsOptions,
	signal: AbortSignal,
): Promise<BitsFigures> {
	const begun = performance.now();
	const tokens = await tokensOf(modelFile, files, signal);
	const begin = beginToken(modelFile);
	const forward = Forward.open(modelFile, options.threads);
	try {
		const context = options.context === 0 ? forward.context : Math.min(options.context, forward.context);
		const windows = tokens.flatMap((file, index) => windowsOf(file, begin, context, index));
		// Those that need the same graph one after the other.
		const rows = [...rowsOfEpoch(windows, { sequenceLength: context, seed: 0, epoch: 0 })].sort(
			(one, other) => other.length - one.length || countedIn(other) - countedIn(one),
		);
		const { byFile, tokens: scored } = await evaluate(
			rows,
			windows,
			0,
			(row) => forward.score(row, signal),
			(index) => options.onProgress((index + 1) / rows.length),
		);
		const bits = files.map((_, index) => (byFile[index]?.[0] ?? 0) / Math.LN2);
		return {
			sums: sumsOf(files, bits),
			context,
			tokens: scored,
			seconds: (performance.now() - begun) / 1_000,
		};
	} finally {
		forward.dispose();
	}
}

/** Of several choices of files, measured alike. */
export function joinBits(parts: readonly BitsFigures[]): BitsFigures {
	const total = (value: (part: BitsFigures) => number) => parts.reduce((sum, part) => sum + value(part), 0);
	return {
		sums: addSums(parts.map(({ sums }) => sums)),
		context: parts[0]?.context ?? 0,
		tokens: total(({ tokens }) => tokens),
		seconds: total(({ seconds }) => seconds),
	};
}

/** Of each file, as llama.cpp reads plain text. */
function tokensOf(
	modelFile: string,
	files: readonly HeldOutFile[],
	signal: AbortSignal,
): Promise<readonly (readonly number[])[]> {
	return withModel(modelFile, async ({ client }) => {
		const all: (readonly number[])[] = [];
		for (const file of files) {
			const answer = await client.tokenize(measuredText(file), signal);
			if (answer.type === 'unsupported') {
				throw new Error(answer.reason);
			}
			all.push(answer.tokens);
		}
		return all;
	});
}

/** What the model knows as the place before a text: its begin token, or the one that ends the text before. */
export function beginToken(modelFile: string): number {
	const { metadata } = readGgufFile(modelFile);
	for (const key of ['tokenizer.ggml.bos_token_id', 'tokenizer.ggml.eos_token_id']) {
		const entry = metadata.get(key);
		if (entry?.type === 'uint32') {
			return entry.value;
		}
	}
	throw new Error(`${modelFile} has neither a begin nor an end token: its files cannot be told apart.`);
}
