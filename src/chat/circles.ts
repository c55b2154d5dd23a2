/** Whether an answer says the same again and again: a small model does not end by itself then. */

/** Words at the end of the text that are looked at, and how many different ones any sentence, table or list has at least. */
const WORDS = 120;
const FEWEST_DIFFERENT = 10;
/** Characters in which they are looked for; longer words are no language. */
const WINDOW = 4_096;
/** Characters at the end that may be one line of the same sign, and the longest passage that is said again. */
const SAME = 1_000;
const LONGEST_PASSAGE = 250;

/** For an answer as far as it is written. Numbers in a table differ, so that they are no circle until they are all the same. */
export function goesInCircles(text: string): boolean {
	const words = text.slice(-WINDOW).split(/\s+/).slice(-WORDS);
	if (words.length === WORDS && new Set(words).size < FEWEST_DIFFERENT) {
		return true;
	}
	const end = text.slice(-SAME);
	return end.length === SAME && (shortestPeriod(end) ?? SAME) <= LONGEST_PASSAGE;
}

/** Characters after which all of the text says the same again; undefined where it never does (Knuth, Morris, Pratt 1977). */
function shortestPeriod(text: string): number | undefined {
	const borders = new Uint16Array(text.length);
	for (let index = 1, border = 0; index < text.length; index++) {
		while (border > 0 && text[index] !== text[border]) {
			border = borders[border - 1] ?? 0;
		}
		border += text[index] === text[border] ? 1 : 0;
		borders[index] = border;
	}
	const border = borders.at(-1) ?? 0;
	return border === 0 ? undefined : text.length - border;
}
