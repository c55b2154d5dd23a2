/** Where an answer begins to say the same again and again: a small model does not end by itself then. */

/** Words at the end of the text that are looked at, and how many different ones any sentence, table or list has at least. */
const WORDS = 120;
const FEWEST_DIFFERENT = 10;
/** Times that a word of a round is said in them, at least; and words in a row of which so many may be strays. */
const OFTEN = 4;
const STRETCH = 8;
const STRAY = 1;
/** Characters in which they are looked for; longer words are no language. */
const WINDOW = 4_096;
/** Characters at the end of the text that may be one or two signs again and again, and that may be a passage of so many. */
const SIGNS = { within: 400, longest: 2 } as const;
const PASSAGE = { within: 1_000, longest: 250 } as const;

/**
 * For an answer as far as it is written: characters up to the end of the first round, undefined where it goes in no circle.
 * Numbers in a table differ, so that they are no circle until they are all the same.
 */
export function firstRound(text: string): number | undefined {
	return roundOfWords(text) ?? roundOfSigns(text, SIGNS) ?? roundOfSigns(text, PASSAGE);
}

/** A few words in any order. */
function roundOfWords(text: string): number | undefined {
	const start = Math.max(0, text.length - WINDOW);
	const words = [...text.slice(start).matchAll(/\S+/g)];
	const different = new Set(words.slice(-WORDS).map(([word]) => word));
	if (words.length < WORDS || different.size >= FEWEST_DIFFERENT) {
		return undefined;
	}
	const texts = words.map(([word]) => word);
	// What stands there once or twice strayed in: it neither begins a round nor ends one.
	const again = new Set([...different].filter((word) => countOf(word, texts.slice(-WORDS)) >= OFTEN));
	let first = texts.length - WORDS;
	while (
		first > 0 &&
		texts.slice(Math.max(0, first - STRETCH), first).filter((word) => !again.has(word)).length <= STRAY
	) {
		first--;
	}
	while (again.has(texts[first - 1] ?? '')) {
		first--;
	}
	first = texts.findIndex((word, at) => at >= first && again.has(word));
	const last = Math.max(...[...again].map((word) => texts.indexOf(word, first)));
	const { 0: word = '', index = 0 } = words[last] ?? {};
	return start + index + word.length;
}

function countOf(word: string, words: readonly string[]): number {
	return words.filter((other) => other === word).length;
}

/** The same signs in the same order. */
function roundOfSigns(text: string, { within, longest }: typeof SIGNS | typeof PASSAGE): number | undefined {
	const end = text.slice(-within);
	const period = end.length < within ? undefined : shortestPeriod(end);
	if (period === undefined || period > longest) {
		return undefined;
	}
	let start = text.length - within;
	while (start > 0 && text[start - 1] === text[start - 1 + period]) {
		start--;
	}
	return start + period;
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
