/** The parts of the fine-tuning panel: each makes the elements for one piece of its state. */

import type {
	Curve,
	FromPanel,
	LogRow,
	PanelAction,
	PanelState,
	PanelTexts,
	Row,
	Tone,
	Verdict,
	VerdictAnswer,
} from '../src/finetune/panel/protocol';
import { element, textButton } from './elements';
import { type IconName, icon } from './icons';

/** What the parts share. */
export interface Workshop {
	readonly document: Document;
	readonly texts: PanelTexts;
	post(message: FromPanel): void;
}

/** What the picture of a curve is labelled with. */
export type CurveTexts = Pick<PanelTexts, 'step' | 'trainLoss' | 'smoothLoss' | 'heldOutLoss'>;

/** Most rows of the table that says what the curve shows. */
const TABLE_ROWS = 40;

const TONE_ICONS: Readonly<Record<Tone, IconName>> = {
	idle: 'info',
	busy: 'familiar',
	paused: 'info',
	done: 'check',
	failed: 'error',
};

/** What a user wants next comes first and stands out. */
const SECONDARY: readonly PanelAction[] = [
	'cancel',
	'kill',
	'useAnyway',
	'judge',
	'off',
	'rollBack',
	'export',
	'select',
	'log',
];

export function phaseLine({ document }: Workshop, tone: Tone, phase: string): readonly Node[] {
	return [icon(document, TONE_ICONS[tone]), element(document, 'span', '', phase)];
}

export function actionButtons({ document, texts, post }: Workshop, actions: PanelState['actions']): Node[] {
	return actions.map((action, index) => {
		const isPrimary = index === 0 && !SECONDARY.includes(action);
		const className = isPrimary ? 'primary' : 'secondary';
		return textButton(document, className, texts[`action.${action}`], () => post({ type: 'act', action }));
	});
}

export function noteList({ document }: Workshop, notes: readonly string[]): Node[] {
	return notes.map((note) =>
		element(document, 'li', '', icon(document, 'info'), element(document, 'span', '', note)),
	);
}

export function figureList({ document }: Workshop, rows: readonly Row[]): Node[] {
	return rows.map((row) =>
		element(
			document,
			'div',
			'figure',
			element(document, 'dt', '', row.label),
			element(document, 'dd', '', row.value),
		),
	);
}

/** A table of two columns below its heading; nothing for no rows. */
export function rowTable(
	{ document }: Pick<Workshop, 'document'>,
	heading: string,
	rows: readonly Row[],
): Node[] {
	if (rows.length === 0) {
		return [];
	}
	const lines = rows.map((row) => {
		const label = element(document, 'th', '', row.label);
		label.scope = 'row';
		return element(document, 'tr', '', label, element(document, 'td', '', row.value));
	});
	return [
		element(document, 'h2', '', heading),
		element(document, 'table', 'rows', element(document, 'tbody', '', ...lines)),
	];
}

/** A table with a line of headings; the first cell of each row is its heading. */
export function grid(
	document: Document,
	heads: readonly string[],
	lines: readonly (readonly string[])[],
): HTMLElement {
	const head = heads.map((text) => {
		const cell = element(document, 'th', '', text);
		cell.scope = 'col';
		return cell;
	});
	const body = lines.map(([first = '', ...rest]) => {
		const label = element(document, 'th', '', first);
		label.scope = 'row';
		return element(document, 'tr', '', label, ...rest.map((text) => element(document, 'td', '', text)));
	});
	return element(
		document,
		'table',
		'grid',
		element(document, 'thead', '', element(document, 'tr', '', ...head)),
		element(document, 'tbody', '', ...body),
	);
}

const MARK_ICONS: Readonly<Record<VerdictAnswer['mark'], IconName>> = {
	passed: 'check',
	failed: 'error',
	unsure: 'warning',
};

/** What was tested: a mark, the question, and the figure that answers it. */
function answerList({ document, texts }: Workshop, answers: Verdict['answers']): Node[] {
	if (answers.length === 0) {
		return [];
	}
	const rows = answers.map(({ mark, question, reason }) => {
		const sign = element(document, 'span', 'mark', icon(document, MARK_ICONS[mark]));
		sign.setAttribute('role', 'img');
		sign.setAttribute('aria-label', texts[`mark.${mark}`]);
		sign.title = texts[`mark.${mark}`];
		const words = element(
			document,
			'span',
			'words',
			element(document, 'strong', '', question),
			' ',
			element(document, 'span', 'reason', reason),
		);
		return element(document, 'li', mark, sign, words);
	});
	const list = element(document, 'ul', 'answers', ...rows);
	list.setAttribute('aria-label', texts.answers);
	return [list];
}

export function verdictCard(workshop: Workshop, verdict: Verdict | undefined): Node[] {
	if (verdict === undefined) {
		return [];
	}
	const { document, texts } = workshop;
	const { tone, sentence, note, answers, actions, figures } = verdict;
	return [
		element(document, 'h2', '', texts.result),
		element(
			document,
			'p',
			`sentence ${tone}`,
			icon(document, tone === 'good' ? 'check' : 'info'),
			element(document, 'span', '', sentence),
		),
		...(note === undefined ? [] : [element(document, 'p', 'note', note)]),
		...answerList(workshop, answers),
		...(actions.length === 0
			? []
			: [element(document, 'div', 'actions', ...actionButtons(workshop, actions))]),
		grid(
			document,
			['', texts.before, texts.after, texts.change],
			figures.map((figure) => [figure.label, figure.before, figure.after, figure.change]),
		),
	];
}

function digits(value: number | null | undefined): string {
	return value === undefined || value === null ? '' : value.toFixed(4);
}

/** What the curve shows, in at most 40 lines: all held-out losses that fit, and training at even distances. */
export function curveTable(
	{ document, texts }: { readonly document: Document; readonly texts: CurveTexts },
	curve: Curve,
): HTMLElement {
	const { steps, smooth, train, heldOut } = curve;
	const stride = Math.max(1, Math.ceil(steps.length / (TABLE_ROWS / 2)));
	const evaluated = steps.flatMap((_, index) => (heldOut[index] === null ? [] : [index]));
	const rare = Math.max(1, Math.ceil(evaluated.length / (TABLE_ROWS / 2)));
	const last = steps.length - 1;
	const shown = steps.flatMap((step, index) => {
		const place = evaluated.indexOf(index);
		const isShown = index % stride === 0 || index === last || (place >= 0 && place % rare === 0);
		return isShown
			? [[String(step), digits(train[index]), digits(smooth[index]), digits(heldOut[index])]]
			: [];
	});
	return grid(document, [texts.step, texts.trainLoss, texts.smoothLoss, texts.heldOutLoss], shown);
}

export function logLines({ document }: Workshop, rows: readonly LogRow[]): Node[] {
	return rows.map((row) =>
		element(
			document,
			'div',
			row.isWarning ? 'line warning' : 'line',
			element(document, 'time', '', row.time),
			element(document, 'span', '', row.text),
		),
	);
}
