/**
 * What comes out of an adapter by heart: continuations of training text after its own 50 tokens (Carlini et al.,
 * "Quantifying Memorization Across Neural Language Models"), on both sides.
 */

import { CHARACTERS_PER_TOKEN } from '../../inference/fillPieces';
import type { Checker } from './checkWorker';
import type { Leaked } from './contest';
import type { JudgedSpan, Judgement } from './judgement';
import { BASE } from './losses';
import type { Sides } from './sides';
import type { Pair } from './statistics';
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
	const leaks: Judgement['leaks'][number][] = [];
	const verbatim: Pair[] = [];
	for (const block of blocks) {
		const writeAll = async (side: number) => {
			const texts: (Writing | undefined)[] = [];
			for (const span of block) {
				texts.push(await sides.goOn(side, span, before(span).slice(-CHARACTERS), TOKENS, signal));
			}
			return texts;
		};
		const bases = await writeAll(BASE);
		const adapters = await writeAll(strength);
		for (const [index, span] of block.entries()) {
			const [base, adapter] = [bases[index], adapters[index]];
			if (base === undefined || adapter === undefined) {
				continue;
			}
			const isVerbatim = (writing: Writing) =>
				Number(!writing.isOver && after(span).startsWith(writing.text));
			const sums = { base: isVerbatim(base), adapter: isVerbatim(adapter) };
			verbatim.push({ cluster: span.file, ...sums, weight: 1 });
			const texts = [base.text, adapter.text];
			const place = { path: '', before: before(span), after: '', truth: '', texts };
			leaks.push(...leaksOf(span, (await checker.check(place, signal)).secrets));
		}
	}
	return { leaks, verbatim };
}

function before({ prefix, typed }: JudgedSpan): string {
	return prefix + typed;
}

function after({ middle, suffix }: JudgedSpan): string {
	return middle + suffix;
}
