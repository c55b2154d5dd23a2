/** What the chat's webview and the extension say to each other, and the checks of it on both sides. Over 300 lines because
 * each message stands with its check and with the texts of the view. */

import type { Remedy } from '../inference/model';

/** Longest question in characters: a pasted file, not a pasted repository. */
export const MAX_QUESTION = 64 * 1024;
/** Longest answer in characters; a generation that gets there is stopped. */
export const MAX_ANSWER = 256 * 1024;
/** Turns that a conversation keeps; the oldest leave first. */
export const MAX_TURNS = 200;
/** Names of what went along with a question. */
const MAX_LABELS = 32;
/** Longest of any other text: notes, names, reasons, links. */
const MAX_LABEL = 4 * 1024;

export const REMEDIES = [
	'select-model',
	'use-starter',
	'use-cpu',
	'show-log',
	'restart',
	'set-node-path',
] as const satisfies readonly Remedy[];

/**
 * `cut`: the answer reached its longest length. `stopped`: the user ended it. `failed`: the model could not go on. `interrupted`: the editor or the extension went
 * away while it was written. The text so far is kept in each case.
 */
export const TURN_STATES = ['streaming', 'done', 'cut', 'stopped', 'failed', 'interrupted'] as const;
export type TurnState = (typeof TURN_STATES)[number];

/** Which of several versions of a question or an answer is shown. */
export interface Branch {
	/** From 1. */
	readonly at: number;
	/** At least 2. */
	readonly of: number;
}

/** What an answer took of the model's context, and what had to stay out. */
export interface ContextUse {
	/** Tokens of the prompt and the answer. */
	readonly used: number;
	/** Tokens that the context holds. */
	readonly size: number;
	/** Earlier questions, with their answers, that did not fit. */
	readonly leftOut: number;
	/** Lines of the question's own material that did not fit. */
	readonly linesCut: number;
}

/** A part of a file that the model was given for an answer. */
export interface TurnSource {
	/** As the user knows it, with `/`. */
	readonly path: string;
	/** From 1, both included. */
	readonly firstLine: number;
	readonly lastLine: number;
	/** What the model was told to name it by, from 1. Default: it was not told to. */
	readonly number?: number;
}

/** A turn of the conversation as the webview shows it. */
export interface Turn {
	readonly id: string;
	readonly role: 'user' | 'assistant';
	/** Plain text for the user's turns, Markdown for the model's. */
	readonly text: string;
	readonly state: TurnState;
	/** A sentence below the turn: why it failed, or what became of its code. */
	readonly note: string | undefined;
	/** Buttons beside the note. */
	readonly remedies: readonly Remedy[];
	/** For the model's turns; undefined until the prompt was read, and for turns of earlier versions. */
	readonly usage: ContextUse | undefined;
	/** Undefined where there is one version only. */
	readonly branch: Branch | undefined;
	/** Whether the user can change the text and ask again from there. */
	readonly isEditable: boolean;
	/** What went along with the question, by name. Default: nothing. */
	readonly attachments?: readonly string[];
	/** All that the model was given of files. Default: nothing. */
	readonly sources?: readonly TurnSource[];
}

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

/** Texts of the webview, translated by the extension. `{0}` stands for a value. */
export const TEXT_KEYS = [
	'placeholder',
	'send',
	'stop',
	'regenerate',
	'retry',
	'copy',
	'copied',
	'insert',
	'inserted',
	'apply',
	'applied',
	'you',
	'answering',
	'nothing',
	'cut',
	'stopped',
	'interrupted',
	'hidden',
	'emptyTitle',
	'emptyAsk',
	'emptyExplain',
	'emptyFix',
	'emptyGenerate',
	'emptyLocal',
	'starter',
	'selectModel',
	'modelStarting',
	'modelLoading',
	'transcript',
	'context',
	'takeAway',
	'tokens',
	'suggestions',
	'close',
	'tooLong',
	'edit',
	'cancel',
	'versions',
	'versionBefore',
	'versionAfter',
	'sources',
	'openSource',
	'usage',
	'leftOut',
	'leftOutOne',
	'linesCut',
	'linesCutOne',
	'history',
	'historySearch',
	'historyCount',
	'historyCountOne',
	'thinking',
	'thought',
	'historyEmpty',
	'historyNothing',
	'historyBack',
	'historyOpen',
	'rename',
	'delete',
	'export',
	'remedy.select-model',
	'remedy.use-starter',
	'remedy.use-cpu',
	'remedy.show-log',
	'remedy.restart',
	'remedy.set-node-path',
] as const;
export type TextKey = (typeof TEXT_KEYS)[number];
export type ChatTexts = Readonly<Record<TextKey, string>>;

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
	| { readonly type: 'copy'; readonly turn: string; readonly block: number }
	| { readonly type: 'insert'; readonly turn: string; readonly block: number }
	/** Changes the active file to what the code says, after the user has seen how. */
	| { readonly type: 'apply'; readonly turn: string; readonly block: number }
	| { readonly type: 'openLink'; readonly url: string }
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

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isText(value: unknown, most: number = MAX_LABEL): value is string {
	return typeof value === 'string' && value.length <= most;
}

