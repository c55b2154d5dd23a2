/** The 5-gram model that was trained on the starter's own corpus, on the held-out bytes. */

import { setImmediate as turn } from 'node:timers/promises';
import { throwIfAborted } from '../../../src/inference/cancel';
import { type Check, count, list, object } from '../../../src/inference/wire/shapes';
import type { SourceDocument } from '../document';
import type { Tokenizer } from '../tokenizer';
import { type HeldOutFile, measuredText } from './heldOut';
import { KneserNey } from './kneserNey';
import { isSums, type Sums, sumsOf } from './sums';

/** Tokens of the corpus that are counted, at most: about 5 GB of memory. */
const MOST_TOKENS = 80_000_000;

export interface NgramFigures {
	readonly sums: Sums;
	/** Of the corpus that were counted; the rest, if any, was left out. */
	readonly tokens: number;
	readonly documents: number;
	readonly leftOut: number;
	/** Different grams by length, single tokens first. */
	readonly grams: readonly number[];
}

export const isNgramFigures: Check<NgramFigures> = object<NgramFigures>({
	sums: isSums,
	tokens: count,
	documents: count,
	leftOut: count,
	grams: list(count),
});

/**
 * @param onDocument after each document of the corpus, with the tokens so far.
 * @throws an AbortError.
 */
export async function ngramFigures(
	corpus: AsyncIterable<SourceDocument>,
	files: readonly HeldOutFile[],
	tokenizer: Tokenizer,
	onDocument: (tokens: number) => void,
	signal: AbortSignal,
): Promise<NgramFigures> {
	const texts: Uint16Array[] = [];
	let tokens = 0;
	let leftOut = 0;
	for await (const { text } of corpus) {
		throwIfAborted(signal);
		const encoded = tokens < MOST_TOKENS ? Uint16Array.from(tokenizer.encode(text)) : undefined;
		if (encoded === undefined || tokens + encoded.length > MOST_TOKENS) {
			leftOut++;
			continue;
		}
		texts.push(encoded);
		tokens += encoded.length;
		onDocument(tokens);
	}
	const model = await KneserNey.count(texts, tokenizer.vocabulary.tokens.length, signal);
	const bits: number[] = [];
	for (const file of files) {
		const scores = model.score(tokenizer.encode(measuredText(file)));
		bits.push(-scores.reduce((sum, score) => sum + score, 0) / Math.LN2);
		// An interrupt is heard between files.
		await turn();
		throwIfAborted(signal);
	}
	return { sums: sumsOf(files, bits), tokens, documents: texts.length, leftOut, grams: model.sizes };
}
