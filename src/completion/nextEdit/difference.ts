/** Two rows of tokens → what went and what came: the ends that are the same left out, the rest side by side. */

import { align } from './align';
import { isSameToken, type Token } from './tokens';

export interface Difference {
	/** Tokens that went and came, in order, those between them left out. */
	readonly removed: readonly Token[];
	readonly inserted: readonly Token[];
	/** Tokens that both rows have in common at their start, and at their end. */
	readonly head: number;
	readonly tail: number;
}

/** @returns undefined where both say the same. */
export function differenceOf(one: readonly Token[], other: readonly Token[]): Difference | undefined {
	const shortest = Math.min(one.length, other.length);
	let head = 0;
	while (head < shortest && isSameToken(one[head], other[head])) {
		head++;
	}
	let tail = 0;
	while (tail < shortest - head && isSameToken(one.at(-1 - tail), other.at(-1 - tail))) {
		tail++;
	}
	const holes = align(one.slice(head, one.length - tail), other.slice(head, other.length - tail)).filter(
		(segment) => segment.type === 'hole',
	);
	return holes.length === 0
		? undefined
		: {
				removed: holes.flatMap((hole) => hole.one),
				inserted: holes.flatMap((hole) => hole.other),
				head,
				tail,
			};
}
