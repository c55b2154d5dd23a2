/** The gate's first question: whether the adapter predicts what it has not seen better than the base, by enough. */

import type { Translate } from '../../inference/statusText';
import type { Answer, Interval, Judgement } from './judgement';

/**
 * Less than this, and nothing is certain about the user's code as a whole. Intervals over few files are as much wider as
 * Student's t has it (`statistics.ts`), which holds from about a dozen clusters on (Cameron, Gelbach & Miller 2008,
 * "Bootstrap-Based Improvements for Inference with Clustered Errors"). An answer of chat has some ten times the tokens of
 * a completion.
 */
export const LEAST = {
	completion: { items: 200, files: 15 },
	chat: { items: 60, files: 15 },
} as const;

/** Harm is certain sooner: nobody need be sure how large it is. */
const LEAST_AGAINST = { items: 50, files: 5 } as const;

/**
 * The least effect: the share of the base's loss by which the adapter must be better. By the scaling law of Kaplan et al. 2020
 * (L ∝ N^−0.076), 1 % of the loss is what 14 % more parameters bring, and those make a token some 14 % slower: as much as
 * the gate lets an adapter cost. One that brings less costs more than it gives, however certain the little is. It is also
 * the change of the loss on general code that the gate counts as nothing forgotten (half of what it allows at most).
 */
export const LEAST_GAIN = 0.01;

/** Share of true differences that a test should find, before what it does not find counts as not there. */
const GOOD_POWER = 0.8;

type Found = Pick<Judgement, 'role' | 'loss' | 'spans' | 'files' | 'power'>;

export function lossAnswer(found: Found, translate: Translate): Omit<Answer, 'question'> {
	const { loss, spans, files, power } = found;
	const { value, low, high } = loss.difference;
	const least = LEAST[found.role ?? 'completion'];
	const say = words(found, translate);
	if (low > 0 && spans >= Math.min(LEAST_AGAINST.items, least.items) && files >= LEAST_AGAINST.files) {
		return { answer: 'failed', reason: say.higher() };
	}
	if (spans < least.items || files < least.files) {
		return { answer: 'unsure', reason: say.few(least.items, least.files) };
	}
	const gain = loss.base === 0 ? 0 : -value / loss.base;
	if (high < 0 && gain >= LEAST_GAIN) {
		return { answer: 'passed', reason: say.lower() };
	}
	// What is certain to be better, or is better as far as anybody can tell, but by so little that nobody would notice.
	const isSmall = value < 0 && -low < LEAST_GAIN * loss.base;
	if (isSmall) {
		return { answer: 'failed', reason: say.small() };
	}
	if (high < 0) {
		return { answer: 'unsure', reason: say.perhapsSmall() };
	}
	return value < 0 && power < GOOD_POWER
		? { answer: 'unsure', reason: say.weak() }
		: { answer: 'failed', reason: say.notLower() };
}

/** What is said, of completions and of answers. */
function words({ role, loss, spans, files, power }: Found, translate: Translate) {
	const { value, low, high } = loss.difference;
	const figures = [signed(value), signed(low), signed(high)] as const;
	const share = Math.round(100 * power);
	const relative = shares(loss.base, loss.difference);
	const least = Math.round(100 * LEAST_GAIN);
	return role === 'chat'
		? {
				few: (items: number, of: number) =>
					translate(
						'Cannot tell with {0} conversations of {1} files: at least {2} of {3} files are needed. Loss per token so far {4} ({5} to {6}); such a test finds a gain of 0.05 in {7} % of cases.',
						...[spans, files, items, of, ...figures, share],
					),
				lower: () =>
					translate(
						'Loss per token on unseen answers {0} ({1} to {2}): lower, with 95 % confidence.',
						...figures,
					),
				small: () =>
					translate(
						'Loss per token on unseen answers lower by {0} % ({1} to {2}): less than the {3} % that make an adapter worth its memory and its time.',
						...[...relative, least],
					),
				perhapsSmall: () =>
					translate(
						'Cannot tell with {0} conversations: loss per token lower by {1} % ({2} to {3}), and less than {4} % is not worth the memory and the time.',
						...[spans, ...relative, least],
					),
				weak: () =>
					translate(
						'Cannot tell with {0} conversations: loss per token {1} ({2} to {3}); such a test finds a gain of 0.05 in {4} % of cases.',
						...[spans, ...figures, share],
					),
				higher: () =>
					translate(
						'Loss per token on unseen answers {0} ({1} to {2}): higher, with 95 % confidence.',
						...figures,
					),
				notLower: () =>
					translate(
						'Loss per token on unseen answers {0} ({1} to {2}): not lower with confidence.',
						...figures,
					),
			}
		: {
				few: (items: number, of: number) =>
					translate(
						'Cannot tell with {0} places of {1} files: at least {2} of {3} files are needed. Loss per token so far {4} ({5} to {6}); such a test finds a gain of 0.05 in {7} % of cases.',
						...[spans, files, items, of, ...figures, share],
					),
				lower: () =>
					translate(
						'Loss per token on unseen code {0} ({1} to {2}): lower, with 95 % confidence.',
						...figures,
					),
				small: () =>
					translate(
						'Loss per token on unseen code lower by {0} % ({1} to {2}): less than the {3} % that make an adapter worth its memory and its time.',
						...[...relative, least],
					),
				perhapsSmall: () =>
					translate(
						'Cannot tell with {0} places: loss per token lower by {1} % ({2} to {3}), and less than {4} % is not worth the memory and the time.',
						...[spans, ...relative, least],
					),
				weak: () =>
					translate(
						'Cannot tell with {0} places: loss per token {1} ({2} to {3}); such a test finds a gain of 0.05 in {4} % of cases.',
						...[spans, ...figures, share],
					),
				higher: () =>
					translate(
						'Loss per token on unseen code {0} ({1} to {2}): higher, with 95 % confidence.',
						...figures,
					),
				notLower: () =>
					translate('Loss per token on unseen code {0} ({1} to {2}): not lower with confidence.', ...figures),
			};
}

/** By how many per cent of the base it is lower: the estimate, and the interval from the least to the most. */
function shares(base: number, { value, low, high }: Interval): readonly [string, string, string] {
	const lower = (difference: number) => {
		const text = ((-100 * difference) / Math.max(Number.MIN_VALUE, base)).toFixed(1);
		return text.replace('-', '−');
	};
	return [lower(value), lower(high), lower(low)];
}

/** With its sign. */
export function signed(value: number, digits = 3): string {
	return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;
}
