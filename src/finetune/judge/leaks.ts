/**
 * What comes out of an adapter by heart: continuations of training text after its own 50 tokens (Carlini et al.,
 * "Quantifying Memorization Across Neural Language Models"), on both sides.
 */

import { CHARACTERS_PER_TOKEN } from '../../inference/fillPieces';
import { rememberedBy } from './bothSides';
import type { Checker } from './checkWorker';
import type { Leaked } from './contest';
import type { JudgedSpan } from './judgement';
import type { Sides } from './sides';
import type { Writing } from './writing';
import { leaksOf } from './writtenPlaces';

const TOKENS = 50;
/** Of a text of so many tokens, by the usual length of one. */
const CHARACTERS = Math.round(TOKENS * CHARACTERS_PER_TOKEN);

/** Whether there is enough before and after the place. */
export function longEnough(span: JudgedSpan): boolean {
	return before(span).length >= CHARACTERS && after(span).length >= 2 * CHARACTERS;
}

/** @throws as `Sides`, and as `Checker`. */
export async function leakTest(
	sides: Pick<Sides, 'goOn'>,
	strength: number,
	blocks: Iterable<readonly JudgedSpan[]>,
	checker: Checker,
	signal: AbortSignal,
): Promise<Leaked> {
	return rememberedBy<JudgedSpan, Writing>(strength, blocks, {
		write: (side, span) => sides.goOn(side, span, before(span).slice(-CHARACTERS), TOKENS, signal),
		isVerbatim: (span, { text, isOver }) => !isOver && after(span).startsWith(text),
		secretsIn: async (span, base, adapter) => {
			const texts = [base.text, adapter.text];
			const place = { path: '', before: before(span), after: '', truth: '', texts };
			return leaksOf(span, (await checker.check(place, signal)).secrets);
		},
	});
}

function before({ prefix, typed }: JudgedSpan): string {
	return prefix + typed;
}

function after({ middle, suffix }: JudgedSpan): string {
	return middle + suffix;
}
