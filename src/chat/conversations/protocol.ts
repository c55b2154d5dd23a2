/** What the chat's webview and the extension say to each other about the history, and the checks on both sides. */

import { isRecord } from '../../inference/record';
import { isArrayOf, isCount, isId, isText } from '../shapes';

/** Conversations that the list shows, and a workspace keeps. */
export const MAX_LISTED = 1_000;
/** Characters of a title. */
export const MAX_TITLE = 120;
/** Characters of what is searched for. */
export const MAX_QUERY = 200;

/** A conversation as the list shows it. */
export interface Summary {
	readonly id: string;
	readonly title: string;
	/** When it was last asked something, in milliseconds since 1970. */
	readonly time: number;
	/** Where the text that was searched for stands; undefined where it is in the title, or nothing was searched. */
	readonly passage: string | undefined;
	readonly isOpen: boolean;
}

export type FromHistory =
	| { readonly type: 'history'; readonly query: string }
	| { readonly type: 'open'; readonly conversation: string }
	| { readonly type: 'rename'; readonly conversation: string; readonly title: string }
	| { readonly type: 'delete'; readonly conversation: string }
	| { readonly type: 'export'; readonly conversation: string };

export type ToHistory =
	/** The command of the view's title bar. */
	| { readonly type: 'showHistory' }
	/** Something in the list is different; who shows it asks again. */
	| { readonly type: 'historyChanged' }
	| { readonly type: 'history'; readonly query: string; readonly conversations: readonly Summary[] };

function isSummary(value: unknown): value is Summary {
	return (
		isRecord(value) &&
		isId(value['id']) &&
		isText(value['title'], MAX_TITLE) &&
		isCount(value['time'], Number.MAX_SAFE_INTEGER) &&
		(value['passage'] === undefined || isText(value['passage'])) &&
		typeof value['isOpen'] === 'boolean'
	);
}

/** A message of the webview, or undefined for anything else. */
export function isFromHistory(value: unknown): value is FromHistory {
	if (!isRecord(value)) {
		return false;
	}
	switch (value['type']) {
		case 'history':
			return isText(value['query'], MAX_QUERY);
		case 'rename':
			return isId(value['conversation']) && isText(value['title'], MAX_TITLE) && value['title'].trim() !== '';
		case 'open':
		case 'delete':
		case 'export':
			return isId(value['conversation']);
		default:
			return false;
	}
}

export function isToHistory(value: unknown): value is ToHistory {
	if (!isRecord(value)) {
		return false;
	}
	switch (value['type']) {
		case 'showHistory':
		case 'historyChanged':
			return true;
		case 'history':
			return isText(value['query'], MAX_QUERY) && isArrayOf(value['conversations'], isSummary, MAX_LISTED);
		default:
			return false;
	}
}
