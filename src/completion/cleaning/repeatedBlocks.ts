/** Ends the text before a block of lines that the text has just written. */

import type { EndingRule } from './rule';
import { wholeLines } from './wholeLines';

/** Characters of a block that comes twice in a row; closing lines do so in honest code. */
const SHORTEST = 16;

export const repeatedBlocks: EndingRule = {
	type: 'end',
	name: 'repeated-blocks',
	reason: 'goes-in-circles',
	end: (text, _place, isComplete) => {
		const lines = wholeLines(text, isComplete);
		const contents = lines.map((line) => line.text.trim());
		for (let start = 2; start < contents.length; start++) {
			for (let size = 2; size <= Math.min(start, contents.length - start); size++) {
				const block = contents.slice(start - size, start).join('\n');
				if (block.length >= SHORTEST && block === contents.slice(start, start + size).join('\n')) {
					return lines[start]?.endBefore;
				}
			}
		}
		return undefined;
	},
};
