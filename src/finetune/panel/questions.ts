/** What is asked and said before a fine-tune, and what is said after it: texts only. */

import type { Translate } from '../../inference/statusText';
import type { Audit } from '../corpus/verdict';
import type { LossOn } from '../dataset/sample';
import type { Finished } from '../job/messages';
import { TIME_SHARE } from '../learningCurve/measure';
import { formatChange, formatCount, formatDuration, formatLoss } from './format';
import type { CorpusSize } from './plan';
import type { RunEnded } from './sessionState';
import { lossFell, reasonOf, standingOf, verdictSentence } from './verdict';

/** Times that are offered, in minutes; 0 = until all data was seen. */
const TIMES = [5, 30, 120, 0];

interface Answer<T> {
	readonly label: string;
	readonly description: string;
	readonly value: T;
}

/** @param first Minutes of the setting: offered before the others. */
export function timeAnswers(first: number, translate: Translate): readonly Answer<number>[] {
	return [first, ...TIMES.filter((minutes) => minutes !== first)].map((minutes) => ({
		label: minutes === 0 ? translate('Until all data was seen') : formatDuration(minutes * 60, translate),
		description:
			minutes === first ? translate('your setting') : minutes === 5 ? translate('a quick look') : '',
		value: minutes,
	}));
}

export function lossAnswers(translate: Translate): readonly Answer<LossOn>[] {
	return [
		{
			label: translate('What fills the holes'),
			description: translate('for completion: learns what you would have written'),
			value: 'middle',
		},
		{
			label: translate('All code'),
			description: translate('learns from the surroundings too: more signal from little code'),
			value: 'all',
		},
	];
}

export interface Proposal {
	/** Name of the base model. */
	readonly base: string;
	readonly repositories: readonly string[];
	/** Open folders that cannot be read, and why. */
	readonly leftOut: Audit['leftOut'];
	readonly size: CorpusSize;
	/** 0 = until all data was seen. */
	readonly minutes: number;
	/** What the result will not be worth; undefined where nothing speaks against it. */
	readonly note: string | undefined;
	/** The server whose model writes about the code. Default: nobody's. */
	readonly sentTo?: string | undefined;
	/** Its learning curve is measured afterwards. Default: it is not. */
	readonly measuresCurve?: boolean | undefined;
}

/** What will happen, before anything does. */
export function proposalDetail(
	{ base, repositories, leftOut, size, minutes, note, sentTo, measuresCurve = false }: Proposal,
	translate: Translate,
): string {
	return [
		size.out === 0
			? translate('{0} tracked files of {1} are read.', formatCount(size.files), repositories.join(', '))
			: translate(
					'{0} tracked files of {1} are read; {2} are left out: secrets, generated and foreign code, copies.',
					formatCount(size.files),
					repositories.join(', '),
					formatCount(size.out),
				),
		...leftOut.map(({ name, reason }) => translate('{0} is left out: {1}', name, reason)),
		translate('A small adapter is trained for {0}. The model file itself is not changed.', base),
		minutes === 0
			? translate('It ends when all data was seen; the panel says how long that takes.')
			: translate(
					'It trains for about {0}; measuring before and after, and waiting while the model answers you, come on top.',
					formatDuration(minutes * 60, translate),
				),
		...(measuresCurve
			? [
					minutes === 0
						? translate(
								'After the verdict its learning curve is measured, with two more runs on a quarter and on half of the data: about three quarters of the training time again. It can be cancelled without loss.',
							)
						: translate(
								'After the verdict its learning curve is measured, with two more runs on a quarter and on half of the data: about {0} more. It can be cancelled without loss.',
								formatDuration(minutes * 60 * TIME_SHARE, translate),
							),
				]
			: []),
		sentTo === undefined
			? translate('Nothing leaves this machine.')
			: translate('Functions of this workspace are sent to {0}, whose model writes about them.', sentTo),
		...(note === undefined ? [] : [note]),
	].join('\n\n');
}

/**
 * How a run ended, in a sentence or two; undefined for one that the user ended.
 *
 * @param isActive whether its adapter is in use, whatever the judge says. Default: no.
 */
export function endText(ended: RunEnded, translate: Translate, isActive = false): string | undefined {
	const { view, refusal, judgement, notJudged } = ended;
	const { name, result, state, problem } = view;
	if (state === 'failed') {
		return translate('The fine-tune of {0} failed: {1}', name, problem?.message ?? '');
	}
	if (state !== 'finished' || result === undefined) {
		return undefined;
	}
	if (judgement !== undefined || notJudged !== undefined) {
		return judgedText(ended, translate, isActive);
	}
	return lossText(name, result, refusal, translate);
}

function lossText(name: string, result: Finished, refusal: string | undefined, translate: Translate): string {
	const before = result.before.loss;
	const after = result.after.loss;
	const losses = [formatLoss(before), formatLoss(after), formatChange(before, after)] as const;
	if (!lossFell(result)) {
		return translate(
			'The adapter for {0} is kept, off: the held-out loss did not fall ({1} → {2}, {3}).',
			name,
			...losses,
		);
	}
	return refusal === undefined
		? translate(
				'The adapter for {0} is active: the held-out loss fell from {1} to {2} ({3}).',
				name,
				...losses,
			)
		: translate(
				'The held-out loss of {0} fell from {1} to {2} ({3}), but the adapter is off: {4}',
				name,
				...losses,
				refusal,
			);
}

function judgedText(ended: RunEnded, translate: Translate, isActive: boolean): string {
	const { view, refusal, judgement } = ended;
	const reasons = reasonOf(ended, translate) ?? '';
	const standing = standingOf(ended);
	if (isActive && standing !== undefined && standing !== 'pass') {
		return `${view.name}: ${verdictSentence(standing, true, translate)} ${reasons}`;
	}
	switch (judgement?.decision) {
		case 'pass':
			return refusal === undefined
				? translate(
						'The adapter for {0} is active: it passed every test against the base model. {1}',
						...[view.name, judgement.answers[0]?.reason ?? ''],
					)
				: translate('The adapter for {0} passed every test, but it is off: {1}', view.name, refusal);
		case 'fail':
			return translate('The adapter for {0} is kept, off. {1}', view.name, reasons);
		case 'unsure':
			return translate(
				'The adapter for {0} is kept, off: it cannot be told whether it is better. {1}',
				...[view.name, reasons],
			);
		case undefined:
			return translate('The adapter for {0} is kept, off. {1}', view.name, reasons);
	}
}

/** What measuring a learning curve takes, before it is. */
export function curveProposal({ seconds }: Pick<Finished, 'seconds'>, translate: Translate): string {
	return translate(
		'Two more runs, on a quarter and on half of the data, tell whether more code or more passes would help. That takes about {0}, and the adapter and its verdict stay as they are. It can be paused, and cancelled without loss.',
		formatDuration(seconds * TIME_SHARE, translate),
	);
}
