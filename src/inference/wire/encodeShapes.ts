/** Guards and limits of samples that become tokens: neither the request nor its answer outgrows a message. */

import type {
	Encoded,
	EncodedFill,
	EncodeRequest,
	FillToEncode,
	ScoredFill,
	ScoredFills,
	ScoreFillsRequest,
} from '../model';
import {
	boolean,
	count,
	fillCharacters,
	fillPieces,
	list,
	literal,
	MAX_REQUEST_CHARACTERS,
	number,
	object,
	priority,
	string,
} from './shapes';

/** Most samples of one request. */
export const MAX_SAMPLES = 10_000;

/** Most tokens of one answer: 14 MB of JSON at seven bytes each. */
export const MAX_ENCODED_TOKENS = 2_000_000;

const fills = list(
	object<FillToEncode>({ ...fillPieces, maxPromptTokens: count, middle: string, ends: boolean }),
	MAX_SAMPLES,
);

const encodeFields = object<EncodeRequest>({
	fills,
	plains: list(object({ text: string, maxTokens: count }), MAX_SAMPLES),
});

export function encodeRequest(value: unknown): value is EncodeRequest {
	return (
		encodeFields(value) &&
		sampleCount(value) <= MAX_SAMPLES &&
		encodeCharacters(value) <= MAX_REQUEST_CHARACTERS
	);
}

export function sampleCount(request: EncodeRequest): number {
	return request.fills.length + request.plains.length;
}

/** Characters of text in all samples; names count, since there are many of them. */
export function encodeCharacters({ fills, plains }: EncodeRequest): number {
	return (
		fills.reduce(
			(sum, fill) =>
				sum + fillCharacters(fill) + fill.middle.length + fill.path.length + (fill.repository?.length ?? 0),
			0,
		) + plains.reduce((sum, plain) => sum + plain.text.length, 0)
	);
}

const tokens = list(count);

export const encoded = object<Encoded>({
	type: literal('encoded'),
	fills: list(object<EncodedFill>({ tokens, typedStart: count, middleStart: count }), MAX_SAMPLES),
	plains: list(tokens, MAX_SAMPLES),
});

const scoreFillsFields = object<ScoreFillsRequest>({ fills, priority });

export function scoreFillsRequest(value: unknown): value is ScoreFillsRequest {
	return (
		scoreFillsFields(value) && encodeCharacters({ fills: value.fills, plains: [] }) <= MAX_REQUEST_CHARACTERS
	);
}

export const scoredFills = object<ScoredFills>({
	type: literal('scored'),
	fills: list(object<ScoredFill>({ logProbabilities: list(number) }), MAX_SAMPLES),
});
