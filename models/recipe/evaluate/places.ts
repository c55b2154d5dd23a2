/** Where the model is asked to write: ends of lines and blocks in the held-out files, drawn uniformly. */

import { endOfLine } from '../../../src/completion/nextEdit/lines';
import { blocksBelow, type Span } from '../../../src/finetune/dataset/blocks';
import { linesOf } from '../../../src/finetune/dataset/lines';
import { type Random, randomFrom, seedFor } from '../../../src/finetune/training/random';
import type { HeldOutFile } from './heldOut';

/** The middle is `file.text.slice(start, end)`. */
export interface Place extends Span {
	readonly file: HeldOutFile;
}

/** Characters that are no blanks between the cursor and the end of its line. */
const SHORTEST_TAIL = 4;
const LONGEST_TAIL = 20;
/** Characters of a block. */
const LONGEST_BLOCK = 768;
/** Of the choice of places, whatever the model. */
const SEED = 1;

/**
 * `count` cursor positions, each as likely as every other, behind the indentation of a line whose rest has 4 to 20
 * characters that are no blanks. Fewer where there are not so many.
 */
export function linePlaces(files: readonly HeldOutFile[], count: number): readonly Place[] {
	const all = files.flatMap((file, index) => tailsOf(file).map((start) => ({ index, start })));
	return draw(all, count, randomFrom(seedFor(SEED, 'lines'))).flatMap(({ index, start }) => {
		const file = files[index];
		return file === undefined ? [] : [{ file, start, end: endOfLine(file.text, start) }];
	});
}

/** `count` lines that a block stands below, each as likely as every other, with one of the ways to ask for it. */
export function blockPlaces(files: readonly HeldOutFile[], count: number): readonly Place[] {
	const random = randomFrom(seedFor(SEED, 'blocks'));
	const all = files.flatMap((file) => {
		const lines = linesOf(file.text);
		return Array.from({ length: lines.at(file.measured) }, (_, line) =>
			blocksBelow(lines, line, LONGEST_BLOCK).filter(({ end }) => end <= file.measured),
		)
			.filter((ways) => ways.length > 0)
			.map((ways) => ({ file, ways }));
	});
	return draw(all, count, random).flatMap(({ file, ways }) => {
		const way = ways[Math.floor(random.next() * ways.length)];
		return way === undefined ? [] : [{ file, ...way }];
	});
}

/** Every eligible cursor position of a file. */
function tailsOf({ text, measured }: HeldOutFile): readonly number[] {
	const positions: number[] = [];
	for (let start = 0; start < measured; ) {
		const end = endOfLine(text, start);
		if (end > measured) {
			break;
		}
		const content = end - text.slice(start, end).trimStart().length;
		let characters = 0;
		for (let at = end - 1; at >= content && characters <= LONGEST_TAIL; at--) {
			characters += /\s/.test(text.charAt(at)) ? 0 : 1;
			if (characters >= SHORTEST_TAIL && characters <= LONGEST_TAIL && !isInsidePair(text, at)) {
				positions.push(at);
			}
		}
		start = end + 1;
	}
	return positions;
}

function isInsidePair(text: string, at: number): boolean {
	return /[\udc00-\udfff]/.test(text.charAt(at));
}

/** Without putting back (Fisher and Yates, as far as needed). */
function draw<T>(items: readonly T[], count: number, random: Random): readonly T[] {
	const left = [...items];
	const drawn: T[] = [];
	while (drawn.length < count && left.length > 0) {
		const index = Math.floor(random.next() * left.length);
		const [item, last] = [left[index], left.pop()];
		if (item !== undefined) {
			drawn.push(item);
		}
		if (last !== undefined && index < left.length) {
			left[index] = last;
		}
	}
	return drawn;
}
