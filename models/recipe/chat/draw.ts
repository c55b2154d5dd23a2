/** Draws from lists by a seed's random numbers, and lists words in a sentence. */

import type { Random } from '../../../src/finetune/training/random';

/** @throws RangeError for an empty list. */
export function pick<T>(random: Random, list: readonly T[]): T {
	const drawn = list[Math.floor(random.next() * list.length)];
	if (drawn === undefined) {
		throw new RangeError('There is nothing to draw from.');
	}
	return drawn;
}

export function chance(random: Random, share: number): boolean {
	return random.next() < share;
}

/** Whole, from `least` to `most`. */
export function whole(random: Random, least: number, most: number): number {
	return least + Math.floor(random.next() * (most - least + 1));
}

export function shuffled<T>(random: Random, list: readonly T[]): T[] {
	const drawn = [...list];
	for (let index = drawn.length - 1; index > 0; index--) {
		const other = whole(random, 0, index);
		const [one, two] = [drawn[index], drawn[other]];
		if (one !== undefined && two !== undefined) {
			drawn[index] = two;
			drawn[other] = one;
		}
	}
	return drawn;
}

/** `a, b and c`. */
export function listed(words: readonly string[], joint = 'and'): string {
	const last = words.at(-1) ?? '';
	return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} ${joint} ${last}`;
}

/** `one item`, `3 items`. */
export function counted(count: number, noun: string): string {
	return count === 1 ? `one ${noun}` : `${count} ${noun}s`;
}

export function sentence(clause: string): string {
	return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
}

/** Longest code within a sentence, in characters. */
const MOST_QUOTED = 60;

/** Code within a sentence; undefined where it is too long or would end its own quotation. */
export function quoted(code: string): string | undefined {
	const text = code.replace(/\s+/g, ' ').trim();
	return text === '' || text.length > MOST_QUOTED || text.includes('`') ? undefined : `\`${text}\``;
}
