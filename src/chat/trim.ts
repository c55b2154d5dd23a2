/** Cuts a text to a budget of tokens, by whole lines where it can. */

/** Which lines go first. */
export type Cut = 'start' | 'end' | 'middle';

/** Says where lines were left out, in a form no language parses as code by accident. */
const LEFT_OUT = '[…]';

/** At most `count` lines of the text. */
function keepLines(text: string, count: number, cut: Cut): string {
	const lines = text.split('\n');
	if (count >= lines.length) {
		return text;
	}
	switch (cut) {
		case 'start':
			return [LEFT_OUT, ...lines.slice(lines.length - count)].join('\n');
		case 'end':
			return [...lines.slice(0, count), LEFT_OUT].join('\n');
		case 'middle': {
			const head = Math.ceil(count / 2);
			return [...lines.slice(0, head), LEFT_OUT, ...lines.slice(lines.length - (count - head))].join('\n');
		}
	}
}

/**
 * No token is longer than this many characters in practice; text beyond budget × this is cut before any counting, so
 * that the time to count is bounded.
 */
const CHARACTERS_PER_TOKEN = 8;

/** The longest version of the text with at most `budget` tokens. */
export function trim(text: string, budget: number, cut: Cut, countTokens: (text: string) => number): string {
	const most = Math.max(0, budget) * CHARACTERS_PER_TOKEN;
	const bounded =
		text.length <= most ? text : cut === 'start' ? text.slice(text.length - most) : text.slice(0, most);
	if (countTokens(bounded) <= budget) {
		return bounded;
	}
	let least = 0;
	let count = bounded.split('\n').length;
	while (least < count) {
		const middle = Math.ceil((least + count) / 2);
		if (countTokens(keepLines(bounded, middle, cut)) <= budget) {
			least = middle;
		} else {
			count = middle - 1;
		}
	}
	if (least > 0) {
		return keepLines(bounded, least, cut);
	}
	// One line alone is too long: by characters, at the pessimistic one token each.
	const characters = Math.max(0, budget - 4);
	return cut === 'start' ? bounded.slice(bounded.length - characters) : bounded.slice(0, characters);
}
