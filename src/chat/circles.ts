/** Whether an answer says the same again and again: a small model does not end by itself then. */

/** Words at the end of the text that are looked at, and how many different ones any sentence, table or list has at least. */
const WORDS = 120;
const FEWEST_DIFFERENT = 10;
/** Characters in which they are looked for; longer words are no language. */
const WINDOW = 4_096;
/** Characters at the end of the text that may be one or two signs again and again, and that may be a passage of so many. */
const SIGNS = { within: 400, longest: 2 } as const;
const PASSAGE = { within: 1_000, longest: 250 } as const;

/** For an answer as far as it is written. Numbers in a table differ, so that they are no circle until they are all the same. */
export function goesInCircles(text: string): boolean {
	const words = text.slice(-WINDOW).split(/\s+/).slice(-WORDS);
	if (words.length === WORDS && new Set(words).size < FEWEST_DIFFERENT) {
		return true;
	}
	return [SIGNS, PASSAGE].some(({ within, longest }) => {
		const end = text.slice(-within);
		return end.length === within && (shortestPeriod(end) ?? within) <= longest;
	});
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
