/** What the panel shows of a session: every number and sentence made here, so that the webview only draws. */

import type { Translate } from '../../inference/statusText';
import type { RunView } from '../job/runRecord';
import { shareDone } from '../learningCurve/runs';
import { curveOf } from './curve';
import { formatChange, formatLoss, formatPerplexity } from './format';
import { curveNotes } from './measuring';
import {
	type ActiveAdapter,
	MAX_LINES,
	MAX_NOTES,
	type PanelAction,
	type PanelState,
	type Verdict,
} from './protocol';
import { estimateRows, figureRows, settingRows } from './rows';
import type { RunShown, SessionState } from './sessionState';
import { standing } from './standing';
import { isKeptOff, type Standing, standingOf, verdictAnswers, verdictSentence } from './verdict';

/** Beside the session. */
interface Surroundings {
	/** Adapters in use, in their order. */
	readonly adapters: readonly ActiveAdapter[];
	/** Absolute paths of the same. */
	readonly activePaths: readonly string[];
	/** Whether something else was in use before. Default: no. */
	readonly canRollBack?: boolean;
	/** Time of day of a moment in milliseconds since 1970. */
	timeOf(at: number): string;
}

const NO_CURVE = curveOf([], []);

export function panelStateOf(session: SessionState, around: Surroundings, translate: Translate): PanelState {
	const empty: PanelState = {
		title: '',
		tone: 'idle',
		phase: '',
		detail: '',
		progress: undefined,
		actions: ['start', 'select'],
		notes: [],
		verdict: undefined,
		figures: [],
		estimate: [],
		settings: [],
		adapters: around.adapters,
		curve: NO_CURVE,
		log: [],
	};
	switch (session.type) {
		case 'none':
			return empty;
		case 'preparing':
			return {
				...empty,
				title: session.name,
				tone: 'busy',
				phase: translate('Preparing the data'),
				detail: session.detail,
				progress: session.share,
				actions: ['cancel'],
				settings: settingRows(session.basePath, session.settings, translate),
			};
		case 'refused':
			return {
				...empty,
				title: session.name,
				tone: 'failed',
				phase: translate('Not started'),
				detail: session.message,
				actions: ['start', 'log'],
			};
		case 'run':
			return runState(session, around, translate, empty);
	}
}

function runState(
	shown: RunShown,
	around: Surroundings,
	translate: Translate,
	empty: PanelState,
): PanelState {
	const { view, order } = shown;
	const isActive = view.result !== undefined && around.activePaths.includes(view.result.adapterPath);
	return {
		...empty,
		title: view.name,
		...standing(shown, translate),
		progress: progressOf(shown),
		actions: actionsOf(shown, isActive, around.canRollBack === true),
		notes: notesOf(shown, translate),
		verdict: verdictOf(shown, isActive, translate),
		figures: figureRows(view, shown.isLive, translate),
		estimate: view.estimate === undefined ? [] : estimateRows(view.estimate, translate),
		settings: settingRows(order.basePath, order.settings, translate),
		curve: curveOf(view.losses, view.evaluations),
		log: view.log.slice(-MAX_LINES).map((line) => ({
			time: around.timeOf(line.at),
			isWarning: line.level !== 'info',
			text: line.text,
		})),
	};
}

/** Each once: a run that was resumed has said some again. */
function notesOf({ view, curve }: RunShown, translate: Translate): readonly string[] {
	const notes = view.log.flatMap(({ level, text }) => (level === 'note' ? [text] : []));
	return [...new Set([...notes, ...curveNotes(curve, translate)])].slice(-MAX_NOTES);
}

function progressOf({ view, isInterrupted, judging, curve }: RunShown): number | undefined {
	const { progress, state } = view;
	if (curve?.type === 'measuring') {
		return curve.progress === undefined ? undefined : shareDone(curve.progress);
	}
	if (judging !== undefined) {
		return judging.all === 0 ? undefined : Math.min(1, judging.done / judging.all);
	}
	if (progress === undefined || progress.steps === 0 || (state === 'finished' && !isInterrupted)) {
		return state === 'finished' ? 1 : undefined;
	}
	return Math.min(1, progress.step / progress.steps);
}

function actionsOf(shown: RunShown, isActive: boolean, canRollBack: boolean): readonly PanelAction[] {
	const { view, isLive, isResumable, elsewhere, judging, curve } = shown;
	if (judging !== undefined) {
		return ['cancel'];
	}
	if (isLive) {
		if (view.isEnding || (view.state !== 'running' && view.state !== 'paused')) {
			return [];
		}
		return [
			view.state === 'paused' ? 'resume' : 'pause',
			'cancel',
			...(view.isSilent ? ['kill' as const] : []),
		];
	}
	if (curve?.type === 'measuring') {
		return [...curveActions(curve.progress?.view), ...resultActions(shown, isActive, canRollBack)];
	}
	if (elsewhere !== undefined && view.state !== 'finished') {
		return [];
	}
	if (view.state === 'finished') {
		return [
			...(view.result === undefined ? [] : resultActions(shown, isActive, canRollBack)),
			...(curve?.type === 'possible' && elsewhere === undefined ? ['curve' as const] : []),
			'select',
			'start',
		];
	}
	return [
		...(isResumable ? ['resume' as const] : []),
		'start',
		...(view.state === 'failed' ? ['log' as const] : []),
	];
}

/** Of the run that is on. */
function curveActions(view: RunView | undefined): readonly PanelAction[] {
	return [
		...(view === undefined || view.isEnding
			? []
			: [view.state === 'paused' ? ('resume' as const) : ('pause' as const)]),
		'cancel',
		...(view?.isSilent === true ? ['kill' as const] : []),
	];
}

/** What a user wants next comes first. */
function resultActions(shown: RunShown, isActive: boolean, canRollBack: boolean): readonly PanelAction[] {
	const back: readonly PanelAction[] = canRollBack ? ['rollBack'] : [];
	if (isActive) {
		return ['report', ...back, 'off', 'export'];
	}
	return isKeptOff(shown) ? ['report', 'export'] : ['use', 'report', 'export'];
}

/** Against the judge, or to ask it once more, with more time: beside what it said. */
function verdictActions(shown: RunShown, isActive: boolean): readonly PanelAction[] {
	return isKeptOff(shown)
		? [
				...(isActive ? [] : (['useAnyway'] as const)),
				// One thing after the other.
				...(shown.curve?.type === 'measuring' ? [] : (['judge'] as const)),
			]
		: [];
}

function verdictOf(shown: RunShown, isActive: boolean, translate: Translate): Verdict | undefined {
	const { result } = shown.view;
	const standing = standingOf(shown);
	if (result === undefined || standing === undefined || shown.judging !== undefined) {
		return undefined;
	}
	const before = result.before.loss;
	const after = result.after.loss;
	return {
		tone: toneOf(standing),
		sentence: verdictSentence(standing, isActive, translate),
		note: shown.refusal ?? shown.notJudged,
		answers: verdictAnswers(shown, translate),
		actions: verdictActions(shown, isActive),
		figures: [
			{
				label: translate('Held-out loss'),
				before: formatLoss(before),
				after: formatLoss(after),
				change: formatChange(before, after),
			},
			{
				label: translate('Perplexity'),
				before: formatPerplexity(before),
				after: formatPerplexity(after),
				change: formatChange(Math.exp(before), Math.exp(after)),
			},
		],
	};
}

function toneOf(standing: Standing): Verdict['tone'] {
	if (standing === 'unsure') {
		return 'unsure';
	}
	return standing === 'pass' || standing === 'lossFell' ? 'good' : 'kept';
}
