/** What the page of a report and the extension say to each other, and the checks of it on both sides. */

import {
	anyOf,
	boolean,
	type Check,
	list,
	literal,
	number,
	object,
	optional,
	shortString,
	textsOf,
} from '../../inference/wire/shapes';
import { type Curve, isCurve, isRows, type Row } from '../panel/protocol';

/** Most rows of a table, columns, reasons and examples. */
export const MAX_ROWS = 64;
/** Most places of a learning curve. */
const MAX_PLACES = 256;
/** Characters of each piece of an example that are shown. */
export const MAX_EXAMPLE = 4_000;

/** What a button of the page asks for; the extension knows what it is about. */
const ACTIONS = [
	'use',
	'useAnyway',
	'off',
	'rollBack',
	'continue',
	'curve',
	'compare',
	'copy',
	'folder',
	'rename',
	'notes',
] as const;
export type ReportAction = (typeof ACTIONS)[number];

const TONES = ['good', 'bad', 'unsure', 'none'] as const;
export type VerdictTone = (typeof TONES)[number];

/** A question of the gate, and how it was answered. */
export interface Reason {
	readonly tone: VerdictTone;
	readonly text: string;
}

export interface ReportVerdict {
	readonly tone: VerdictTone;
	readonly sentence: string;
	/** What failed and what nobody can tell come first. */
	readonly reasons: readonly Reason[];
}

/** A table with a line of headings. */
export interface Grid {
	readonly title: string;
	/** Below the title; empty for none. */
	readonly note: string;
	readonly heads: readonly string[];
	/** The first cell of each is its heading. */
	readonly rows: readonly (readonly string[])[];
}

/** Loss by the amount of data: a table, and three lists of one length to be drawn. A place without a figure has null. */
export interface LearningShown extends Grid {
	readonly tokens: readonly number[];
	readonly measured: readonly (number | null)[];
	/** What the law expects. */
	readonly law: readonly (number | null)[];
}

/** A table of two columns. */
export interface RowTable {
	readonly title: string;
	readonly rows: readonly Row[];
}

/** Both sides at one place; each piece is what stands in a file, or might. */
export interface ExampleShown {
	readonly title: string;
	readonly prefix: string;
	readonly suffix: string;
	readonly truth: string;
	readonly base: string;
	readonly adapter: string;
}

/** All that the page of one adapter shows. */
export interface ReportContent {
	readonly name: string;
	/** Whether it is in use, and since when it is there. */
	readonly standing: string;
	readonly notes: string;
	readonly verdict: ReportVerdict;
	readonly actions: readonly ReportAction[];
	readonly figures: readonly Grid[];
	/** Undefined where it was not measured. */
	readonly learning: LearningShown | undefined;
	readonly curve: Curve;
	readonly examples: readonly ExampleShown[];
	readonly tables: readonly RowTable[];
}

/** A figure of every adapter that is compared. */
export interface ComparedRow {
	readonly label: string;
	/** One for each adapter. */
	readonly cells: readonly string[];
	readonly differs: boolean;
}

/** Two or more adapters beside each other. */
export interface ComparisonContent {
	readonly title: string;
	/** Why the figures must not be compared; undefined where they may. */
	readonly warning: string | undefined;
	readonly names: readonly string[];
	readonly sections: readonly { readonly title: string; readonly rows: readonly ComparedRow[] }[];
}

/** Texts of the webview, translated by the extension. */
const TEXT_KEYS = [
	'chart',
	'chartEmpty',
	'chartTable',
	'tokens',
	'measured',
	'law',
	'step',
	'trainLoss',
	'smoothLoss',
	'heldOutLoss',
	'verdict',
	'notes',
	'examples',
	'prompt',
	'truth',
	'base',
	'adapter',
	'nothing',
	'differs',
	'action.use',
	'action.useAnyway',
	'action.off',
	'action.rollBack',
	'action.continue',
	'action.curve',
	'action.compare',
	'action.copy',
	'action.folder',
	'action.rename',
	'action.notes',
] as const;
export type ReportTexts = Readonly<Record<(typeof TEXT_KEYS)[number], string>>;

export type FromReport =
	/** Wants everything; sent when the page was made, and again when it is shown after it was hidden. */
	{ readonly type: 'ready' } | { readonly type: 'act'; readonly action: ReportAction };

export type ToReport =
	| { readonly type: 'report'; readonly texts: ReportTexts; readonly content: ReportContent }
	| { readonly type: 'comparison'; readonly texts: ReportTexts; readonly content: ComparisonContent };

/** A message of the webview, or false for anything else. */
export const isFromReport: Check<FromReport> = anyOf(
	object<Extract<FromReport, { type: 'ready' }>>({ type: literal('ready') }),
	object<Extract<FromReport, { type: 'act' }>>({ type: literal('act'), action: literal(...ACTIONS) }),
);

const tone = literal(...TONES);
const texts = list(shortString, MAX_ROWS);

const grid = { title: shortString, note: shortString, heads: texts, rows: list(texts, MAX_ROWS) };

function numberOrNull(value: unknown): value is number | null {
	return value === null || number(value);
}

const learningFields = object<LearningShown>({
	...grid,
	tokens: list(number, MAX_PLACES),
	measured: list(numberOrNull, MAX_PLACES),
	law: list(numberOrNull, MAX_PLACES),
});

function isLearning(value: unknown): value is LearningShown {
	return (
		learningFields(value) && [value.measured, value.law].every(({ length }) => length === value.tokens.length)
	);
}

const content = object<ReportContent>({
	name: shortString,
	standing: shortString,
	notes: shortString,
	verdict: object<ReportVerdict>({
		tone,
		sentence: shortString,
		reasons: list(object<Reason>({ tone, text: shortString }), MAX_ROWS),
	}),
	actions: list(literal(...ACTIONS), ACTIONS.length),
	figures: list(object<Grid>(grid), MAX_ROWS),
	learning: optional(isLearning),
	curve: isCurve,
	examples: list(
		object<ExampleShown>({
			title: shortString,
			prefix: shortString,
			suffix: shortString,
			truth: shortString,
			base: shortString,
			adapter: shortString,
		}),
		MAX_ROWS,
	),
	tables: list(object<RowTable>({ title: shortString, rows: isRows }), MAX_ROWS),
});

const comparison = object<ComparisonContent>({
	title: shortString,
	warning: optional(shortString),
	names: texts,
	sections: list(
		object<ComparisonContent['sections'][number]>({
			title: shortString,
			rows: list(object<ComparedRow>({ label: shortString, cells: texts, differs: boolean }), MAX_ROWS),
		}),
		MAX_ROWS,
	),
});

const reportTexts: Check<ReportTexts> = textsOf(TEXT_KEYS);

/** A message of the extension: the webview checks too, since a message event can come from anywhere. */
export const isToReport: Check<ToReport> = anyOf(
	object<Extract<ToReport, { type: 'report' }>>({ type: literal('report'), texts: reportTexts, content }),
	object<Extract<ToReport, { type: 'comparison' }>>({
		type: literal('comparison'),
		texts: reportTexts,
		content: comparison,
	}),
);
