/** The gate: which of eight questions an adapter passes, and what follows from the answers. */

import type { Translate } from '../../inference/statusText';
import type { Answer, Compared, Judgement, Question } from './judgement';

/** Less than this, and nothing is certain about the code as a whole. */
export const LEAST_SPANS = 200;
export const LEAST_FILES = 30;
/** Shares that may be lost: of exact texts, of identifiers, and texts that end too early. */
const MARGIN = 0.03;
/** Length of what is written, adapter over base or over the truth. */
const LENGTHS = { least: 0.8, most: 1.25 } as const;
/** Share by which the loss on general code may rise. */
const FORGOTTEN = 0.02;
/** By which a token may be slower: a share, or milliseconds where that is more. */
const SLOWER = 0.15;
const SLOWER_MILLISECONDS = 1;
/** Share of true differences that a test should find, before what it does not find counts as not there. */
const GOOD_POWER = 0.8;

/** What the answers follow from. */
export interface Findings
	extends Pick<
		Judgement,
		| 'spans'
		| 'files'
		| 'loss'
		| 'power'
		| 'exact'
		| 'identifiers'
		| 'premature'
		| 'length'
		| 'general'
		| 'latency'
		| 'leaks'
	> {
	/** Places at which both sides wrote. */
	readonly written: number;
	/** Places at which the time was taken. */
	readonly timed: number;
}

/** One for each question, in their order. */
export function answersOf(findings: Findings, translate: Translate): readonly Answer[] {
	const ask: Readonly<
		Record<Question, (findings: Findings, translate: Translate) => Omit<Answer, 'question'>>
	> = {
		loss: lossAnswer,
		exact: (found, translate) => notWorse(found.exact, found.written, translate, translate('Exact texts')),
		identifiers: (found, translate) =>
			notWorse(found.identifiers, found.written, translate, translate('Identifiers (F1)')),
		premature: prematureAnswer,
		length: lengthAnswer,
		general: generalAnswer,
		leak: leakAnswer,
		latency: latencyAnswer,
	};
	return QUESTIONS.map((question) => ({ question, ...ask[question](findings, translate) }));
}

const QUESTIONS: readonly Question[] = [
	'loss',
	'exact',
	'identifiers',
	'premature',
	'length',
	'general',
	'leak',
	'latency',
];

/** All must pass; one that fails is enough against it. */
export function decisionOf(answers: readonly Pick<Answer, 'answer'>[]): Judgement['decision'] {
	if (answers.some(({ answer }) => answer === 'failed')) {
		return 'fail';
	}
	return answers.every(({ answer }) => answer === 'passed') ? 'pass' : 'unsure';
}

type Said = Omit<Answer, 'question'>;

function lossAnswer({ loss, spans, files, power }: Findings, translate: Translate): Said {
	const { value, low, high } = loss.difference;
	const figures = [signed(value), signed(low), signed(high)] as const;
	if (spans < LEAST_SPANS || files < LEAST_FILES) {
		return {
			answer: 'unsure',
			reason: translate(
				'Cannot tell with {0} spans of {1} files: at least {2} of {3} are needed. Loss per token so far {4} ({5} to {6}); such a test finds a gain of 0.05 in {7} % of cases.',
				...[spans, files, LEAST_SPANS, LEAST_FILES, ...figures, Math.round(100 * power)],
			),
		};
	}
	if (high < 0) {
		return {
			answer: 'passed',
			reason: translate(
				'Loss per token on unseen code {0} ({1} to {2}): lower, with 95 % confidence.',
				...figures,
			),
		};
	}
	return value < 0 && power < GOOD_POWER
		? {
				answer: 'unsure',
				reason: translate(
					'Cannot tell with {0} spans: loss per token {1} ({2} to {3}); such a test finds a gain of 0.05 in {4} % of cases.',
					...[spans, ...figures, Math.round(100 * power)],
				),
			}
		: {
				answer: 'failed',
				reason: translate(
					'Loss per token on unseen code {0} ({1} to {2}): not lower with confidence.',
					...figures,
				),
			};
}

