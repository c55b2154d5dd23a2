/** The places that an adapter is judged at, where the preparation wrote them, as samples of the exported set. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { throwIfAborted } from '../../inference/cancel';
import type { FillToEncode, Model } from '../../inference/model';
import { boolean, count, fillPieces, object, shortString, string } from '../../inference/wire/shapes';
import type { OwnSample } from './order';

/** Written beside the dataset: one span a line. */
const SPANS = 'test.jsonl';

/** Of a `JudgedSpan`, what makes a sample. */
interface Span extends FillToEncode {
	readonly file: string;
}

const isSpan = object<Span>({
	...fillPieces,
	maxPromptTokens: count,
	middle: string,
	ends: boolean,
	file: shortString,
});

/** Spans that the model is asked about at once; its answers to others wait no longer than for one request. */
const BATCH = 64;

/**
 * Undefined where there are none.
 *
 * @param folder absolute path of the folder with the dataset.
 * @param longest tokens of a sample; longer ones are left out.
 * @throws Error with the model's reason when it cannot be asked; an AbortError.
 */
export async function testSamples(
	folder: string,
	model: Pick<Model, 'encode'>,
	longest: number,
	signal: AbortSignal,
): Promise<readonly OwnSample[] | undefined> {
	const text = await fs.readFile(path.join(folder, SPANS), 'utf8').catch(() => undefined);
	const spans = text === undefined ? [] : text.split('\n').flatMap(spanIn);
	const samples: OwnSample[] = [];
	for (let start = 0; start < spans.length; start += BATCH) {
		throwIfAborted(signal);
		const batch = spans.slice(start, start + BATCH);
		const encoded = await model.encode({ fills: batch, plains: [] }, signal);
		if (encoded.type === 'unsupported') {
			throw new Error(encoded.reason);
		}
		for (const [index, { file }] of batch.entries()) {
			const fill = encoded.fills[index];
			if (fill !== undefined && fill.tokens.length <= longest && fill.middleStart < fill.tokens.length) {
				samples.push({ tokens: fill.tokens, middleStart: fill.middleStart, file });
			}
		}
	}
	return samples.length === 0 ? undefined : samples;
}

function spanIn(line: string): readonly Span[] {
	if (line === '') {
		return [];
	}
	const value: unknown = JSON.parse(line);
	return isSpan(value) ? [value] : [];
}
