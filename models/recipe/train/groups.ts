/** Cuts a package's files into groups of neighbouring pieces, each as long as a sample shall be. */

import type { Random } from '../../../src/finetune/training/random';
import type { SourceDocument } from '../document';

/** Whole lines of a file. */
export interface Piece {
	readonly path: string;
	readonly text: string;
	/** Whether the file ends with it. */
	readonly isEnd: boolean;
}

/** Pieces of one package, in order, that one sample shows. */
export interface Group {
	readonly package: string;
	readonly pieces: readonly Piece[];
}

/** Share of the groups that are as long as a row: the others are of any length, as prompts are. */
const FULL_SHARE = 0.6;
/** Of the longest, the shortest. */
const LEAST_SHARE = 1 / 16;
/** Characters of a piece behind others, at least, unless its file has no more: less shows nothing of a file. */
const LEAST_PIECE = 160;

/**
 * Every line of the documents once, but those longer than a group.
 * @param documents of one package.
 * @param longest characters of a group, at most.
 */
export function* groupsOf(
	documents: readonly SourceDocument[],
	longest: number,
	random: Random,
): Generator<Group> {
	const length = () =>
		Math.ceil(longest * (random.next() < FULL_SHARE ? 1 : LEAST_SHARE + (1 - LEAST_SHARE) * random.next()));
	let pieces: Piece[] = [];
	let room = length();
	for (const { package: name, path, text } of documents) {
		for (let start = 0; start < text.length; ) {
			const end = cut(text, start, room, pieces.length === 0 ? 1 : LEAST_PIECE);
			if (end > start) {
				pieces.push({ path, text: text.slice(start, end), isEnd: end === text.length });
				room -= end - start;
				start = end;
			} else if (pieces.length === 0) {
				// Not even one line fits: nobody writes such lines.
				start = lineEnd(text, start);
			}
			if (pieces.length > 0 && (start < text.length || room < LEAST_PIECE)) {
				yield { package: name, pieces };
				pieces = [];
				room = length();
			}
		}
	}
	const [first] = documents;
	if (first !== undefined && pieces.length > 0) {
		yield { package: first.package, pieces };
	}
}

/** The end of the last whole line within `room` characters; `start` where the piece would be shorter than `least`. */
function cut(text: string, start: number, room: number, least: number): number {
	if (text.length - start <= room) {
		return text.length;
	}
	const end = text.lastIndexOf('\n', start + room - 1) + 1;
	return end - start >= Math.min(least, room) ? end : start;
}

function lineEnd(text: string, start: number): number {
	const end = text.indexOf('\n', start);
	return end === -1 ? text.length : end + 1;
}
