/** What the page of the statistics and the extension say to each other, and the checks of it on both sides. */

import {
	anyOf,
	boolean,
	type Check,
	list,
	literal,
	number,
	object,
	shortString,
	textsOf,
} from '../../inference/wire/shapes';

/** Most rows of a table. */
export const MAX_ROWS = 24;
/** Most days of the chart. */
export const CHART_DAYS = 30;
/** Most figures, notes, tables, and columns of a table. */
const MAX_PARTS = 16;

export interface Figure {
	readonly label: string;
	readonly value: string;
	/** What it is exactly; empty where the label says it all. */
	readonly detail: string;
}

export interface Table {
	readonly title: string;
	/** One for each column. */
	readonly heads: readonly string[];
	/** The first cell of each row is its heading. */
	readonly rows: readonly (readonly string[])[];
}

/** By day, the oldest first; all of one length. */
export interface Days {
	/** As shown below the chart. */
	readonly labels: readonly string[];
	readonly shown: readonly number[];
	readonly accepted: readonly number[];
}

/** All that the page shows; it has no other state. */
export interface PageState {
	/** Nothing was counted yet. */
	readonly isEmpty: boolean;
	readonly figures: readonly Figure[];
	readonly days: Days;
	readonly tables: readonly Table[];
}

/** Texts of the webview, translated by the extension. */
const TEXT_KEYS = [
	'title',
	'period',
	'local',
	'reset',
	'emptyTitle',
	'emptyText',
	'chart',
	'chartTable',
	'day',
	'shown',
	'accepted',
] as const;
export type PageTexts = Readonly<Record<(typeof TEXT_KEYS)[number], string>>;

export type FromPage =
	/** Wants everything; sent when the page was made, and again when it is shown after it was hidden. */
	{ readonly type: 'ready' } | { readonly type: 'reset' };

export interface ToPage {
	readonly type: 'state';
	readonly texts: PageTexts;
	readonly state: PageState;
}

/** A message of the webview, or false for anything else. */
export const isFromPage: Check<FromPage> = anyOf(
	object<{ readonly type: 'ready' }>({ type: literal('ready') }),
	object<{ readonly type: 'reset' }>({ type: literal('reset') }),
);

const cells = list(shortString, MAX_PARTS);

const dayLists = object<Days>({
	labels: list(shortString, CHART_DAYS),
	shown: list(number, CHART_DAYS),
	accepted: list(number, CHART_DAYS),
});

function days(value: unknown): value is Days {
	return (
		dayLists(value) &&
		value.shown.length === value.labels.length &&
		value.accepted.length === value.labels.length
	);
}

const texts: Check<PageTexts> = textsOf(TEXT_KEYS);

/** A message of the extension: the webview checks too, since a message event can come from anywhere. */
export const isToPage: Check<ToPage> = object<ToPage>({
	type: literal('state'),
	texts,
	state: object<PageState>({
		isEmpty: boolean,
		figures: list(object<Figure>({ label: shortString, value: shortString, detail: shortString }), MAX_PARTS),
		days,
		tables: list(object<Table>({ title: shortString, heads: cells, rows: list(cells, MAX_ROWS) }), MAX_PARTS),
	}),
});
