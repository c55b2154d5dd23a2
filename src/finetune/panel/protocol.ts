/** What the fine-tuning panel and the extension say to each other, and the checks of it on both sides. */

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

/** Most points of the loss curve: 2,000 of training and 1,000 of held-out code. */
const MAX_POINTS = 4_000;
/** Most rows of a table, and adapters in use. */
const MAX_ROWS = 64;
/** Most lines of the log, the newest. */
export const MAX_LINES = 200;
/** Most notes, the newest. */
export const MAX_NOTES = 8;

/** What a button of the panel asks for; the extension knows what it is about. */
const ACTIONS = [
	'start',
	'pause',
	'resume',
	'cancel',
	'kill',
	'use',
	'useAnyway',
	'judge',
	'off',
	'rollBack',
	'report',
	'curve',
	'export',
	'select',
	'log',
] as const;
export type PanelAction = (typeof ACTIONS)[number];

export interface Row {
	readonly label: string;
	readonly value: string;
}

/** How the phase looks. `busy`: something is computed. */
const TONES = ['idle', 'busy', 'paused', 'done', 'failed'] as const;
export type Tone = (typeof TONES)[number];

/** Losses by step, in nats, as uPlot wants them: four lists of one length. A step without a figure has null. */
export interface Curve {
	readonly steps: readonly number[];
	readonly train: readonly (number | null)[];
	/** The same, averaged over its neighbours before. */
	readonly smooth: readonly (number | null)[];
	readonly heldOut: readonly (number | null)[];
}

export interface Verdict {
	/** `unsure`: nobody can tell. */
	readonly tone: 'good' | 'kept' | 'unsure';
	readonly sentence: string;
	/** What else must be said, for example why the adapter was refused. */
	readonly note: string | undefined;
	/** What was asked of the adapter; empty where nobody judged it. */
	readonly answers: readonly VerdictAnswer[];
	/** What can be done about the verdict. */
	readonly actions: readonly PanelAction[];
	/** Held-out loss and perplexity before, after, and the relative change. */
	readonly figures: readonly VerdictFigure[];
}

const MARKS = ['passed', 'failed', 'unsure'] as const;

export interface VerdictAnswer {
	readonly mark: (typeof MARKS)[number];
	readonly question: string;
	/** One sentence, with the figure and the threshold. */
	readonly reason: string;
}

interface VerdictFigure {
	readonly label: string;
	readonly before: string;
	readonly after: string;
	readonly change: string;
}

/** An adapter that is in use. */
export interface ActiveAdapter {
	/** Name of its file. */
	readonly id: string;
	readonly name: string;
	/** 1 = as trained. */
	readonly scale: number;
}

export interface LogRow {
	/** Time of day. */
	readonly time: string;
	readonly isWarning: boolean;
	readonly text: string;
}

/** All that the panel shows; it has no other state. */
export interface PanelState {
	/** Name of the run; empty while there is none. */
	readonly title: string;
	readonly tone: Tone;
	readonly phase: string;
	/** More about the phase, or why the run failed; empty where there is nothing to say. */
	readonly detail: string;
	/** 0 to 1; undefined where nobody knows how long it takes, or nothing goes on. */
	readonly progress: number | undefined;
	readonly actions: readonly PanelAction[];
	/** What is to be known of the run as a whole, such as why it is not on the GPU; one or two sentences each. */
	readonly notes: readonly string[];
	readonly verdict: Verdict | undefined;
	/** Speed, time left and the like. */
	readonly figures: readonly Row[];
	readonly estimate: readonly Row[];
	readonly settings: readonly Row[];
	readonly adapters: readonly ActiveAdapter[];
	readonly curve: Curve;
	readonly log: readonly LogRow[];
}

