/** What a model generates, as the endpoints tell it: text up to a stop, a call, and how it ended. */

import type { GenerationEvent, GenerationStatistics, PromptEvaluated, ToolCall } from '../model';
import { badRequest } from './apiError';
import type { StopText } from './stopText';

export type Written =
	| { readonly type: 'text'; readonly text: string }
	| { readonly type: 'call'; readonly call: ToolCall }
	| {
			readonly type: 'end';
			/** `word`: a text was reached that ends the answer. `cut`: the answer was ended for another reason. */
			readonly reason: 'end-of-text' | 'length' | 'word' | 'cut' | 'call';
			/** The text that was reached. */
			readonly word: string | undefined;
			readonly statistics: GenerationStatistics;
	  };

/** Lets text through until it is over. */
export interface Filter {
	push(piece: string): string;
	flush(): string;
	/** Whether it is over. */
	readonly ended: boolean;
}

interface Limits {
	readonly stops: StopText;
	/** What else may end the text; default: nothing. */
	readonly filter?: Filter;
	/** Tokens of a text, for an answer that is left before its end. */
	readonly countTokens: (text: string) => Promise<number>;
}

/** @throws ApiError where the model cannot do it. Leaving early ends the generation. */
export async function* written(
	events: AsyncIterable<GenerationEvent>,
	{ stops, filter, countTokens }: Limits,
): AsyncGenerator<Written, void> {
	const start = performance.now();
	let evaluated: PromptEvaluated | undefined;
	let text = '';
	let isCall = false;
	for await (const event of events) {
		switch (event.type) {
			case 'unsupported':
				throw badRequest(event.reason);
			case 'prefilled':
				evaluated = event;
				break;
			case 'call':
				isCall = true;
				yield { type: 'call', call: event.call };
				break;
			case 'text': {
				text += event.text;
				const stopped = stops.push(event.text);
				const piece = filter === undefined ? stopped : filter.push(stopped);
				if (piece !== '') {
					yield { type: 'text', text: piece };
				}
				if (stops.reached !== undefined || filter?.ended === true) {
					const isCut = filter?.ended === true;
					const rest = isCut ? '' : (filter?.flush() ?? '');
					if (rest !== '') {
						yield { type: 'text', text: rest };
					}
					const generatedTokens = await countTokens(text);
					yield {
						type: 'end',
						reason: isCut ? 'cut' : 'word',
						word: isCut ? undefined : stops.reached,
						statistics: leftEarly(evaluated, generatedTokens, performance.now() - start),
					};
					return;
				}
				break;
			}
			case 'end': {
				const held = stops.flush();
				const rest = filter === undefined ? held : filter.push(held) + filter.flush();
				if (rest !== '') {
					yield { type: 'text', text: rest };
				}
				const reason = isCall ? 'call' : event.reason;
				yield { type: 'end', reason, word: undefined, statistics: event.statistics };
				return;
			}
		}
	}
}

function leftEarly(
	evaluated: PromptEvaluated | undefined,
	generatedTokens: number,
	milliseconds: number,
): GenerationStatistics {
	const { promptTokens = 0, reusedTokens = 0, prefillMilliseconds = 0 } = evaluated ?? {};
	const decodeMilliseconds = Math.max(0, milliseconds - prefillMilliseconds);
	return { promptTokens, reusedTokens, generatedTokens, prefillMilliseconds, decodeMilliseconds };
}

/** Reads up to the first thing that is said, so that what fails before it is an answer of its own. */
export async function begun<T>(stream: AsyncGenerator<T, void>): Promise<AsyncGenerator<T, void>> {
	const first = await stream.next();
	return (async function* () {
		try {
			if (first.done !== true) {
				yield first.value;
				yield* stream;
			}
		} finally {
			await stream.return();
		}
	})();
}

/** All of it. */
export async function whole(stream: AsyncIterable<Written>): Promise<{
	readonly text: string;
	readonly call: ToolCall | undefined;
	readonly end: Extract<Written, { readonly type: 'end' }>;
}> {
	let text = '';
	let call: ToolCall | undefined;
	for await (const one of stream) {
		switch (one.type) {
			case 'text':
				text += one.text;
				break;
			case 'call':
				call = one.call;
				break;
			case 'end':
				return { text, call, end: one };
		}
	}
	throw new Error('A generation ended without saying so.');
}

/** As OpenAI counts. */
export function usageOf({ promptTokens, reusedTokens, generatedTokens }: GenerationStatistics): object {
	return {
		prompt_tokens: promptTokens,
		completion_tokens: generatedTokens,
		total_tokens: promptTokens + generatedTokens,
		prompt_tokens_details: { cached_tokens: reusedTokens },
	};
}
