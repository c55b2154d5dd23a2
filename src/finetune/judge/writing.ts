/**
 * What a model writes at a place, on the path that serves: `fill`, greedy, after the same prompt. It is cut where the truth
 * has its last line, as a completion is cut by its shape, and ends at the model's own end or after twice the true length:
 * 50 tokens at least (CrossCodeEval), 256 at most.
 */

import type { FillRequest, FillToEncode, Generator } from '../../inference/model';
import type { Written } from './metrics';

const LEAST_TOKENS = 50;
const MOST_TOKENS = 256;
/** Generated tokens from which a time per token says something. */
const LEAST_TIMED = 4;

export interface Writing extends Written {
	/** Milliseconds per generated token; undefined where it was not measured, or there were few. */
	readonly pace: number | undefined;
}

/**
 * @param tokens of the true text.
 * @param isTimed whether it writes on to the end, so that its pace is known.
 * @returns undefined where the model cannot fill.
 * @throws ModelUnavailable; an AbortError.
 */
export async function writeAt(
	model: Pick<Generator, 'fill'>,
	place: FillToEncode,
	tokens: number,
	isTimed: boolean,
	signal: AbortSignal,
): Promise<Writing | undefined> {
	const lines = place.middle.split('\n').length;
	const maxTokens = Math.min(MOST_TOKENS, Math.max(LEAST_TOKENS, 2 * tokens));
	return generate(model, requestOf(place, maxTokens), lines, isTimed, signal);
}

/** Continues a plain text, without any hole. Otherwise as `writeAt`. */
export async function continueText(
	model: Pick<Generator, 'fill'>,
	place: FillToEncode,
	text: string,
	maxTokens: number,
	signal: AbortSignal,
): Promise<Writing | undefined> {
	const request = requestOf(place, maxTokens);
	const alone = { ...request, files: [], prefix: text, typed: '', suffix: '', continues: true };
	return generate(model, { ...alone, leftToRight: true }, Number.POSITIVE_INFINITY, false, signal);
}

function requestOf(place: FillToEncode, maxTokens: number): FillRequest {
	const { repository, path, files, prefix, typed, suffix, maxPromptTokens } = place;
	return {
		...{ repository, path, files, prefix, typed, suffix, maxPromptTokens, maxTokens },
		leftToRight: false,
		priority: 'background',
	};
}

async function generate(
	model: Pick<Generator, 'fill'>,
	request: FillRequest,
	lines: number,
	isTimed: boolean,
	signal: AbortSignal,
): Promise<Writing | undefined> {
	let text = '';
	let isOver = false;
	let pace: number | undefined;
	// Guesses that come true make a model that repeats itself look fast.
	const asked = isTimed ? { ...request, guesses: false } : request;
	for await (const event of model.fill(asked, signal)) {
		if (event.type === 'unsupported') {
			return undefined;
		}
		if (event.type === 'text') {
			text += event.text;
			if (!isTimed && lineEnd(text, lines) !== undefined) {
				break;
			}
		} else if (event.type === 'end') {
			const { generatedTokens, decodeMilliseconds } = event.statistics;
			isOver = event.reason === 'end-of-text';
			pace = isTimed && generatedTokens >= LEAST_TIMED ? decodeMilliseconds / generatedTokens : undefined;
		}
	}
	const end = lineEnd(text, lines);
	return { text: text.slice(0, end), isOver: isOver || end !== undefined, pace };
}

/** Where the last of so many lines ends; undefined where there are fewer. */
function lineEnd(text: string, lines: number): number | undefined {
	let at = -1;
	for (let line = 0; line < lines; line++) {
		at = text.indexOf('\n', at + 1);
		if (at === -1) {
			return undefined;
		}
	}
	return at;
}