/** Texts of the webview, translated by the extension. */
const TEXT_KEYS = [
	'emptyTitle',
	'emptyText',
	'emptyLocal',
	'progress',
	'result',
	'answers',
	'mark.passed',
	'mark.failed',
	'mark.unsure',
	'before',
	'after',
	'change',
	'chart',
	'chartEmpty',
	'chartTable',
	'step',
	'trainLoss',
	'smoothLoss',
	'heldOutLoss',
	'estimate',
	'settings',
	'adapters',
	'strength',
	'log',
	'action.start',
	'action.pause',
	'action.resume',
	'action.cancel',
	'action.kill',
	'action.use',
	'action.useAnyway',
	'action.judge',
	'action.off',
	'action.rollBack',
	'action.report',
	'action.curve',
	'action.export',
	'action.select',
	'action.log',
] as const;
export type PanelTexts = Readonly<Record<(typeof TEXT_KEYS)[number], string>>;

export type FromPanel =
	/** Wants everything; sent when the panel was made, and again when it was shown after it was hidden. */
	| { readonly type: 'ready' }
	| { readonly type: 'act'; readonly action: PanelAction }
	| { readonly type: 'strength'; readonly id: string; readonly scale: number };

export type ToPanel =
	| { readonly type: 'restore'; readonly texts: PanelTexts; readonly state: PanelState }
	| { readonly type: 'state'; readonly state: PanelState }
	/** The answer to `strength`: the state says what it is now. */
	| { readonly type: 'strength'; readonly id: string; readonly state: PanelState };

/** Least, most and step of an adapter's strength, where the panel has a slider. */
export const STRENGTH = { least: 0.05, most: 1.5, step: 0.05 } as const;

function scale(value: unknown): value is number {
	return number(value) && value >= 0 && value <= STRENGTH.most;
}

/** A message of the webview, or false for anything else. */
export const isFromPanel: Check<FromPanel> = anyOf(
	object<Extract<FromPanel, { type: 'ready' }>>({ type: literal('ready') }),
	object<Extract<FromPanel, { type: 'act' }>>({ type: literal('act'), action: literal(...ACTIONS) }),
	object<Extract<FromPanel, { type: 'strength' }>>({ type: literal('strength'), id: shortString, scale }),
);

export const isRows = list(object<Row>({ label: shortString, value: shortString }), MAX_ROWS);

function numberOrNull(value: unknown): value is number | null {
	return value === null || number(value);
}

const points = list(numberOrNull, MAX_POINTS);
const curveFields = object<Curve>({
	steps: list(number, MAX_POINTS),
	train: points,
	smooth: points,
	heldOut: points,
});

export function isCurve(value: unknown): value is Curve {
	return (
		curveFields(value) &&
		[value.train, value.smooth, value.heldOut].every((one) => one.length === value.steps.length)
	);
}

const figure = object<VerdictFigure>({
	label: shortString,
	before: shortString,
	after: shortString,
	change: shortString,
});

const panelState = object<PanelState>({
	title: shortString,
	tone: literal(...TONES),
	phase: shortString,
	detail: shortString,
	progress: optional(number),
	actions: list(literal(...ACTIONS), ACTIONS.length),
	notes: list(shortString, MAX_NOTES),
	verdict: optional(
		object<Verdict>({
			tone: literal('good', 'kept', 'unsure'),
			sentence: shortString,
			note: optional(shortString),
			answers: list(
				object<VerdictAnswer>({ mark: literal(...MARKS), question: shortString, reason: shortString }),
				MAX_ROWS,
			),
			actions: list(literal(...ACTIONS), ACTIONS.length),
			figures: list(figure, MAX_ROWS),
		}),
	),
	figures: isRows,
	estimate: isRows,
	settings: isRows,
	adapters: list(object<ActiveAdapter>({ id: shortString, name: shortString, scale: number }), MAX_ROWS),
	curve: isCurve,
	log: list(object<LogRow>({ time: shortString, isWarning: boolean, text: shortString }), MAX_LINES),
});

const panelTexts: Check<PanelTexts> = textsOf(TEXT_KEYS);

/** A message of the extension: the webview checks too, since a message event can come from anywhere. */
export const isToPanel: Check<ToPanel> = anyOf(
	object<Extract<ToPanel, { type: 'restore' }>>({
		type: literal('restore'),
		texts: panelTexts,
		state: panelState,
	}),
	object<Extract<ToPanel, { type: 'state' }>>({ type: literal('state'), state: panelState }),
	object<Extract<ToPanel, { type: 'strength' }>>({
		type: literal('strength'),
		id: shortString,
		state: panelState,
	}),
);
