/** Finds a text that has begun to go round in circles. */

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
export function repetitionStart(text: string): number | undefined {
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

/** A line that goes round in circles is worth nothing from its start: the text ends with the line before. */
export function repetitionEnd(text: string): number | undefined {
	const start = repetitionStart(text);
	return start === undefined ? undefined : Math.max(0, text.lastIndexOf('\n', start - 1));
}

/**
 * The same over whole lines: a line that follows its like, or comes back a third time. Honest code repeats short
 * lines (`}`, `break;`), so only lines of eight characters and more count. Unless `isComplete`, the last line may
 * still grow into something else.
 */
export function repeatedLineEnd(text: string, isComplete: boolean): number | undefined {
	const seen = new Map<string, number>();
	const lines = text.split('\n');
	let start = 0;
	for (const [number, line] of lines.entries()) {
		const content = line.trim();
		const isWhole = isComplete || number < lines.length - 1;
		if (isWhole && content.length >= 8) {
			const times = (seen.get(content) ?? 0) + 1;
			if (times >= 3 || lines[number - 1]?.trim() === content) {
				return Math.max(0, start - 1);
			}
			seen.set(content, times);
		}
		start += line.length + 1;
	}
	return undefined;
}
