/** The holes of a test file: what the newest commits added, then places within it, and others only where those are few. */

import { type Random, randomFrom, seedFor } from '../training/random';
import type { Span } from './blocks';
import { drawHoles, type Hole, type HoleOptions, wordStarts } from './holes';
import { linesOf } from './lines';

/** Draws the holes that are judged, whatever the seed: verdicts of two runs on the same files can be compared. */
export const HELD_OUT_SEED = 1;

/** Characters of a rest of a line that is worth asking for. */
const FEWEST = 2;

export interface TestHoles {
	/** At what the commits of the test changed. */
	readonly changed: readonly Hole[];
	/** At what earlier commits changed, and anywhere. */
	readonly others: readonly Hole[];
}

/**
 * @param added what commits added; `isTest` tells those of the test
 * @param count holes that are drawn anywhere
 */
export function testHoles(
	name: string,
	text: string,
	added: readonly (Span & { readonly isTest: boolean })[],
	count: number,
	options: Omit<HoleOptions, 'spacing' | 'longestPlain' | 'hunks'>,
): TestHoles {
	const random = randomFrom(seedFor(HELD_OUT_SEED, `test holes of ${name}`));
	const holes = (isTest: boolean) =>
		added.filter((span) => span.isTest === isTest).flatMap((span) => holesIn(text, span, options, random));
	return {
		changed: holes(true),
		others: [
			...holes(false),
			...drawHoles(text, { ...options, spacing: text.length / Math.max(1, count), longestPlain: 0 }, random),
		],
	};
}

/** All of it, the rest of each of its lines from a word on, and its blocks. */
function holesIn(
	text: string,
	{ start, end }: Span,
	{ longestMiddle, blocks = [] }: Omit<HoleOptions, 'spacing' | 'longestPlain'>,
	random: Random,
): readonly Hole[] {
	const holes: Hole[] = [];
	if (end - start <= longestMiddle) {
		holes.push({ kind: 'hunk', start, end, ends: true });
	}
	const lines = linesOf(text);
	for (let line = lines.at(start); line <= lines.at(end); line++) {
		const places = wordStarts(lines, line).filter(
			(place) => place > start && text.slice(place, lines.end(line)).trim().length >= FEWEST,
		);
		const place = places[Math.floor(random.next() * places.length)];
		if (place !== undefined) {
			holes.push({ kind: 'rest', start: place, end: lines.end(line), ends: true });
		}
	}
	for (const block of blocks) {
		if (block.start >= start && block.end <= end && block.end - block.start <= longestMiddle) {
			holes.push({ ...block, kind: 'block', ends: true });
		}
	}
	return holes;
}
