/** What a judgement says, in words: the sentence of the verdict, its reasons, and what somebody in a hurry reads. */

import type { Translate } from '../../inference/statusText';
import type { Answer, Judgement } from '../judge/judgement';
import { formatCount } from '../panel/format';
import type { Reason, VerdictTone } from './protocol';

const TONES: Readonly<Record<Judgement['decision'], VerdictTone>> = {
	pass: 'good',
	fail: 'bad',
	unsure: 'unsure',
};

const ANSWER_TONES: Readonly<Record<Answer['answer'], VerdictTone>> = {
	passed: 'good',
	failed: 'bad',
	unsure: 'unsure',
};

/** What went wrong is what the user has to know first. */
const ORDER: readonly Answer['answer'][] = ['failed', 'unsure', 'passed'];

export function toneOf({ decision }: Judgement): VerdictTone {
	return TONES[decision];
}

export function judgedSentence({ decision, spans, files }: Judgement, translate: Translate): string {
	const where = [formatCount(spans), formatCount(files)] as const;
	switch (decision) {
		case 'pass':
			return translate('Passed: better than the base at {0} places of {1} files it has not seen.', ...where);
		case 'fail':
			return translate('Not passed, at {0} places of {1} files it has not seen.', ...where);
		case 'unsure':
			return translate('Cannot tell with {0} places of {1} files.', ...where);
	}
}

export function reasonsOf({ answers }: Judgement): readonly Reason[] {
	return ORDER.flatMap((kind) =>
		answers
			.filter(({ answer }) => answer === kind)
			.map(({ answer, reason }) => ({ tone: ANSWER_TONES[answer], text: reason })),
	);
}

/** The reason that decided; undefined where all is well. */
export function firstReason(judgement: Judgement): string | undefined {
	const [first] = reasonsOf(judgement);
	return first?.tone === 'good' ? undefined : first?.text;
}
