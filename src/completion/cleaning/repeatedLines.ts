/** Ends the text before a line that follows its like, or comes back a third time. */

import type { EndingRule } from './rule';
import { wholeLines } from './wholeLines';

/** Honest code repeats shorter lines (`}`, `break;`). */
const SHORTEST = 8;

export const repeatedLines: EndingRule = {
	type: 'end',
	name: 'repeated-lines',
	reason: 'goes-in-circles',
	end: (text, _place, isComplete) => {
		const seen = new Map<string, number>();
		let last: string | undefined;
		for (const line of wholeLines(text, isComplete)) {
			const content = line.text.trim();
			const times = (seen.get(content) ?? 0) + 1;
			if (content.length >= SHORTEST && (times >= 3 || content === last)) {
				return line.endBefore;
			}
			seen.set(content, times);
			last = content;
		}
		return undefined;
	},
};
