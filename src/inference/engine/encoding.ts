/** Samples for training as tokens, by the very rendering that serves; in short pieces, after everybody else. */

import { setImmediate as turn } from 'node:timers/promises';
import { keepStart } from '../clip';
import { renderFill, type Tokenize } from '../fillFormat';
import type { Encoded, EncodedFill, EncodeRequest, FillToEncode, Unsupported } from '../model';
import { MAX_ENCODED_TOKENS } from '../wire/encodeShapes';
import { type Caller, type Claim, claimOf } from './claim';
import type { FillFormat, Vocabulary } from './fillFamilies';
import type { Gate } from './gate';
import type { Detokenize } from './textStream';
import { openTypedEnd, type TypedEnd, TypedEndWriter } from './typedEnd';

/** Milliseconds of tokenising at once: it runs on the host's own loop, where answers are streamed. */
const PIECE = 10;

/** No text is tokenised beyond this many characters per token that is kept: tokenising 5 MB takes seconds. */
const CHARACTERS_PER_TOKEN = 8;

export interface Encoder {
	readonly fill: FillFormat | Unsupported;
	readonly vocabulary: Pick<Vocabulary, 'begin'>;
	readonly tokenizeOnce: Tokenize;
	readonly pieces: TypedEnd['pieces'];
	readonly detokenize: Detokenize;
	readonly contextSize: number;
	/** Default: nobody in particular. */
	readonly caller?: Caller;
}

/** @throws AbortError when the signal fires. */
export async function encode(
	request: EncodeRequest,
	encoder: Encoder,
	gate: Gate,
	signal: AbortSignal,
): Promise<Encoded | Unsupported> {
	const { fill } = encoder;
	const claim = claimOf('background', encoder.caller);
	if (fill.type === 'unsupported' && request.fills.length > 0) {
		return fill;
	}
	const tooLong = refuseLong(request.fills, encoder.contextSize);
	if (tooLong !== undefined) {
		return tooLong;
	}
	const fills: EncodedFill[] = [];
	const plains: (readonly number[])[] = [];
	const work = encodeEach(request, encoder, fills, plains);
	return (await inPieces(work, claim, gate, signal)) ?? { type: 'encoded', fills, plains };
}

/**
 * Works until there is no more, a few milliseconds at once.
 * @param work yields how many tokens each sample has.
 * @returns why it ended early; undefined where it is done.
 * @throws AbortError when the signal fires.
 */
export async function inPieces(
	work: Iterator<number, void>,
	claim: Claim,
	gate: Gate,
	signal: AbortSignal,
): Promise<Unsupported | undefined> {
	let tokens = 0;
	for (let isMore = true; isMore; ) {
		isMore = await gate.step(
			claim,
			async () => {
				const end = performance.now() + PIECE;
				do {
					const sample = work.next();
					if (sample.done === true) {
						return false;
					}
					tokens += sample.value;
				} while (tokens <= MAX_ENCODED_TOKENS && performance.now() < end);
				return true;
			},
			signal,
		);
		if (tokens > MAX_ENCODED_TOKENS) {
			return {
				type: 'unsupported',
				reason: `The samples have more than ${MAX_ENCODED_TOKENS} tokens: ask for fewer at once.`,
			};
		}
		// Without it, nothing else would be read or written until the end.
		await turn();
	}
	return undefined;
}

/** For the first middle that no context of this size holds. */
export function refuseLong(fills: readonly FillToEncode[], contextSize: number): Unsupported | undefined {
	const longest = contextSize * CHARACTERS_PER_TOKEN;
	const tooLong = fills.find((sample) => sample.middle.length > longest);
	return tooLong === undefined
		? undefined
		: {
				type: 'unsupported',
				reason: `A middle in ${tooLong.path} has ${tooLong.middle.length} characters, more than an answer of this model: ask for at most ${longest}.`,
			};
}

/** One sample after the other; yields how many tokens it has. */
function* encodeEach(
	request: EncodeRequest,
	encoder: Encoder,
	fills: EncodedFill[],
	plains: (readonly number[])[],
): Generator<number, void> {
	const { fill } = encoder;
	if (fill.type === 'fill') {
		for (const sample of request.fills) {
			const encoded = encodeFill(sample, fill, encoder);
			fills.push(encoded);
			yield encoded.tokens.length;
		}
	}
	for (const plain of request.plains) {
		const encoded = encodePlain(plain, encoder);
		plains.push(encoded);
		yield encoded.length;
	}
}

/**
 * The prompt as `fill` renders it, cut as there, then the middle and its end. The end of what was typed is one text with
 * the middle, as it is one for the model that serves.
 */
export function encodeFill(
	sample: FillToEncode,
	format: FillFormat,
	{
		tokenizeOnce,
		contextSize,
		pieces,
		detokenize,
	}: Pick<Encoder, 'tokenizeOnce' | 'contextSize' | 'pieces' | 'detokenize'>,
): EncodedFill {
	const limit = Math.min(sample.maxPromptTokens, contextSize - 1);
	const { tokens, typedStart } = renderFill(format, sample, tokenizeOnce, limit);
	const { prompt, typedEnd } = openTypedEnd(tokens, typedStart, pieces, detokenize);
	const end = sample.ends && format.end !== undefined ? [format.end] : [];
	const written =
		typedEnd === undefined
			? tokenizeOnce(sample.middle)
			: writtenAgain(sample, tokens.slice(typedStart), prompt.slice(typedStart), typedEnd, tokenizeOnce);
	return {
		tokens: [...prompt, ...written, ...end],
		typedStart,
		middleStart: prompt.length + (typedEnd === undefined ? 0 : typedTokens(written, typedEnd)),
	};
}

/**
 * The end of what was typed and the middle, cut as the whole line is: alone they may be cut otherwise, where signs come apart
 * that stand together in it.
 * @param shown the typed tokens of the prompt. @param kept those of them that stay in it.
 */
function writtenAgain(
	{ typed, middle }: FillToEncode,
	shown: readonly number[],
	kept: readonly number[],
	{ characters }: TypedEnd,
	tokenizeOnce: Tokenize,
): readonly number[] {
	const whole = tokenizeOnce(typed + middle);
	// A line that was too long for the prompt has lost its beginning there, and the middle may change how that is cut.
	const isWhole = tokenizeOnce(typed).length === shown.length;
	return isWhole && kept.every((token, index) => token === whole[index])
		? whole.slice(kept.length)
		: tokenizeOnce(typed.slice(typed.length - characters) + middle);
}

/** How many of the first tokens are nothing but the end of what was typed. */
function typedTokens(tokens: readonly number[], typedEnd: TypedEnd): number {
	const writer = new TypedEndWriter(typedEnd);
	const first = tokens.findIndex((token) => writer.isDone || !writer.push(token));
	return first === -1 ? tokens.length : first;
}

function encodePlain(
	{ text, maxTokens }: EncodeRequest['plains'][number],
	{ tokenizeOnce, vocabulary }: Encoder,
): readonly number[] {
	const begin = vocabulary.begin === undefined ? [] : [vocabulary.begin];
	const start = keepStart(text, maxTokens * CHARACTERS_PER_TOKEN);
	return [...begin, ...tokenizeOnce(start)].slice(0, maxTokens);
}
