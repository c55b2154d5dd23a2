/** A turn of the conversation as the webview shows it, and the check of one on both sides. */

import { REMEDIES, type Remedy } from '../inference/model';
import { isRecord } from '../inference/record';
import { isArrayOf, isCount, isId, isOneOf, isOptionalLabel, isText } from './shapes';

/** Longest answer in characters; a generation that gets there is stopped. */
export const MAX_ANSWER = 256 * 1024;
/** Names of what went along with a question. */
export const MAX_LABELS = 32;

/**
 * `cut`: the answer reached its longest length. `stopped`: the user ended it. `failed`: the model could not go on. `interrupted`: the editor or the extension went
 * away while it was written. The text so far is kept in each case.
 */
const TURN_STATES = ['streaming', 'done', 'cut', 'stopped', 'failed', 'interrupted'] as const;
export type TurnState = (typeof TURN_STATES)[number];

/** Which of several versions of a question or an answer is shown. */
export interface Branch {
	/** From 1. */
	readonly at: number;
	/** At least 2. */
	readonly of: number;
}

/**
 * Why no summary stands for exchanges that were left out. `pending`: it is not made yet. `failed`: the model could not
 * make one. `longer`: it took more room than they do. `secret`: something in it looked like one.
 */
const UNSUMMARISED = ['pending', 'failed', 'longer', 'secret'] as const;
export type Unsummarised = (typeof UNSUMMARISED)[number];

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
	/** What the model read in the place of so many earlier exchanges. Default: it read nothing in the place of any. */
	readonly summary?: { readonly exchanges: number; readonly text: string };
	/** Default: none are made, or none was needed. */
	readonly unsummarised?: Unsummarised;
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

/** Lines of an answer's code that stand elsewhere, too. */
export interface TurnOrigin {
	/** Lines of the block, from 1, both included. */
	readonly first: number;
	readonly last: number;
	/** Where they stand: relative to the workspace, with `/`. */
	readonly path: string;
	readonly firstLine: number;
	readonly lastLine: number;
	/** Name and version of the package; empty for the workspace's own code. */
	readonly package: string;
	/** As its own files say; empty where they do not. */
	readonly licence: string;
}

/** Steps of one answer, and the characters that are kept of each: of its name and arguments, and of what it brought. */
export const MAX_STEPS = 20;
export const LONGEST_CALL = 1_000;
export const LONGEST_RESULT = 8_000;

const STEP_STATES = ['running', 'done', 'refused'] as const;

/** Something that the model looked up before it answered. */
export interface TurnStep {
	/** Of the tool. */
	readonly name: string;
	/** As JSON. */
	readonly arguments: string;
	/** `running` in an answer that has ended: it was left in the middle. */
	readonly state: (typeof STEP_STATES)[number];
	/** What the model was told, or its beginning; empty while it runs. */
	readonly result: string;
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
	/** What the model looked up. Default: nothing. */
	readonly steps?: readonly TurnStep[];
	/** Where its code stands already. Default: nowhere, as far as is known. */
	readonly origins?: readonly TurnOrigin[];
}

export function isRemedy(value: unknown): value is Remedy {
	return isOneOf(value, REMEDIES);
}

export function isRemedies(value: unknown): value is readonly Remedy[] {
	return isArrayOf(value, isRemedy, REMEDIES.length);
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
		(value['sources'] === undefined || isArrayOf(value['sources'], isSource, MAX_LABELS)) &&
		(value['steps'] === undefined || isArrayOf(value['steps'], isStep, MAX_STEPS)) &&
		(value['origins'] === undefined || isArrayOf(value['origins'], isOrigin, MAX_LABELS))
	);
}

function isStep(value: unknown): value is TurnStep {
	return (
		isRecord(value) &&
		isText(value['name']) &&
		isText(value['arguments']) &&
		isOneOf(value['state'], STEP_STATES) &&
		isText(value['result'], LONGEST_RESULT)
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

function isOrigin(value: unknown): value is TurnOrigin {
	return (
		isRecord(value) &&
		['path', 'package', 'licence'].every((key) => isText(value[key])) &&
		['first', 'last', 'firstLine', 'lastLine'].every((key) => isCount(value[key], Number.MAX_SAFE_INTEGER))
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

function isContextUse(value: unknown): value is ContextUse {
	return (
		isRecord(value) &&
		['used', 'size', 'leftOut', 'linesCut'].every((key) => isCount(value[key], Number.MAX_SAFE_INTEGER)) &&
		(value['summary'] === undefined || isShownSummary(value['summary'])) &&
		(value['unsummarised'] === undefined || isOneOf(value['unsummarised'], UNSUMMARISED))
	);
}

function isShownSummary(value: unknown): value is NonNullable<ContextUse['summary']> {
	return isRecord(value) && isCount(value['exchanges'], Number.MAX_SAFE_INTEGER) && isText(value['text']);
}
