/** Ends the text where it begins to write again what stands after the cursor: the rest of the line, or the next lines. */

import { indentation } from '../../inference/indentation';
import { readBrackets } from '../brackets';
import { type Cursor, lineAfter, lineBefore, linesBelow } from '../cursor';
import { essence, isNear, isTelling } from './likeness';
import type { EndingRule } from './rule';
import { type WholeLine, wholeLines } from './wholeLines';

/** Shorter remainders (`)`, `};`) occur by chance; brackets are judged by their balance, in `fitInto`. */
const SHORTEST = 4;
/** Shorter lines that differ at all are different lines. */
const SHORTEST_NEAR = 16;
/** Lines below that are compared. */
const LOOK_AHEAD = 3;

/** Where the text starts to repeat the rest of the cursor's line. */
function restReached(text: string, line: string, isComplete: boolean): number | undefined {
	const rest = line.trim();
	const index = text.indexOf(rest);
	if (index !== -1) {
		// The blanks in front of it are there, too.
		return /^\s/.test(line) ? text.slice(0, index).trimEnd().length : index;
	}
	const [first = ''] = text.split('\n', 1);
	const isWhole = isComplete || first.length < text.length;
	const sought = essence(rest);
	if (!isWhole || !isTelling(sought, SHORTEST) || !essence(first).endsWith(sought)) {
		return undefined;
	}
	// Back over as many characters as count.
	let start = first.length;
	while (start > 0 && essence(first.slice(start)) !== sought) {
		start--;
	}
	return first.slice(0, start).trimEnd().length;
}

/** Whether a line of the text says what a line below says. Lines that count on (`case 2:`) are different lines. */
function agreement(line: string, below: string): 'same' | 'near' | undefined {
	const one = essence(line);
	const other = essence(below);
	if (one === other) {
		return 'same';
	}
	const isSameCount = one.replace(/\D+/g, ' ') === other.replace(/\D+/g, ' ');
	return isSameCount && one.length >= SHORTEST_NEAR && isNear(one, other) ? 'near' : undefined;
}

/** Whether the line stands in a bracket or under a colon of the text itself, as `return;` in an `if` may. */
function isNested(text: string, line: WholeLine, below: string): boolean {
	const before = text.slice(0, line.endBefore);
	const isInside = readBrackets(before).owed.length > 0 || /:\s*$/.test(before);
	return isInside && indentation(line.text) > indentation(below);
}

/** Characters of two short lines (`"a": 1` and `}`) that tell something together. */
const SHORTEST_PAIR = 6;

/** Whether the lines from `start` on are those below: one that tells something, or two of which one nearly does. */
function repeats(lines: readonly WholeLine[], start: number, below: readonly string[]): boolean {
	let isTold = false;
	let same = '';
	for (const [offset, line] of below.entries()) {
		const own = lines[start + offset];
		const found = own === undefined ? undefined : agreement(own.text, line);
		if (found === undefined) {
			return false;
		}
		same += found === 'same' ? essence(line) : '';
		isTold ||=
			isTelling(line.trim(), SHORTEST) || (offset > 0 && /\w/.test(same) && same.length >= SHORTEST_PAIR);
		if (isTold && (offset > 0 || found === 'same')) {
			return true;
		}
	}
	return false;
}

function linesReached(text: string, cursor: Cursor, isComplete: boolean): number | undefined {
	const below = linesBelow(cursor, LOOK_AHEAD);
	const [next] = below;
	if (next === undefined) {
		return undefined;
	}
	const lines = wholeLines(text, isComplete);
	const start = lines.findIndex(
		(line, number) =>
			// The first piece of the text is a whole line only where nothing stands before it.
			!(line.isFirst && lineBefore(cursor).trim() !== '') &&
			repeats(lines, number, below) &&
			!isNested(text, line, next),
	);
	return lines[start]?.endBefore;
}

export const following: EndingRule = {
	type: 'end',
	name: 'what-follows',
	reason: 'only-repeats',
	end: (text, { cursor }, isComplete) => {
		const line = lineAfter(cursor);
		return isTelling(line.trim(), SHORTEST)
			? restReached(text, line, isComplete)
			: linesReached(text, cursor, isComplete);
	},
};
