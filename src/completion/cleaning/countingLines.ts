/** Ends a loop of the model at its first repeat, where the lines differ only in counters or a few letters. */

import { isNear } from './likeness';
import type { EndingRule } from './rule';
import { wholeLines } from './wholeLines';

/** Numbers, and letters that stand for one: `2`, `item2`, `b`, `optionB`. */
const COUNTER = /\d{1,9}|(?<![A-Za-z])[A-Za-z](?![A-Za-z])|(?<=[a-z])[A-Z](?![A-Za-z])/g;

/** Lines of a block that comes back. */
const LARGEST = 4;
/** Times that a line, or a block of several lines, may count on: people write short lists out. */
const LINES_ALLOWED = 3;
const BLOCKS_ALLOWED = 2;
/** Lines in a row that hardly differ; shorter lines differ by chance as little. */
const NEAR_ALLOWED = 4;
const SHORTEST_NEAR = 20;

function counters(block: string): readonly number[] {
	return [...block.matchAll(COUNTER)].map(([counter]) =>
		/\d/.test(counter) ? Number(counter) : counter.charCodeAt(0),
	);
}

/** Whether the blocks are the same but for counters that each go on by a step of their own. */
function areCounting(blocks: readonly string[]): boolean {
	const [first = '', second = ''] = blocks;
	const pattern = first.replace(COUNTER, '#');
	if (blocks.some((block) => block.replace(COUNTER, '#') !== pattern)) {
		return false;
	}
	const start = counters(first);
	const steps = counters(second).map((value, index) => value - (start[index] ?? 0));
	return (
		steps.some((step) => step !== 0) &&
		blocks.every((block, times) =>
			counters(block).every((value, index) => value === (start[index] ?? 0) + times * (steps[index] ?? 0)),
		)
	);
}

function areNear(lines: readonly string[]): boolean {
	return lines.every(
		(line, index) => line.length >= SHORTEST_NEAR && (index === 0 || isNear(line, lines[index - 1] ?? '')),
	);
}

export const countingLines: EndingRule = {
	type: 'end',
	name: 'counting-lines',
	reason: 'goes-in-circles',
	end: (text, _place, isComplete) => {
		const lines = wholeLines(text, isComplete);
		const contents = lines.map((line) => line.text.trim());
		for (let start = 0; start < contents.length; start++) {
			for (let size = 1; size <= LARGEST; size++) {
				const times = 1 + (size === 1 ? LINES_ALLOWED : BLOCKS_ALLOWED);
				const blocks = Array.from({ length: times }, (_, index) =>
					contents.slice(start + index * size, start + (index + 1) * size).join('\n'),
				);
				if (start + times * size <= contents.length && areCounting(blocks)) {
					return lines[start + size]?.endBefore;
				}
			}
			const near = contents.slice(start, start + NEAR_ALLOWED + 1);
			if (near.length > NEAR_ALLOWED && areNear(near)) {
				return lines[start + 1]?.endBefore;
			}
		}
		return undefined;
	},
};
