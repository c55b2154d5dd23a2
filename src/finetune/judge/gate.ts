/** The gate: which of its questions an adapter passes, and what follows from the answers. */

import type { Translate } from '../../inference/statusText';
import type { Answer, Compared, Judgement, Question } from './judgement';
import { LEAST, lossAnswer, signed } from './lossAnswer';

/** Shares that may be lost: of exact texts, of identifiers, and texts that end too early. */
const MARGIN = 0.03;
/** Texts of both sides from which one can be better for certain. */
const LEAST_FOR = 50;
/** Length of what is written, adapter over base or over the truth. */
const LENGTHS = { least: 0.8, most: 1.25 } as const;
/** Share by which the loss on general code may rise. */
const FORGOTTEN = 0.02;
/** By which a token may be slower: a share, or milliseconds where that is more. */
const SLOWER = 0.15;
const SLOWER_MILLISECONDS = 1;
/** Texts that must have been timed before slowness counts against an adapter. */
const LEAST_TIMED = 20;

/** What the answers follow from. */
export interface Findings
	extends Pick<
		Judgement,
		| 'role'
		| 'spans'
		| 'files'
		| 'loss'
		| 'words'
		| 'power'
		| 'exact'
		| 'similarity'
		| 'identifiers'
		| 'syntax'
		| 'premature'
		| 'length'
		| 'general'
		| 'latency'
		| 'leaks'
	> {
	/** Places, or questions, at which both sides wrote. */
	readonly written: number;
	/** Those of them whose truth has names, and those whose truth has code with a grammar. */
	readonly named: number;
	readonly parsed: number;
	/** Those at which the time was taken. */
	readonly timed: number;
}

type Said = Omit<Answer, 'question'>;

/** One for each question that fits, in their order. */
export function answersOf(findings: Findings, translate: Translate): readonly Answer[] {
	const ask: Readonly<Record<Question, (findings: Findings, translate: Translate) => Said>> = {
		loss: lossAnswer,
		words: wordsAnswer,
		exact: (found, translate) =>
			notWorse(found, found.exact, found.written, translate, translate('Exact texts')),
		similarity: (found, translate) =>
			notWorse(
				found,
				found.similarity,
				found.written,
				translate,
				translate('Likeness to the true answer (chrF)'),
			),
		identifiers: (found, translate) =>
			notWorse(found, found.identifiers, found.named, translate, translate('Identifiers (F1)')),
		syntax: (found, translate) =>
			notWorse(found, found.syntax, found.parsed, translate, translate('Answers whose code parses')),
		premature: prematureAnswer,
		length: lengthAnswer,
		general: generalAnswer,
		leak: leakAnswer,
		latency: latencyAnswer,
	};
	return questionsOf(findings).map((question) => ({ question, ...ask[question](findings, translate) }));
}

/** Of code in answers only what is enough for an answer; the likeness says something of all. */
function questionsOf({ role, words, named, parsed }: Findings): readonly Question[] {
	const first = ['loss', ...(words === undefined ? [] : (['words'] as const))] as const;
	if (role !== 'chat') {
		return [...first, 'exact', 'identifiers', 'premature', 'length', 'general', 'leak', 'latency'];
	}
	return [
		...first,
		'similarity',
		...(named < LEAST.chat.items ? [] : (['identifiers'] as const)),
		...(parsed < LEAST.chat.items ? [] : (['syntax'] as const)),
		...(['premature', 'length', 'general', 'leak', 'latency'] as const),
	];
}

/** All must pass; one that fails is enough against it. */
export function decisionOf(answers: readonly Pick<Answer, 'answer'>[]): Judgement['decision'] {
	if (answers.some(({ answer }) => answer === 'failed')) {
		return 'fail';
	}
	return answers.every(({ answer }) => answer === 'passed') ? 'pass' : 'unsure';
}

/** More of the loss is gained on code than on its words in an order of chance; turned down where it is less for certain. */
function wordsAnswer({ role, words }: Findings, translate: Translate): Said {
	const figures = [words?.code ?? 0, words?.scrambled ?? 0].map((share) => signed(-100 * share, 1));
	return {
		answer: (words?.difference.low ?? 0) > 0 ? 'failed' : 'passed',
		reason:
			role === 'chat'
				? translate('Loss on the answers {0} %, on their words in an order of chance {1} %.', ...figures)
				: translate('Loss on the code {0} %, on its words in an order of chance {1} %.', ...figures),
	};
}

