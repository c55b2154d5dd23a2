/** What the composer and the extension say to each other about commands and context, and the checks of it on both sides. */

import { isRecord } from '../../inference/record';
import { MAX_QUESTION } from '../protocol';
import { isArrayOf, isCount, isId, isText } from '../shapes';
import { MAX_NAMED } from './places';

/** Files that one drop may bring; more are a mistake of the hand. */
export const MAX_DROPPED = 24;
/** Rows of a list. */
const MAX_ROWS = 200;
const MAX_CHIPS = 128;
/** Longest address of a file. */
export const MAX_URI = 4_096;

/** Something that can be completed. */
export interface Suggestion {
	/** What takes the place of the word. */
	readonly insert: string;
	readonly label: string;
	readonly detail: string;
	/** Whether an argument has to follow, so that completion goes on. */
	readonly continues: boolean;
}

/** A piece of context that goes along with the question. */
export interface Chip {
	readonly id: string;
	readonly label: string;
	/** Tokens of it, estimated; undefined where that is not known yet. */
	readonly tokens: number | undefined;
	/** Why it cannot be sent; undefined where it can. */
	readonly problem: string | undefined;
	/** What stands for it in the text, and goes with it; undefined where nothing does. */
	readonly mention: string | undefined;
}

/** Said by the extension, not by the model: it is in no conversation. */
export interface Notice {
	readonly text: string;
	readonly rows: readonly { readonly name: string; readonly text: string }[];
}

export type FromComposer =
	/** What could the word under the caret become? */
	| { readonly type: 'suggest'; readonly request: number; readonly word: string }
	/** The mentions of the draft have changed, or the places in files that it names. */
	| { readonly type: 'mentions'; readonly mentions: readonly string[] }
	| { readonly type: 'drop'; readonly uris: readonly string[] }
	| { readonly type: 'takeAway'; readonly chip: string };

export type ToComposer =
	| { readonly type: 'suggestions'; readonly request: number; readonly items: readonly Suggestion[] }
	/** `note`: what does not fit. */
	| { readonly type: 'chips'; readonly chips: readonly Chip[]; readonly note: string | undefined }
	| { readonly type: 'notice'; readonly notice: Notice };

function isUri(value: unknown): value is string {
	return isText(value, MAX_URI);
}

function isMention(value: unknown): value is string {
	return isText(value, 1_024);
}

function isSuggestion(value: unknown): value is Suggestion {
	return (
		isRecord(value) &&
		isText(value['insert']) &&
		isText(value['label']) &&
		isText(value['detail']) &&
		typeof value['continues'] === 'boolean'
	);
}

function isChip(value: unknown): value is Chip {
	return (
		isRecord(value) &&
		isId(value['id']) &&
		isText(value['label']) &&
		(value['tokens'] === undefined || isCount(value['tokens'], Number.MAX_SAFE_INTEGER)) &&
		(value['problem'] === undefined || isText(value['problem'])) &&
		(value['mention'] === undefined || isMention(value['mention']))
	);
}

function isRow(value: unknown): value is Notice['rows'][number] {
	return isRecord(value) && isText(value['name']) && isText(value['text']);
}

function isNotice(value: unknown): value is Notice {
	return isRecord(value) && isText(value['text']) && isArrayOf(value['rows'], isRow, MAX_ROWS);
}

export function isFromComposer(value: unknown): value is FromComposer {
	if (!isRecord(value)) {
		return false;
	}
	switch (value['type']) {
		case 'suggest':
			return isCount(value['request'], Number.MAX_SAFE_INTEGER) && isMention(value['word']);
		case 'mentions':
			return isArrayOf(value['mentions'], isMention, MAX_NAMED);
		case 'drop':
			return isArrayOf(value['uris'], isUri, MAX_DROPPED);
		case 'takeAway':
			return isId(value['chip']);
		default:
			return false;
	}
}

export function isToComposer(value: unknown): value is ToComposer {
	if (!isRecord(value)) {
		return false;
	}
	switch (value['type']) {
		case 'suggestions':
			return (
				isCount(value['request'], Number.MAX_SAFE_INTEGER) &&
				isArrayOf(value['items'], isSuggestion, MAX_ROWS)
			);
		case 'chips':
			return (
				isArrayOf(value['chips'], isChip, MAX_CHIPS) &&
				(value['note'] === undefined || isText(value['note'], MAX_QUESTION))
			);
		case 'notice':
			return isNotice(value['notice']);
		default:
			return false;
	}
}
