/** A record as everything that its report shows: every number and sentence made here, for the page and for Markdown. */

import { showInvisible } from '../../inference/invisible';
import type { Translate } from '../../inference/statusText';
import type { Choice } from '../adapters/choices';
import type { Change, ChangeReason } from '../adapters/history';
import type { Example } from '../judge/judgement';
import { curveOf } from '../panel/curve';
import { formatChange, formatCount, formatLoss, formatStrength } from '../panel/format';
import { type Acceptance, LEAST_SHOWN, shareOf } from './acceptance';
import type { CommitsSince } from './commitsSince';
import { cellsOf, measuresOf, percent, points, withInterval } from './figures';
import { judgedSentence, kindText, reasonsOf, toneOf } from './judged';
import { learningShown } from './learning';
import {
	type ExampleShown,
	type Grid,
	MAX_EXAMPLE,
	MAX_ROWS,
	type ReportAction,
	type ReportContent,
	type ReportVerdict,
	type RowTable,
} from './protocol';
import type { AdapterRecord } from './record';
import { costRows, dataRows, settingsRows, versionRows } from './tables';

/** Beside the record. */
export interface ReportSurroundings {
	/** How strongly it is in use; undefined while it is not. */
	readonly scale: number | undefined;
	/** What would be in use after a roll back; undefined where there is nothing to roll back. */
	readonly previous: readonly Choice[] | undefined;
	/** What was in use in this workspace, the newest first. */
	readonly history: readonly Change[];
	/** Undefined where nothing is known of it. */
	readonly acceptance: Acceptance | undefined;
	readonly commits: readonly CommitsSince[];
	/** Whether a run can begin with its weights. */
	readonly canContinue: boolean;
	/** Whether its learning curve could be measured now. */
	readonly canMeasure: boolean;
	/** A moment in milliseconds since 1970, with date and time. */
	dateOf(at: number): string;
}

/** Without anything around it: for the file beside the adapter, which stays the same when the workspace changes. */
export const ALONE: Omit<ReportSurroundings, 'dateOf'> = {
	scale: undefined,
	previous: undefined,
	history: [],
	acceptance: undefined,
	commits: [],
	canContinue: false,
	canMeasure: false,
};

/** Changes that the report names. */
const MOST_CHANGES = 12;

export function reportContent(
	record: AdapterRecord,
	around: ReportSurroundings,
	translate: Translate,
): ReportContent {
	const { dateOf } = around;
	const table = (title: string, rows: RowTable['rows']): RowTable[] =>
		rows.length === 0 ? [] : [{ title, rows: rows.slice(0, MAX_ROWS) }];
	return {
		name: record.name,
		standing: [
			around.scale === undefined ? translate('Off') : translate('In use, {0}', formatStrength(around.scale)),
			record.cost === undefined
				? translate('imported {0}', dateOf(record.created))
				: translate('trained {0}', dateOf(record.created)),
		].join(' · '),
		notes: record.notes,
		verdict: verdictOf(record, translate),
		actions: actionsOf(record, around),
		figures: [
			...measureGrid(record, translate),
			...strengthGrid(record, translate),
			...acceptanceGrid(around.acceptance, translate),
		],
		learning: record.learningCurve === undefined ? undefined : learningShown(record.learningCurve, translate),
		curve: curveOf(record.losses, record.evaluations),
		examples: (record.judgement?.examples ?? [])
			.slice(0, MAX_ROWS)
			.map((example) => shownExample(example, translate)),
		tables: [
			...table(translate('Data'), dataRows(record, around.commits, dateOf, translate)),
			...table(translate('Settings'), settingsRows(record, translate)),
			...table(translate('Cost'), costRows(record, translate)),
			...table(translate('Versions'), versionRows(record, translate)),
			...table(translate('In use in this workspace'), historyRows(around, translate)),
		],
	};
}

function verdictOf({ judgement, heldOut }: AdapterRecord, translate: Translate): ReportVerdict {
	if (judgement !== undefined) {
		return {
			tone: toneOf(judgement),
			sentence: judgedSentence(judgement, translate),
			reasons: reasonsOf(judgement).slice(0, MAX_ROWS),
		};
	}
	if (heldOut === undefined) {
		const sentence = translate('Nobody has judged this adapter: it comes from elsewhere.');
		return { tone: 'none', sentence, reasons: [] };
	}
	const { before, after } = heldOut;
	return {
		tone: 'none',
		sentence: translate('Not judged against the base; only its loss on held-out code is known.'),
		reasons: [
			{
				tone: after < before ? 'good' : 'bad',
				text: translate(
					'held-out loss {0} → {1} ({2})',
					formatLoss(before),
					formatLoss(after),
					formatChange(before, after),
				),
			},
		],
	};
}

