/** Ends the text before a line that goes round in circles, or that only counts. */

import type { EndingRule } from './rule';

/** Longest period looked for, in UTF-16 units; the longest lines of code that models repeat are about this long. */
const LONGEST_PERIOD = 120;

/** How often a period must stand in a row: short ones occur in honest code, long ones hardly. */
function timesAllowed(period: string): number {
	if (/^[\s\-=*#_/~.+]+$/.test(period)) {
		// Rulers in comments and blank runs; 100 columns are enough for any of them.
		return 100 / period.length;
	}
	if (period.length < 3) {
		return 12;
	}
	return period.length < 10 ? 5 : 3;
}

/** Index at which what repeats at the end of the text stands for the second time; undefined where nothing does. */
function repetitionStart(text: string): number | undefined {
	const longest = Math.min(LONGEST_PERIOD, Math.floor(text.length / 2));
	for (let period = 1; period <= longest; period++) {
		let run = 0;
		for (let index = text.length - 1; index >= period && text[index] === text[index - period]; index--) {
			run++;
		}
		const times = run / period + 1;
		if (times >= 3 && times > timesAllowed(text.slice(text.length - period))) {
			return text.length - run;
		}
	}
	return undefined;
}

/** Numbers in a row that only count, each like the one before it; lists that people write out are shorter. */
const MOST_COUNTED = 16;

/** Index behind the first of the numbers with which the last line counts on and on; undefined where it does not. */
function countingStart(text: string): number | undefined {
	const line = text.slice(text.lastIndexOf('\n') + 1);
	const numbers = [...line.matchAll(/(\D*)(\d{1,9})/g)].slice(-MOST_COUNTED);
	const [first, second] = numbers;
	if (numbers.length < MOST_COUNTED || first === undefined || second === undefined) {
		return undefined;
	}
	const step = Number(second[2]) - Number(first[2]);
	const counts = numbers
		.slice(1)
		.every(
			(number, index) => number[1] === second[1] && Number(number[2]) - Number(numbers[index]?.[2]) === step,
		);
	return counts && step !== 0 ? text.length - line.length + first.index + first[0].length : undefined;
}

/** A line that goes round is worth nothing from its start: the text ends with the line before. */
export const repeatedTail: EndingRule = {
	type: 'end',
	name: 'repeated-tail',
	reason: 'goes-in-circles',
	end: (text) => {
		const start = repetitionStart(text) ?? countingStart(text);
		return start === undefined ? undefined : Math.max(0, text.lastIndexOf('\n', start - 1));
	},
};
