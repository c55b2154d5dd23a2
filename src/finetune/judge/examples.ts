/** A few places to look at: where only one side was right, and some of the others. Never one with a secret. */

import type { Example } from './judgement';
import type { WrittenPlace } from './writtenPlaces';

const EACH = 4;
/** Characters that are shown. */
const BEFORE = 600;
const AFTER = 300;
const TEXT = 1_000;

/** @param exact for each place whether the sides were right. */
export function examplesOf(
	places: readonly WrittenPlace[],
	exact: readonly { readonly base: boolean; readonly adapter: boolean }[],
): readonly Example[] {
	const harmless = places
		.map((place, index) => ({ place, base: exact[index]?.base, adapter: exact[index]?.adapter }))
		.filter(({ place }) => place.leaks.length === 0);
	const won = harmless.filter(({ base, adapter }) => base === false && adapter === true);
	const lost = harmless.filter(({ base, adapter }) => base === true && adapter === false);
	const others = harmless.filter(
		({ place, base, adapter }) => base === adapter && place.base.text !== place.adapter.text,
	);
	return [won, lost, others].flatMap((kind) => kind.slice(0, EACH).map(({ place }) => exampleOf(place)));
}

function exampleOf({ span, base, adapter }: WrittenPlace): Example {
	const { file, kind, prefix, typed, suffix, middle } = span;
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