/** Not worse by more than the margin, with confidence. @param name what is compared. */
function notWorse(
	findings: Findings,
	compared: Compared | undefined,
	written: number,
	translate: Translate,
	name: string,
): Said {
	const { value, low, high } = compared?.difference ?? { value: 0, low: 0, high: 0 };
	const figures = [name, points(value), points(low), points(high)] as const;
	const isEnough = written >= leastOf(findings);
	// What is better for certain is not worse.
	const isBetter = low > 0 && written >= LEAST_FOR;
	if (isBetter || (isEnough && low > -MARGIN)) {
		return {
			answer: 'passed',
			reason: translate('{0} {1} points ({2} to {3}): not worse by 3 or more.', ...figures),
		};
	}
	if (isEnough && (high < 0 || value <= -MARGIN)) {
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

function prematureAnswer(findings: Findings, translate: Translate): Said {
	const { role, premature, written } = findings;
	const { value } = premature.difference;
	return atPlaces(
		value <= MARGIN,
		findings,
		role === 'chat'
			? translate(
					'Answers that are empty or do not end {0} points at {1} questions; at most +3 are allowed.',
					...[points(value), written],
				)
			: translate(
					'Texts that end too early {0} points at {1} places; at most +3 are allowed.',
					...[points(value), written],
				),
		translate,
	);
}

/**
 * As long as what the base model writes, or as the truth, or closer to it: an adapter may mend a base that writes too little
 * or too much.
 */
function lengthAnswer(findings: Findings, translate: Translate): Said {
	const { role, length, written } = findings;
	const ratio =
		length.base === 0 ? (length.adapter === 0 ? 1 : Number.MAX_VALUE) : length.adapter / length.base;
	const figures = [
		...[written, Math.min(99, ratio).toFixed(2), length.adapter.toFixed(2)],
		...[LENGTHS.least, LENGTHS.most],
	];
	const isCloser = Math.abs(Math.log(length.adapter)) <= Math.abs(Math.log(length.base));
	const isAlike = (one: number) => one >= LENGTHS.least && one <= LENGTHS.most;
	return atPlaces(
		isAlike(ratio) || isAlike(length.adapter) || isCloser,
		findings,
		role === 'chat'
			? translate(
					'Answers to {0} questions {1} times as long as those of the base model, {2} times as long as the true ones; {3} to {4} of either, or closer to the truth, is allowed.',
					...figures,
				)
			: translate(
					'Texts at {0} places {1} times as long as those of the base model, {2} times as long as the truth; {3} to {4} of either, or closer to the truth, is allowed.',
					...figures,
				),
		translate,
	);
}

/** A few places are not enough to turn an adapter down. */
function atPlaces(isGood: boolean, findings: Findings, reason: string, translate: Translate): Said {
	const { written } = findings;
	if (isGood && written > 0) {
		return { answer: 'passed', reason };
	}
	return written < leastOf(findings)
		? { answer: 'unsure', reason: translate('{0} Too few to tell.', reason) }
		: { answer: 'failed', reason };
}

/** Texts of both sides from which they can be told apart. */
function leastOf({ role }: Findings): number {
	return LEAST[role ?? 'completion'].items;
}

function generalAnswer({ role, general }: Findings, translate: Translate): Said {
	if (general === undefined) {
		return {
			answer: 'unsure',
			reason: translate('Nobody knows what it forgot: no general code could be scored.'),
		};
	}
	const rise = signed((100 * general.difference.value) / Math.max(Number.MIN_VALUE, general.base), 1);
	return {
		answer: general.difference.value <= FORGOTTEN * general.base ? 'passed' : 'failed',
		reason:
			role === 'chat'
				? translate('Loss on general conversations {0} %; at most +2 % are allowed.', rise)
				: translate('Loss on general code {0} %; at most +2 % are allowed.', rise),
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
	const reason = translate('Milliseconds a token {0}; at most +{1} are allowed.', ...figures);
	if (value <= most) {
		return { answer: 'passed', reason };
	}
	// A busy machine must not turn down what may be as fast: only what is slower for certain is.
	return low > most && timed >= LEAST_TIMED
		? { answer: 'failed', reason }
		: { answer: 'unsure', reason: translate('{0} The machine was too busy to tell.', reason) };
}

function points(share: number): string {
	return signed(100 * share, 1);
}
