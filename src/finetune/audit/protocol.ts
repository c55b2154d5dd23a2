/** What the page of the audit and the extension say to each other, and the checks of it on both sides. */

import {
	anyOf,
	boolean,
	type Check,
	count,
	list,
	literal,
	number,
	object,
	shortString,
	textsOf,
} from '../../inference/wire/shapes';

/** Most rows of one answer: what a tall screen shows, and more. */
export const MOST_ROWS = 200;
/** Most groups of one kind: the largest are named. */
export const MOST_GROUPS = 200;
const MOST_FIGURES = 16;
const MOST_NOTES = 64;

/** What the user may do with a file: leave it out, take it in, or go back to what the stages said; empty = nothing. */
const MOVES = ['in', 'out', 'back', ''] as const;
export type Move = (typeof MOVES)[number];

/** `mine`: what the user decided about. */
export const SIDES = ['all', 'in', 'out', 'mine'] as const;
export type Side = (typeof SIDES)[number];

/** Which files are listed; an empty text wants all. */
export interface Filter {
	readonly side: Side;
	/** Keys of groups. */
	readonly stage: string;
	readonly language: string;
	readonly folder: string;
	/** Part of the path, in any case. */
	readonly text: string;
}

export interface Figure {
	readonly label: string;
	readonly value: string;
	readonly detail: string;
}

/** Files that have something in common. */
export interface Group {
	readonly key: string;
	readonly label: string;
	readonly in: number;
	readonly out: number;
}

export interface Summary {
	/** Of the audit and the choices: rows of another are not these. */
	readonly version: number;
	readonly figures: readonly Figure[];
	/** What the user should know, one sentence each. */
	readonly notes: readonly string[];
	readonly stages: readonly Group[];
	readonly languages: readonly Group[];
	readonly folders: readonly Group[];
	/** Whether a fine-tune waits for this. */
	readonly canGoOn: boolean;
}

export interface Row {
	/** In the audit. */
	readonly index: number;
	readonly path: string;
	readonly isIn: boolean;
	/** As shown. */
	readonly stage: string;
	readonly value: string;
	readonly threshold: string;
	/** The whole reason, as a sentence has it. */
	readonly reason: string;
	/** Whether the user decided about it. */
	readonly isMine: boolean;
	readonly move: Move;
	/** Why nothing may be done; empty where something may. */
	readonly whyNot: string;
}

/** Texts of the webview, translated by the extension. */
export const TEXT_KEYS = [
	'title',
	'detail',
	'goOn',
	'again',
	'copy',
	'byStage',
	'byLanguage',
	'byFolder',
	'files',
	'in',
	'out',
	'search',
	'side',
	'side.all',
	'side.in',
	'side.out',
	'side.mine',
	'stage',
	'language',
	'folder',
	'any',
	'clear',
	'path',
	'verdict',
	'value',
	'threshold',
	'move',
	'move.in',
	'move.out',
	'move.back',
	'mine',
	'shown',
	'none',
	'keys',
] as const;
export type PageTexts = Readonly<Record<(typeof TEXT_KEYS)[number], string>>;

export type FromAuditPage =
	/** Wants everything; sent when the page was made, and again when it is shown after it was hidden. */
	| { readonly type: 'ready' }
	/** Wants rows; the answer names the request. */
	| {
			readonly type: 'rows';
			readonly request: number;
			readonly filter: Filter;
			readonly offset: number;
			readonly count: number;
	  }
	| { readonly type: 'open'; readonly version: number; readonly index: number }
	| { readonly type: 'move'; readonly version: number; readonly index: number; readonly move: Move }
	| { readonly type: 'act'; readonly action: 'goOn' | 'again' | 'copy' };

export type ToAuditPage =
	| { readonly type: 'state'; readonly texts: PageTexts; readonly summary: Summary }
	| {
			readonly type: 'rows';
			readonly request: number;
			readonly version: number;
			readonly offset: number;
			/** Files that the filter lets through. */
			readonly all: number;
			readonly rows: readonly Row[];
	  }
	/** A line of news, for those who hear the page too. */
	| { readonly type: 'said'; readonly text: string };

export const isFilter: Check<Filter> = object<Filter>({
	side: literal(...SIDES),
	stage: shortString,
	language: shortString,
	folder: shortString,
	text: shortString,
});

/** A message of the webview, or false for anything else. */
export const isFromAuditPage: Check<FromAuditPage> = anyOf(
	object<{ readonly type: 'ready' }>({ type: literal('ready') }),
	object<Extract<FromAuditPage, { readonly type: 'rows' }>>({
		type: literal('rows'),
		request: count,
		filter: isFilter,
		offset: count,
		count,
	}),
	object<Extract<FromAuditPage, { readonly type: 'open' }>>({
		type: literal('open'),
		version: count,
		index: count,
	}),
	object<Extract<FromAuditPage, { readonly type: 'move' }>>({
		type: literal('move'),
		version: count,
		index: count,
		move: literal(...MOVES),
	}),
	object<Extract<FromAuditPage, { readonly type: 'act' }>>({
		type: literal('act'),
		action: literal('goOn', 'again', 'copy'),
	}),
);

const texts: Check<PageTexts> = textsOf(TEXT_KEYS);

const groups = list(
	object<Group>({ key: shortString, label: shortString, in: number, out: number }),
	MOST_GROUPS,
);

const summary = object<Summary>({
	version: count,
	figures: list(
		object<Figure>({ label: shortString, value: shortString, detail: shortString }),
		MOST_FIGURES,
	),
	notes: list(shortString, MOST_NOTES),
	stages: groups,
	languages: groups,
	folders: groups,
	canGoOn: boolean,
});

const row = object<Row>({
	index: count,
	path: shortString,
	isIn: boolean,
	stage: shortString,
	value: shortString,
	threshold: shortString,
	reason: shortString,
	isMine: boolean,
	move: literal(...MOVES),
	whyNot: shortString,
});

/** A message of the extension: the webview checks too, since a message event can come from anywhere. */
export const isToAuditPage: Check<ToAuditPage> = anyOf(
	object<Extract<ToAuditPage, { readonly type: 'state' }>>({ type: literal('state'), texts, summary }),
	object<Extract<ToAuditPage, { readonly type: 'rows' }>>({
		type: literal('rows'),
		request: count,
		version: count,
		offset: count,
		all: count,
		rows: list(row, MOST_ROWS),
	}),
	object<Extract<ToAuditPage, { readonly type: 'said' }>>({ type: literal('said'), text: shortString }),
);
