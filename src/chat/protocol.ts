/** What the chat's webview and the extension say to each other, and the checks of it on both sides. */

import type { Remedy } from '../inference/model';
import { isRecord } from '../inference/record';
import { isArrayOf, isCount, isId, isOneOf, isOptionalLabel, isText } from './shapes';
import { type ChatTexts, isTexts } from './textKeys';
import { isRemedies, isRemedy, isTurn, MAX_ANSWER, MAX_LABELS, type Turn } from './turn';

/** Longest question in characters: a pasted file, not a pasted repository. */
export const MAX_QUESTION = 64 * 1024;
/** Turns that a conversation keeps; the oldest leave first. */
export const MAX_TURNS = 200;
/** Which model answers, as the view shows it. */
export interface ChatStatus {
	readonly state: 'none' | 'starting' | 'loading' | 'ready' | 'failed';
	/** Name of the model; empty while none is known. */
	readonly name: string;
	/** Where it runs, for example `CPU`; empty while not ready. */
	readonly place: string;
	/** 0 to 1 while loading. */
	readonly progress: number;
	readonly isStarter: boolean;
	/** Why there is no answer to be had; undefined while all is well. */
	readonly problem: string | undefined;
	readonly remedies: readonly Remedy[];
}

export type FromChat =
	| { readonly type: 'ready' }
	| { readonly type: 'ask'; readonly text: string }
	| { readonly type: 'stop' }
	| { readonly type: 'regenerate' }
	/** Asks instead of an earlier question, which stays as another version. */
	| { readonly type: 'edit'; readonly turn: string; readonly text: string }
	/** Shows the version before (-1) or after (1) this one. */
	| { readonly type: 'branch'; readonly turn: string; readonly by: -1 | 1 }
	/** Shows a source of an answer in the editor; from 0. */
	| { readonly type: 'openSource'; readonly turn: string; readonly source: number }
	/** Shows where code of an answer stands, too; from 0. */
	| { readonly type: 'openOrigin'; readonly turn: string; readonly origin: number }
	| { readonly type: 'copy'; readonly turn: string; readonly block: number }
	| { readonly type: 'insert'; readonly turn: string; readonly block: number }
	/** Changes the active file to what the code says, after the user has seen how. */
	| { readonly type: 'apply'; readonly turn: string; readonly block: number }
	| { readonly type: 'openLink'; readonly url: string }
	/** Opens the walkthrough. */
	| { readonly type: 'getStarted' }
	| { readonly type: 'remedy'; readonly remedy: Remedy };

export type ToChat =
	| {
			readonly type: 'restore';
			readonly turns: readonly Turn[];
			readonly status: ChatStatus;
			readonly texts: ChatTexts;
	  }
	| { readonly type: 'turns'; readonly turns: readonly Turn[] }
	/** A new turn, or the new state of one. */
	| { readonly type: 'turn'; readonly turn: Turn }
	/** More of the running answer. `offset`: characters before it; a gap makes the webview ask for everything. */
	| { readonly type: 'delta'; readonly turn: string; readonly offset: number; readonly text: string }
	| { readonly type: 'status'; readonly status: ChatStatus }
	/** The button of a code block did its work. */
	| {
			readonly type: 'acted';
			readonly action: 'copy' | 'insert' | 'apply';
			readonly turn: string;
			readonly block: number;
	  }
	/** Gives an unsent question back that could not be asked. */
	| { readonly type: 'draft'; readonly text: string }
	/** What goes along with a question is being read. */
	| { readonly type: 'busy'; readonly busy: boolean }
	| { readonly type: 'focus' };

function isStatus(value: unknown): value is ChatStatus {
	return (
		isRecord(value) &&
		isOneOf(value['state'], ['none', 'starting', 'loading', 'ready', 'failed']) &&
		isText(value['name']) &&
		isText(value['place']) &&
		typeof value['progress'] === 'number' &&
		typeof value['isStarter'] === 'boolean' &&
		isOptionalLabel(value['problem']) &&
		isRemedies(value['remedies'])
	);
}

function isTurns(value: unknown): value is readonly Turn[] {
	return isArrayOf(value, isTurn, MAX_TURNS);
}

/** Most code blocks that an answer of `MAX_ANSWER` characters can have. */
const MAX_BLOCK = MAX_ANSWER / 4;

/** Only plain https addresses leave the panel, and only after the user saw them. */
export function isOpenableLink(value: unknown): value is string {
	if (!isText(value, 2_048)) {
		return false;
	}
	const url = URL.canParse(value) ? new URL(value) : undefined;
	// A name or password before the host is how a link pretends to lead elsewhere.
	return url?.protocol === 'https:' && url.hostname !== '' && url.username === '' && url.password === '';
}

/** A message of the webview, or undefined for anything else. */
export function isFromChat(value: unknown): value is FromChat {
	if (!isRecord(value)) {
		return false;
	}
	switch (value['type']) {
		case 'ready':
		case 'stop':
		case 'regenerate':
		case 'getStarted':
			return true;
		case 'ask':
			return isText(value['text'], MAX_QUESTION) && value['text'].trim() !== '';
		case 'edit':
			return isId(value['turn']) && isText(value['text'], MAX_QUESTION) && value['text'].trim() !== '';
		case 'openSource':
			return isId(value['turn']) && isCount(value['source'], MAX_LABELS);
		case 'openOrigin':
			return isId(value['turn']) && isCount(value['origin'], MAX_LABELS);
		case 'branch':
			return isId(value['turn']) && (value['by'] === -1 || value['by'] === 1);
		case 'copy':
		case 'insert':
		case 'apply':
			return isId(value['turn']) && isCount(value['block'], MAX_BLOCK);
		case 'openLink':
			return isOpenableLink(value['url']);
		case 'remedy':
			return isRemedy(value['remedy']);
		default:
			return false;
	}
}

/** A message of the extension: the webview checks too, since a message event can come from anywhere. */
export function isToChat(value: unknown): value is ToChat {
	if (!isRecord(value)) {
		return false;
	}
	switch (value['type']) {
		case 'restore':
			return isTurns(value['turns']) && isStatus(value['status']) && isTexts(value['texts']);
		case 'turns':
			return isTurns(value['turns']);
		case 'turn':
			return isTurn(value['turn']);
		case 'delta':
			return isId(value['turn']) && isCount(value['offset'], MAX_ANSWER) && isText(value['text'], MAX_ANSWER);
		case 'status':
			return isStatus(value['status']);
		case 'acted':
			return (
				isOneOf(value['action'], ['copy', 'insert', 'apply']) &&
				isId(value['turn']) &&
				isCount(value['block'], MAX_BLOCK)
			);
		case 'draft':
			return isText(value['text'], MAX_QUESTION);
		case 'busy':
			return typeof value['busy'] === 'boolean';
		case 'focus':
			return true;
		default:
			return false;
	}
}
