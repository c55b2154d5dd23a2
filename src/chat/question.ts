/** What a user can ask for, as plain data. */

import { isArrayOf, isCount, isOneOf, isRecord, isText } from './protocol';

/** Code of one file as it was read. */
export interface Excerpt {
	/** Path as the user knows it, with `/`. */
	readonly path: string;
	/** VS Code's language id. */
	readonly language: string;
	/** First line of the code, from 1. */
	readonly firstLine: number;
	readonly code: string;
}

/** An error or warning at a line of an excerpt. */
export interface Finding {
	/** Line in the file, from 1. */
	readonly line: number;
	readonly message: string;
}

/** What the user wants, as plain data: kept with the turn, so that it can be asked again after a reload. */
export type Question =
	| { readonly task: 'question'; readonly text: string }
	| { readonly task: 'explain'; readonly excerpt: Excerpt; readonly findings: readonly Finding[] }
	| { readonly task: 'fix'; readonly excerpt: Excerpt; readonly findings: readonly Finding[] }
	/** `excerpt` ends with the comment; `after` is the code below it. */
	| {
			readonly task: 'generate';
			readonly excerpt: Excerpt;
			readonly instruction: string;
			readonly after: string;
	  };

/** Most characters of code in a question; what does not fit the model's context is cut again by tokens. */
export const MAX_EXCERPT = 256 * 1024;
/** Reported problems of one question; more say nothing new. */
export const MAX_FINDINGS = 20;

function isExcerpt(value: unknown): value is Excerpt {
	return (
		isRecord(value) &&
		isText(value['path']) &&
		isText(value['language']) &&
		isCount(value['firstLine'], Number.MAX_SAFE_INTEGER) &&
		isText(value['code'], MAX_EXCERPT)
	);
}

export function isFinding(value: unknown): value is Finding {
	return isRecord(value) && isCount(value['line'], Number.MAX_SAFE_INTEGER) && isText(value['message']);
}

/** For questions that come back from disk. */
export function isQuestion(value: unknown): value is Question {
	if (!isRecord(value) || !isOneOf(value['task'], ['question', 'explain', 'fix', 'generate'])) {
		return false;
	}
	switch (value['task']) {
		case 'question':
			return isText(value['text'], MAX_EXCERPT);
		case 'explain':
		case 'fix':
			return isExcerpt(value['excerpt']) && isArrayOf(value['findings'], isFinding, MAX_FINDINGS);
		case 'generate':
			return (
				isExcerpt(value['excerpt']) &&
				isText(value['instruction'], MAX_EXCERPT) &&
				isText(value['after'], MAX_EXCERPT)
			);
	}
}
