/** Whether an adapter is worth its memory: the judge says so; without places to judge on, the held-out loss. */

import type { Translate } from '../../inference/statusText';
import type { Finished } from '../job/messages';
import type { RunEnded } from './sessionState';

/** Strictly: an adapter that changes nothing is not worth its memory. */
export function lossFell(result: Pick<Finished, 'before' | 'after'>): boolean {
	return result.after.loss < result.before.loss;
}

/** It answers in the chat, and completes nothing that could be judged. */
export function isOfChat({ role }: Pick<Finished, 'role'>): boolean {
	return role === 'chat';
}

/** What alone decided about an adapter of chat, as a sentence; undefined of any other. */
export function decidedBy({ view }: Pick<RunEnded, 'view'>, translate: Translate): string | undefined {
	return view.result !== undefined && isOfChat(view.result)
		? translate('Of an adapter for the chat, the held-out loss alone decides.')
		: undefined;
}

/** What is known of a finished run's adapter. */
type Known = Pick<RunEnded, 'view' | 'judgement' | 'notJudged'>;

/** `unjudged`: it was not, or not to the end. `loss`: there was nothing to judge on, and the held-out loss fell or not. */
export type Standing = 'pass' | 'fail' | 'unsure' | 'unjudged' | 'lossFell' | 'lossStayed';

/** Undefined before there is an adapter. */
export function standingOf({ view, judgement, notJudged }: Known): Standing | undefined {
	if (view.result === undefined) {
		return undefined;
	}
	if (judgement !== undefined) {
		return judgement.decision;
	}
	return notJudged !== undefined ? 'unjudged' : lossFell(view.result) ? 'lossFell' : 'lossStayed';
}

/** Why it did not pass, one sentence for each answer; undefined where it did. */
export function reasonsOf({ judgement, notJudged }: Omit<Known, 'view'>): string | undefined {
	const reasons = (judgement?.answers ?? [])
		.filter(({ answer }) => answer !== 'passed')
		// What failed first, then what nobody can tell.
		.sort((one, other) => Number(one.answer === 'unsure') - Number(other.answer === 'unsure'))
		.map(({ reason }) => reason);
	return reasons.length > 0 ? reasons.join(' ') : notJudged;
}

/** It could be used, but for the judge. */
export function isKeptOff({ judgement, notJudged }: Omit<Known, 'view'>): boolean {
	return notJudged !== undefined || (judgement !== undefined && judgement.decision !== 'pass');
}

/** With the strength that was found to be best, where it was judged. @param file absolute path. */
export function adapterOf({ view, judgement }: Known, file: string) {
	return { path: file, name: view.name, scale: judgement?.strength };
}

/** The panel's sentence. */
export function verdictSentence(standing: Standing, isActive: boolean, translate: Translate): string {
	const sentences = SENTENCES(translate)[standing];
	return isActive ? sentences.active : sentences.off;
}

const SENTENCES = (
	translate: Translate,
): Readonly<Record<Standing, { readonly active: string; readonly off: string }>> => ({
	pass: {
		active: translate('The adapter is active: it passed every test against the base model.'),
		off: translate('The adapter is off. It passed every test against the base model.'),
	},
	fail: {
		active: translate('The adapter is active, although it did not pass the tests against the base model.'),
		off: translate('The adapter is kept, off: it did not pass the tests against the base model.'),
	},
	unsure: {
		active: translate(
			'The adapter is active, although nobody can tell whether it is better than the base model.',
		),
		off: translate('The adapter is kept, off: nobody can tell whether it is better than the base model.'),
	},
	unjudged: {
		active: translate('The adapter is active, although it was not judged.'),
		off: translate('The adapter is kept, off: it was not judged.'),
	},
	lossFell: {
		active: translate('The adapter is active: it predicts unseen code better than the base model does.'),
		off: translate('The adapter is off. It predicts unseen code better than the base model does.'),
	},
	lossStayed: {
		active: translate('The adapter is active, although the held-out loss did not fall.'),
		off: translate('The adapter is kept, off: the held-out loss did not fall.'),
	},
});
