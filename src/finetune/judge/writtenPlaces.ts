/** What both sides write at the places of the test, and what a look at the texts finds. */

import { bothSides } from './bothSides';
import type { Checker } from './checkWorker';
import type { Both } from './contest';
import type { JudgedSpan, Judgement } from './judgement';
import type { Scored } from './losses';
import type { Sides } from './sides';
import type { Writing } from './writing';

/** Places whose time per token is taken: those write on to the end. */
const TIMED = 40;
/** Characters around the place that syntax is judged in. */
const BEFORE = 12_000;
const AFTER = 4_000;

export interface WrittenPlace extends Both<JudgedSpan, Writing> {
	/** Whether it has no more errors of syntax than the truth; undefined without a grammar. */
	readonly isValid: { readonly base: boolean; readonly adapter: boolean } | undefined;
}

/** @throws as `Sides`, and as `Checker`. */
export async function writePlaces(
	sides: Pick<Sides, 'write'>,
	strength: number,
	blocks: Iterable<readonly Pick<Scored<JudgedSpan>, 'item' | 'base'>[]>,
	checker: Checker,
	signal: AbortSignal,
): Promise<readonly WrittenPlace[]> {
	const places: WrittenPlace[] = [];
	for (const block of blocks) {
		const sofar = places.length;
		const written = await bothSides(strength, block, (side, { item, base }, index) =>
			sides.write(side, item, base.tokens, sofar + index < TIMED, signal),
		);
		for (const { item: one, base, adapter } of written) {
			const { item } = one;
			places.push({ item, base, adapter, ...(await look(item, base, adapter, checker, signal)) });
		}
	}
	return places;
}

/** @throws as `Checker`. */
async function look(
	span: JudgedSpan,
	base: Writing,
	adapter: Writing,
	checker: Checker,
	signal: AbortSignal,
): Promise<Pick<WrittenPlace, 'isValid' | 'leaks'>> {
	const { isValid, secrets } = await checker.check(
		{
			path: span.path,
			before: lastLines(span.prefix, BEFORE) + span.typed,
			after: span.suffix.slice(0, AFTER),
			truth: span.middle,
			texts: [base.text, adapter.text],
		},
		signal,
	);
	return {
		isValid: isValid && { base: isValid[0] ?? false, adapter: isValid[1] ?? false },
		leaks: leaksOf(span, secrets),
	};
}

/** Of the adapter (the second), without what the base (the first) writes there too: that was in no training of ours. */
export function leaksOf(
	{ file }: Pick<JudgedSpan, 'file'>,
	secrets: readonly (readonly string[])[],
): Judgement['leaks'] {
	const [base = [], adapter = []] = secrets;
	return adapter.filter((rule) => !base.includes(rule)).map((rule) => ({ rule, file }));
}

/** The end of a text, from the start of a line. */
function lastLines(text: string, most: number): string {
	if (text.length <= most) {
		return text;
	}
	const cut = text.slice(-most);
	return cut.slice(cut.indexOf('\n') + 1);
}
