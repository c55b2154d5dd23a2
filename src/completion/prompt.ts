/** Cursor → plain pieces of the prompt, cut so that they stay the same while a line is typed. */

import { keepStart } from '../inference/clip';
import type { FillRequest, ModelDescription, Priority } from '../inference/model';
import type { Settings } from '../manifest';
import type { Cursor } from './cursor';

/**
 * Characters in a token of code, reckoned low: 2.6 to 3.8 with the vocabularies of the field. The model cuts by
 * tokens what is still too long.
 */
const CHARACTERS_PER_TOKEN = 3;
/** Share of the budget before the cursor; the rest is for what follows, as the prompt format has it. */
const PREFIX_SHARE = 0.75;
/** Steps, in lines, in which the start of the prefix moves: each move costs a whole new prefill. */
const STEPS = [32, 16, 8, 4, 2, 1] as const;
/** Seconds that the prefill of a prompt may take when nothing of it is in the KV cache. */
const COLD_SECONDS = 0.6;

/**
 * Tokens for the prompt: what this machine reads in 0.6 s, 256 to 2,048, and never more than the model's context
 * leaves beside `maxTokens` of output.
 */
export function promptBudget(model: ModelDescription, maxTokens: number): number {
	const affordable = Math.min(2_048, Math.max(256, Math.round(model.prefillTokensPerSecond * COLD_SECONDS)));
	const contexts = [model.contextSize, model.trainedContext].filter((size) => size > 0);
	// Special tokens and the header with the path take some 32.
	return Math.max(32, Math.min(affordable, ...contexts.map((size) => size - maxTokens - 32)));
}

/**
 * The last lines of `text`, which starts with line `firstLine`, in at most `limit` characters. The start lies on a
 * multiple of the largest step that still uses half of the limit, so that it stays while lines are added below.
 */
export function stableTail(text: string, firstLine: number, limit: number): string {
	if (text.length <= limit && firstLine === 0) {
		return text;
	}
	let best = '';
	for (const step of STEPS) {
		best = tailFrom(text, firstLine, limit, step);
		if (best.length * 2 >= limit) {
			return best;
		}
	}
	return best;
}

/** The longest tail within the limit that starts on a line whose number is a multiple of `step`. */
function tailFrom(text: string, firstLine: number, limit: number, step: number): string {
	let line = firstLine;
	let start = 0;
	while (start < text.length && (text.length - start > limit || line % step !== 0)) {
		const end = text.indexOf('\n', start);
		start = end === -1 ? text.length : end + 1;
		line++;
	}
	return text.slice(start);
}

/** The first whole lines of `text` in at most `limit` characters; part of the first line where it is longer. */
export function head(text: string, limit: number): string {
	if (text.length <= limit) {
		return text;
	}
	const end = text.lastIndexOf('\n', limit);
	return keepStart(text, end > 0 ? end : limit);
}

/** A name in a prompt's header, on one line: each control character and line separator becomes a space. */
function onOneLine(name: string): string {
	return name.replace(/[\p{Cc}\u2028\u2029]/gu, ' ');
}

/** The anchor is the start of the cursor's line: what was typed since then stands behind the middle token. */
export function fillRequest(
	cursor: Cursor,
	model: ModelDescription,
	settings: Settings['completion'],
	priority: Priority,
): FillRequest {
	const maxPromptTokens = promptBudget(model, settings.maxTokens);
	const characters = maxPromptTokens * CHARACTERS_PER_TOKEN;
	const anchor = cursor.before.lastIndexOf('\n') + 1;
	return {
		repository: cursor.repository === undefined ? undefined : onOneLine(cursor.repository),
		path: onOneLine(cursor.path),
		files: [],
		prefix: stableTail(
			cursor.before.slice(0, anchor),
			cursor.firstLine,
			Math.floor(characters * PREFIX_SHARE),
		),
		typed: cursor.before.slice(anchor),
		suffix: head(cursor.after, Math.floor(characters * (1 - PREFIX_SHARE))),
		maxTokens: settings.maxTokens,
		maxPromptTokens,
		leftToRight: settings.leftToRight,
		priority,
	};
}