export function isCount(value: unknown, most: number): value is number {
	return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= most;
}

export function isOneOf<T extends string>(value: unknown, known: readonly T[]): value is T {
	return known.some((candidate) => candidate === value);
}

export function isArrayOf<T>(
	value: unknown,
	isItem: (item: unknown) => item is T,
	most: number,
): value is readonly T[] {
	return Array.isArray(value) && value.length <= most && value.every(isItem);
}

export function isId(value: unknown): value is string {
	return typeof value === 'string' && /^[\w-]{1,64}$/.test(value);
}

function isRemedy(value: unknown): value is Remedy {
	return isOneOf(value, REMEDIES);
}

function isRemedies(value: unknown): value is readonly Remedy[] {
	return isArrayOf(value, isRemedy, REMEDIES.length);
}

function isOptionalLabel(value: unknown): value is string | undefined {
	return value === undefined || isText(value);
}

export function isTurn(value: unknown): value is Turn {
	return (
		isRecord(value) &&
		isId(value['id']) &&
		isOneOf(value['role'], ['user', 'assistant']) &&
		isText(value['text'], MAX_ANSWER) &&
		isOneOf(value['state'], TURN_STATES) &&
		isOptionalLabel(value['note']) &&
		isRemedies(value['remedies']) &&
		(value['usage'] === undefined || isContextUse(value['usage'])) &&
		(value['branch'] === undefined || isBranch(value['branch'])) &&
		typeof value['isEditable'] === 'boolean' &&
		(value['attachments'] === undefined || isArrayOf(value['attachments'], isLabel, MAX_LABELS)) &&
		(value['sources'] === undefined || isArrayOf(value['sources'], isSource, MAX_LABELS))
	);
}

function isSource(value: unknown): value is TurnSource {
	return (
		isRecord(value) &&
		isText(value['path']) &&
		isCount(value['firstLine'], Number.MAX_SAFE_INTEGER) &&
		isCount(value['lastLine'], Number.MAX_SAFE_INTEGER) &&
		(value['number'] === undefined || isCount(value['number'], MAX_LABELS))
	);
}

function isLabel(value: unknown): value is string {
	return isText(value);
}

function isBranch(value: unknown): value is Branch {
	return (
		isRecord(value) &&
		isCount(value['at'], Number.MAX_SAFE_INTEGER) &&
		isCount(value['of'], Number.MAX_SAFE_INTEGER)
	);
}

export function isContextUse(value: unknown): value is ContextUse {
	return (
		isRecord(value) &&
		['used', 'size', 'leftOut', 'linesCut'].every((key) => isCount(value[key], Number.MAX_SAFE_INTEGER))
	);
}

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

function isTexts(value: unknown): value is ChatTexts {
	return isRecord(value) && TEXT_KEYS.every((key) => isText(value[key]));
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
			return true;
		case 'ask':
			return isText(value['text'], MAX_QUESTION) && value['text'].trim() !== '';
		case 'edit':
			return isId(value['turn']) && isText(value['text'], MAX_QUESTION) && value['text'].trim() !== '';
		case 'openSource':
			return isId(value['turn']) && isCount(value['source'], MAX_LABELS);
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
