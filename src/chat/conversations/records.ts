/** The lines of a conversation's file: what each says, how it is written, and how a damaged file is read. */

import { isRecord, parseJson } from '../../inference/record';
import { isCount, isId, isText } from '../shapes';
import { MAX_ANSWER } from '../turn';
import { type StoredTurn, storedTurn } from '../turns';
import { MAX_TITLE } from './protocol';

/** A later version that writes what this one cannot do without gets another number. */
export const VERSION = 1;

/** Each line is one of these, as JSON. Lines are only ever added, by whichever window has something to say. */
export type ConversationRecord =
	/** First in a new file. */
	| { readonly type: 'conversation'; readonly version: number }
	/** A new turn, or the whole new state of one. */
	| { readonly type: 'turn'; readonly turn: StoredTurn }
	/** More of a growing answer. `offset`: characters before it. */
	| { readonly type: 'text'; readonly turn: string; readonly offset: number; readonly text: string }
	/** Of several versions, this one is shown. */
	| { readonly type: 'choose'; readonly turn: string }
	| { readonly type: 'title'; readonly title: string }
	| StoredSummary;

/** Stands for the conversation up to an answer, as it was then. Versions that know of none read the rest all the same. */
export interface StoredSummary {
	readonly type: 'summary';
	/** Id of the last turn that it stands for. */
	readonly turn: string;
	/** Of all the turns that it stands for. */
	readonly digest: string;
	readonly text: string;
}

interface ReadConversation {
	readonly records: readonly ConversationRecord[];
	/** Lines that say nothing this version understands. */
	readonly brokenLines: number;
	/** Written by a later version: to be left alone. */
	readonly isTooNew: boolean;
}

function recordOf(value: unknown): ConversationRecord | undefined {
	if (!isRecord(value)) {
		return undefined;
	}
	const { type, turn, version, offset, text, title, digest } = value;
	switch (type) {
		case 'conversation':
			return isCount(version, Number.MAX_SAFE_INTEGER) ? { type, version } : undefined;
		case 'turn': {
			const stored = storedTurn(turn);
			return stored === undefined ? undefined : { type, turn: stored };
		}
		case 'text':
			return isId(turn) && isCount(offset, MAX_ANSWER) && isText(text, MAX_ANSWER - offset)
				? { type, turn, offset, text }
				: undefined;
		case 'choose':
			return isId(turn) ? { type, turn } : undefined;
		case 'title':
			return isText(title, MAX_TITLE) ? { type, title } : undefined;
		case 'summary':
			return isId(turn) && isId(digest) && isText(text) ? { type, turn, digest, text } : undefined;
		default:
			return undefined;
	}
}

/**
 * The records as lines. They begin with a line break, since the last line of a file may be half of one: whoever wrote it
 * died, and must not take this one along.
 */
export function linesOf(records: readonly ConversationRecord[]): string {
	return `\n${records.map((record) => JSON.stringify(record)).join('\n')}\n`;
}

/** Every line that can be read. */
export function readRecords(text: string): ReadConversation {
	const lines = text.split('\n').filter((line) => line.trim() !== '');
	const records = lines.flatMap((line) => recordOf(parseJson(line)) ?? []);
	return {
		records,
		brokenLines: lines.length - records.length,
		isTooNew: records.some((record) => record.type === 'conversation' && record.version > VERSION),
	};
}
