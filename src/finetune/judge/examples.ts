/** A few places to look at: where only one side was right, and some of the others. Never one with a secret. */

import type { Both } from './contest';
import type { Example } from './judgement';
import type { WrittenPlace } from './writtenPlaces';

const EACH = 4;
/** Characters that are shown. */
const BEFORE = 600;
const AFTER = 300;
export const TEXT = 1_000;

/** @param exact for each place whether the sides were right. */
export function examplesOf(
	places: readonly WrittenPlace[],
	exact: readonly { readonly base: boolean; readonly adapter: boolean }[],
): readonly Example[] {
	const gains = new Map(
		places.map((place, index) => [place, Number(exact[index]?.adapter) - Number(exact[index]?.base)]),
	);
	return chosenExamples(places, (place) => gains.get(place) ?? 0).map(exampleOf);
}

/**
 * A few on which the adapter is better, a few on which it is worse, and a few of the others that differ.
 *
 * @param gain of one; what is not 0 counts by its sign and its size.
 */
export function chosenExamples<One extends Both<{ readonly file: string }>>(
	written: readonly One[],
	gain: (one: One) => number,
): readonly One[] {
	const harmless = written
		.filter(({ leaks }) => leaks.length === 0)
		.map((one) => ({ one, gain: gain(one) }))
		.sort((one, other) => Math.abs(other.gain) - Math.abs(one.gain));
	const won = harmless.filter(({ gain }) => gain > 0);
	const lost = harmless.filter(({ gain }) => gain < 0);
	const others = harmless.filter(({ one, gain }) => gain === 0 && one.base.text !== one.adapter.text);
	return [won, lost, others].flatMap((kind) => kind.slice(0, EACH).map(({ one }) => one));
}

function exampleOf({ item, base, adapter }: WrittenPlace): Example {
	const { file, kind, prefix, typed, suffix, middle } = item;
	return {
		file,
		kind,
		prefix: (prefix + typed).slice(-BEFORE),
		suffix: suffix.slice(0, AFTER),
		truth: middle.slice(0, TEXT),
		base: base.text.slice(0, TEXT),
		adapter: adapter.text.slice(0, TEXT),
	};
}
