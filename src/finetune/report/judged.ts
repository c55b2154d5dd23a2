/** What a judgement says, in words: the sentence of the verdict, its reasons, and what somebody in a hurry reads. */

import type { Translate } from '../../inference/statusText';
import type { Answer, Example, Judgement } from '../judge/judgement';
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

export function judgedSentence({ role, decision, spans, files }: Judgement, translate: Translate): string {
	const where = [formatCount(spans), formatCount(files)] as const;
	if (role === 'chat') {
		switch (decision) {
			case 'pass':
				return translate(
					'Passed: better than the base in {0} conversations about {1} files it has not seen.',
					...where,
				);
			case 'fail':
				return translate('Not passed, in {0} conversations about {1} files it has not seen.', ...where);
			case 'unsure':
				return translate('Cannot tell with {0} conversations about {1} files.', ...where);
		}
	}
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

/** Where an example is from. */
export function kindText(kind: Example['kind'], translate: Translate): string {
	switch (kind) {
		case 'tail':
			return translate('end of a line');
		case 'block':
			return translate('block');
		case 'lines':
			return translate('several lines');
		case 'hunk':
			return translate('change from a commit');
		case 'random':
			return translate('any place');
		case 'functions':
			return translate('documentation and function');
		case 'commits':
			return translate('commit and its message');
		case 'tests':
			return translate('test and what it tests');
		case 'fixes':
			return translate('error and its fix');
		case 'teacher':
			return translate('question of a teacher');
	}
}
