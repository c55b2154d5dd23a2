/** Whether an adapter is worth its memory: the judge says so; without places to judge on, the held-out loss. */

import type { Translate } from '../../inference/statusText';
import type { Finished } from '../job/messages';
import type { Answer, Question } from '../judge/judgement';
import type { VerdictAnswer } from './protocol';
import type { RunEnded } from './sessionState';

/** Strictly: an adapter that changes nothing is not worth its memory. */
export function lossFell(result: Pick<Finished, 'before' | 'after'>): boolean {
	return result.after.loss < result.before.loss;
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

/** What failed first, then what nobody can tell. */
const ORDER: readonly Answer['answer'][] = ['failed', 'unsure', 'passed'];

/** What was asked of the adapter, what decided it first; empty where nobody judged it. */
export function verdictAnswers(
	{ judgement }: Pick<Known, 'judgement'>,
	translate: Translate,
): readonly VerdictAnswer[] {
	if (judgement === undefined) {
		return [];
	}
	const questions = QUESTIONS(judgement.role === 'chat', translate);
	return ORDER.flatMap((mark) => judgement.answers.filter(({ answer }) => answer === mark)).map(
		({ question, answer, reason }) => ({ mark: answer, question: questions[question], reason }),
	);
}

/** In a few words why it did not pass: one reason, and how many more there are; undefined where it did. */
export function reasonOf(
	{ judgement, notJudged }: Omit<Known, 'view'>,
	translate: Translate,
): string | undefined {
	const open = (judgement?.answers ?? []).filter(({ answer }) => answer !== 'passed');
	const first = open.find(({ answer }) => answer === 'failed') ?? open[0];
	if (first === undefined) {
		return notJudged;
	}
	return open.length === 1 ? first.reason : translate('{0} And {1} more.', first.reason, open.length - 1);
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
			'The adapter is active, although it cannot be told whether it is better than the base model.',
		),
		off: translate('The adapter is kept, off: it cannot be told whether it is better than the base model.'),
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

const QUESTIONS = (isChat: boolean, translate: Translate): Readonly<Record<Question, string>> => ({
	loss: isChat
		? translate('Does it predict unseen answers better?')
		: translate('Does it predict unseen code better?'),
	words: isChat
		? translate('Has it learned answers, and not words alone?')
		: translate('Has it learned code, and not words alone?'),
	exact: translate('Does it write the same text as often?'),
	similarity: translate('Are its answers as close to the true ones?'),
	identifiers: translate('Does it use the right names as often?'),
	syntax: translate('Does its code parse as often?'),
	premature: isChat ? translate('Does it end its answers?') : translate('Does it write to the end?'),
	length: translate('Does it write as much?'),
	general: isChat
		? translate('Does it still answer other questions?')
		: translate('Does it still know other code?'),
	leak: translate('Does it keep secrets?'),
	latency: translate('Is it as fast?'),
});
