/** Whether to ask here at all: yes, or the reason why not. Reads nothing but what it is given. */

import type { ModelState } from '../inference/model';
import { isSecretFile } from '../inference/secretFiles';
import { isLanguageOn, type Settings } from '../manifest';
import { endsStatement, isOnlyClosing, openQuote } from './brackets';
import { type Cursor, lineAfter, lineBefore } from './cursor';
import { cannotFill, type Reason } from './outcome';

/** `manual`: somebody asked with a key or a command; then only safety can say no. */
export type Trigger = 'automatic' | 'manual';

export interface GateFacts {
	readonly settings: Settings['completion'];
	readonly isPaused: boolean;
	readonly state: ModelState;
	/** Why this document is excluded, as a sentence. Default: it is not. */
	readonly excluded?: string | undefined;
	/** Default: it is not. */
	readonly isOnBattery?: boolean;
	/** Whether the model is the one that ships with the extension. Default: it is not. */
	readonly isStarter?: boolean;
}

export interface Refusal {
	readonly reason: Reason;
	readonly detail: string | undefined;
}

/** Schemes of things that look like documents and are none. */
const NO_DOCUMENT: ReadonlySet<string> = new Set([
	'output',
	'log',
	'debug',
	'vscode-scm',
	'vscode-terminal',
	'vscode-settings',
	'walkThrough',
	'walkThroughSnippet',
	'comment',
	'search-editor',
]);
/** Schemes that no file system stands behind and that are edited all the same. */
export const EDITABLE: ReadonlySet<string> = new Set([
	'file',
	'untitled',
	'vscode-notebook-cell',
	'vscode-interactive',
]);

/** Languages that the starter was trained on, by the ids of VS Code. */
function isStarters(languageId: string): boolean {
	return /^(?:typescript|javascript)(?:react)?$/.test(languageId);
}

function refuse(reason: Reason, detail?: string): Refusal {
	return { reason, detail };
}

/** What no trigger overrides. */
function safety(cursor: Cursor, facts: GateFacts): Refusal | undefined {
	if (NO_DOCUMENT.has(cursor.scheme) || cursor.scheme.startsWith('vscode-chat')) {
		return refuse('not-a-document');
	}
	if (cursor.isWritable === false) {
		return refuse('read-only');
	}
	if (cursor.isWritable === undefined && !EDITABLE.has(cursor.scheme)) {
		return refuse('not-a-document');
	}
	if (isSecretFile(cursor.fullPath)) {
		return refuse('secret-file');
	}
	if (facts.excluded !== undefined) {
		return refuse('excluded', facts.excluded);
	}
	return cursor.isLineTooLong ? refuse('line-too-long') : undefined;
}

function wishes(cursor: Cursor, facts: GateFacts): Refusal | undefined {
	if (!facts.settings.enabled) {
		return refuse('disabled');
	}
	if (facts.isPaused) {
		return refuse('paused');
	}
	if (!isLanguageOn(facts.settings.languages, cursor.languageId)) {
		return refuse('language-off');
	}
	if (
		facts.isStarter === true &&
		!isStarters(cursor.languageId) &&
		facts.settings.languages[cursor.languageId] !== true
	) {
		return refuse('starter-language');
	}
	if (facts.settings.trigger === 'manual') {
		return refuse('manual-only');
	}
	return facts.settings.pauseOnBattery && facts.isOnBattery === true ? refuse('on-battery') : undefined;
}

function model(facts: GateFacts): Refusal | undefined {
	const { state } = facts;
	switch (state.type) {
		case 'none':
			return refuse('model-none');
		case 'starting':
			return refuse('model-starting');
		case 'loading':
			return refuse('model-loading');
		case 'failed':
			return refuse('model-failed', state.problem.message);
		case 'ready':
			return state.model.fill.type === 'unsupported' && !facts.settings.leftToRight
				? refuse('cannot-fill', cannotFill(state.model.fill.reason))
				: undefined;
		default:
			return state satisfies never;
	}
}

/** Places where a suggestion that nobody asked for is more often in the way than wanted. */
function place(cursor: Cursor): Refusal | undefined {
	if (cursor.isDocumentEmpty) {
		return refuse('empty-file');
	}
	const rest = lineAfter(cursor);
	if (!isOnlyClosing(rest)) {
		return refuse('middle-of-line');
	}
	const typed = lineBefore(cursor);
	// The syntax says so too, but up to 8 ms later. Here it is known in the same turn, at the most frequent of all ends of
	// lines, while the next line's prompt may be read or its text written ahead: asking would end that.
	if (/;\s*$/.test(typed) && rest.trim() === '' && openQuote(typed) === undefined && endsStatement(typed)) {
		return refuse('line-complete');
	}
	return undefined;
}

export function gate(cursor: Cursor, trigger: Trigger, facts: GateFacts): Refusal | undefined {
	const refusal = safety(cursor, facts);
	if (refusal !== undefined) {
		return refusal;
	}
	return trigger === 'manual' ? model(facts) : (wishes(cursor, facts) ?? model(facts) ?? place(cursor));
}