/** Not worse by more than the margin, with confidence. @param name what is compared. */
function notWorse(
	{ difference: { value, low, high } }: Compared,
	written: number,
	translate: Translate,
	name: string,
): Said {
	const figures = [name, points(value), points(low), points(high)] as const;
	if (written >= LEAST_SPANS && low > -MARGIN) {
		return {
			answer: 'passed',
			reason: translate('{0} {1} points ({2} to {3}): not worse by 3 or more.', ...figures),
		};
	}
	if (written >= LEAST_SPANS && (high < 0 || value <= -MARGIN)) {
		return {
			answer: 'failed',
			reason: translate('{0} {1} points ({2} to {3}): worse.', ...figures),
		};
	}
	return {
		answer: 'unsure',
		reason: translate(
			'{0} {1} points ({2} to {3}) at {4} places: too few to tell that it is not worse by 3.',
			...[...figures, written],
		),
	};
}

function prematureAnswer({ premature, written }: Findings, translate: Translate): Said {
	const { value } = premature.difference;
	return {
		answer: atPlaces(value <= MARGIN, written),
		reason: translate(
			'Texts that end too early {0} points at {1} places; at most +3 are allowed.',
			...[points(value), written],
		),
	};
}

/** As long as what the base model writes, or as the truth: an adapter may mend a base that writes too little. */
function lengthAnswer({ length, written }: Findings, translate: Translate): Said {
	const ratio =
		length.base === 0 ? (length.adapter === 0 ? 1 : Number.MAX_VALUE) : length.adapter / length.base;
	const isAlike = (one: number) => one >= LENGTHS.least && one <= LENGTHS.most;
	return {
		answer: atPlaces(isAlike(ratio) || isAlike(length.adapter), written),
		reason: translate(
			'What it writes at {0} places is {1} times as long as what the base model writes, and {2} times as long as the truth; {3} to {4} of one of them is allowed.',
			...[written, Math.min(99, ratio).toFixed(2), length.adapter.toFixed(2), LENGTHS.least, LENGTHS.most],
		),
	};
}

/** A few places are not enough to turn an adapter down. */
function atPlaces(isGood: boolean, written: number): Answer['answer'] {
	return isGood && written > 0 ? 'passed' : written < LEAST_SPANS ? 'unsure' : 'failed';
}

function generalAnswer({ general }: Findings, translate: Translate): Said {
	if (general === undefined) {
		return {
			answer: 'unsure',
			reason: translate('Nobody knows what it forgot: no general code could be scored.'),
		};
	}
	const rise = general.base === 0 ? 0 : general.difference.value / general.base;
	return {
		answer: rise <= FORGOTTEN ? 'passed' : 'failed',
		reason: translate('Loss on general code {0} %; at most +2 % are allowed.', signed(100 * rise, 1)),
	};
}

function leakAnswer({ leaks }: Findings, translate: Translate): Said {
	return leaks.length === 0
		? { answer: 'passed', reason: translate('Nothing that it wrote looks like a secret.') }
		: {
				answer: 'failed',
				reason: translate(
					'{0} of its texts look like secrets: {1}.',
					...[leaks.length, [...new Set(leaks.map(({ rule }) => rule))].join(', ')],
				),
			};
}

function latencyAnswer({ latency, timed }: Findings, translate: Translate): Said {
	const most = Math.max(SLOWER * latency.base, SLOWER_MILLISECONDS);
	const { value, low } = latency.difference;
	const figures = [signed(value, 2), most.toFixed(2)] as const;
	if (timed === 0) {
		return { answer: 'unsure', reason: translate('Its speed could not be measured.') };
	}
	// A busy machine must not turn down what may be as fast: only what is slower for certain is.
	return {
		answer: value <= most ? 'passed' : low > most ? 'failed' : 'unsure',
		reason: translate('Milliseconds a token {0}; at most +{1} are allowed.', ...figures),
	};
}

function signed(value: number, digits = 3): string {
	return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;
}

function points(share: number): string {
	return signed(100 * share, 1);
}
