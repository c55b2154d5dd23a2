/** When two lines of code say the same: exactly but for blanks, or nearly. */

/** A line without what formatters change: blanks, the kind of quotes, a comma or semicolon at the end. */
export function essence(line: string): string {
	return line
		.replace(/\s+/g, '')
		.replace(/['`]/g, '"')
		.replace(/[,;]+$/, '');
}

/** Lines of brackets, punctuation or one letter repeat everywhere and prove nothing. */
export function isTelling(line: string, shortest: number): boolean {
	return line.length >= shortest && /\w{2}/.test(line);
}

/** Share of a line that may differ in a near repetition; the peers use 5 % (Tabby) and 10 % (Continue). */
const DIFFERENT = 0.1;

/** Whether two lines differ in at most a tenth of their characters. */
export function isNear(one: string, other: string): boolean {
	const most = Math.floor(Math.max(one.length, other.length) * DIFFERENT);
	return Math.abs(one.length - other.length) <= most && distance(one, other) <= most;
}

/** Levenshtein's, in UTF-16 units. */
function distance(one: string, other: string): number {
	let row = Array.from({ length: other.length + 1 }, (_, index) => index);
	for (let index = 0; index < one.length; index++) {
		const next = [index + 1];
		for (let column = 0; column < other.length; column++) {
			const replaced = (row[column] ?? 0) + (one[index] === other[column] ? 0 : 1);
			next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
		}
		row = next;
	}
	return row[other.length] ?? 0;
}
