/** A place → what the model writes there, greedily, through the product's own host. */

import { fillOf } from '../../../src/finetune/dataset/encoder';
import type { FillRequest, Generator } from '../../../src/inference/model';
import type { Place } from './places';

/**
 * `typed`: as the product asks, with what stands before the cursor in its line behind the middle token. `prefix`: with
 * all that stands before the cursor in the prefix, as published benchmarks ask.
 */
export type Mode = 'typed' | 'prefix';

export interface Asking {
	/** Tokens of a prompt, at most. */
	readonly promptTokens: number;
	/** Tokens of a completion, at most. */
	readonly maxTokens: number;
	readonly mode: Mode;
}

export function requestAt(
	{ file, start, end }: Place,
	{ promptTokens, maxTokens, mode }: Asking,
): FillRequest {
	const hole = { kind: 'rest', start, end, ends: true } as const;
	const task = { repository: file.package, path: file.path, text: file.text, hole, file: 0 };
	const { middle: _middle, ends: _ends, ...pieces } = fillOf(task, promptTokens);
	return {
		...pieces,
		...(mode === 'prefix' ? { prefix: pieces.prefix + pieces.typed, typed: '' } : {}),
		maxTokens,
		leftToRight: false,
		priority: 'background',
	};
}

/**
 * @param isEnough whether the text so far is all that counts.
 * @throws Error when the model cannot fill in the middle, or an AbortError.
 */
export async function write(
	model: Pick<Generator, 'fill'>,
	request: FillRequest,
	isEnough: (text: string) => boolean,
	signal: AbortSignal,
): Promise<string> {
	let text = '';
	for await (const event of model.fill(request, signal)) {
		if (event.type === 'unsupported') {
			throw new Error(event.reason);
		}
		if (event.type === 'end') {
			return text;
		}
		text += event.type === 'text' ? event.text : '';
		if (isEnough(text)) {
			return text;
		}
	}
	throw new Error(`The completion in ${request.path} did not come to its end.`);
}
