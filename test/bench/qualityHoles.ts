/** Holes in held-out code: rests of lines, blocks and spans of several lines, drawn uniformly. */

import type { HeldOutFile } from '../../models/recipe/evaluate/heldOut';
import { blockPlaces, linePlaces, type Place } from '../../models/recipe/evaluate/places';
import { drawHoles } from '../../src/finetune/dataset/holes';
import { randomFrom, seedFor } from '../../src/finetune/training/random';

export const KINDS = ['tail', 'block', 'span'] as const;
export type Kind = (typeof KINDS)[number];

/** The middle is `file.text.slice(start, end)`. */
export interface QualityHole extends Place {
	readonly kind: Kind;
	/** Whether somebody would stop there; else what is written is compared over the length of the middle. */
	readonly ends: boolean;
}

/** Characters of a span, as of a block. */
const LONGEST = 768;
/** Characters of text for each span that is drawn, before some of them are chosen. */
const SPACING = 2_000;
/** Of the choice of spans, whatever the model. */
const SEED = 1;

/** As many of each kind, `count` in all; fewer where the files have not so many places. */
export function qualityHoles(files: readonly HeldOutFile[], count: number): readonly QualityHole[] {
	const each = Math.ceil(count / KINDS.length);
	const of = (kind: Kind, ends: boolean) => (place: Place) => ({ ...place, kind, ends });
	return [
		...linePlaces(files, each).map(of('tail', true)),
		...blockPlaces(files, each).map(of('block', true)),
		...spanPlaces(files, each).map(of('span', false)),
	];
}

function spanPlaces(files: readonly HeldOutFile[], count: number): readonly Place[] {
	const options = { spacing: SPACING, longestMiddle: LONGEST, longestPlain: 0 };
	const all = files.flatMap((file) => {
		const random = randomFrom(seedFor(SEED, `${file.package}/${file.path}`));
		const measured = file.text.slice(0, file.measured);
		return drawHoles(measured, options, random)
			.filter(({ kind }) => kind === 'lines')
			.map(({ start, end }) => ({ file, start, end }));
	});
	// Every n-th, so that all packages are among them.
	const step = Math.max(1, all.length / count);
	return Array.from(
		{ length: Math.min(count, all.length) },
		(_, index) => all[Math.floor(index * step)],
	).filter((place) => place !== undefined);
}