function actionsOf(
	{ judgement }: AdapterRecord,
	{ scale, previous, canContinue, canMeasure }: ReportSurroundings,
): readonly ReportAction[] {
	const isDoubtful = judgement !== undefined && judgement.decision !== 'pass';
	return [
		...(scale === undefined ? [isDoubtful ? ('useAnyway' as const) : ('use' as const)] : []),
		...(scale !== undefined && previous !== undefined ? (['rollBack'] as const) : []),
		...(scale === undefined ? [] : (['off'] as const)),
		...(canContinue ? (['continue'] as const) : []),
		...(canMeasure ? (['curve'] as const) : []),
		'compare',
		'copy',
		'folder',
		'rename',
		'notes',
	];
}

function measureGrid({ judgement }: AdapterRecord, translate: Translate): Grid[] {
	if (judgement === undefined) {
		return [];
	}
	const { role, spans, files, power, exactP, leaks } = judgement;
	const counts = [formatCount(spans), formatCount(files), percent(power)] as const;
	const sentences = [
		role === 'chat'
			? translate(
					'{0} conversations about {1} files; intervals of 95 %, paired and clustered by file. A true difference of 0.05 nats would be found with {2}.',
					...counts,
				)
			: translate(
					'{0} places in {1} files; intervals of 95 %, paired and clustered by file. A true difference of 0.05 nats would be found with {2}.',
					...counts,
				),
		translate('Exact matches differ with p = {0} (McNemar).', exactP.toPrecision(2)),
		leaks.length === 0
			? translate('No rule for secrets fires on what it wrote.')
			: translate('Rules for secrets fire {0} times on what it wrote.', leaks.length),
	];
	return [
		{
			title: translate('Adapter against base'),
			note: sentences.join(' '),
			heads: ['', translate('Base'), translate('Adapter'), translate('Difference')],
			rows: measuresOf(judgement, translate).map((measure) => cellsOf(measure, translate)),
		},
	];
}

function strengthGrid({ judgement }: AdapterRecord, translate: Translate): Grid[] {
	if (judgement === undefined || judgement.strengths.length < 2) {
		return [];
	}
	return [
		{
			title: translate('Strengths'),
			note: translate('Loss on validation code, which is not that of the test. The least was taken.'),
			heads: [translate('Strength'), translate('Loss, nats per token'), ''],
			rows: judgement.strengths
				.slice(0, MAX_ROWS)
				.map(({ strength, loss }) => [
					formatStrength(strength),
					formatLoss(loss),
					strength === judgement.strength ? translate('taken') : '',
				]),
		},
	];
}

function acceptanceGrid(acceptance: Acceptance | undefined, translate: Translate): Grid[] {
	if (acceptance === undefined || acceptance.adapter.shown === 0) {
		return [];
	}
	const { base, adapter, difference } = acceptance;
	const row = (label: string, { shown, accepted, checked, kept }: Acceptance['base']) => [
		label,
		formatCount(shown),
		formatCount(accepted),
		shown === 0 ? '–' : percent(shareOf({ shown, accepted })),
		checked === 0 ? '–' : percent(kept / checked),
	];
	return [
		{
			title: translate('Completions accepted'),
			note:
				difference === undefined
					? translate(
							'Counted on this machine. Too few to compare: it takes {0} shown by each.',
							formatCount(LEAST_SHOWN),
						)
					: translate(
							'Counted on this machine. Difference of the shares in points: {0}, an interval of 95 %.',
							withInterval(difference, points, translate),
						),
			heads: ['', translate('Shown'), translate('Accepted'), translate('Share'), translate('After 2 min')],
			rows: [row(translate('Base'), base), row(translate('Adapter'), adapter)],
		},
	];
}

function historyRows({ history, dateOf }: ReportSurroundings, translate: Translate): RowTable['rows'] {
	return history.slice(0, MOST_CHANGES).map(({ at, reason, choices }) => ({
		label: dateOf(at),
		value: `${choices.length === 0 ? translate('none') : choices.map(({ name }) => name).join(' + ')} (${reasonText(reason, translate)})`,
	}));
}

function reasonText(reason: ChangeReason, translate: Translate): string {
	switch (reason) {
		case 'chosen':
			return translate('chosen');
		case 'trained':
			return translate('after its training');
		case 'rolledBack':
			return translate('rolled back');
		case 'refused':
			return translate('the others could not be used');
		case 'deleted':
			return translate('deleted');
	}
}

/** What a model wrote, and the user's code: invisible characters are shown for what they are. */
function shownExample(example: Example, translate: Translate): ExampleShown {
	const cut = (text: string, keepEnd = false) =>
		showInvisible(keepEnd ? text.slice(-MAX_EXAMPLE) : text.slice(0, MAX_EXAMPLE));
	return {
		title: `${showInvisible(example.file)} (${kindText(example.kind, translate)})`,
		prefix: cut(example.prefix, true),
		suffix: cut(example.suffix),
		truth: cut(example.truth),
		base: cut(example.base),
		adapter: cut(example.adapter),
	};
}
