/** A replacement as it is drawn: what is struck through, and what is written beside it. */

interface Drawing {
	/** Part of the removed text that goes, from and to; the same where nothing does. */
	readonly struckFrom: number;
	readonly struckTo: number;
	/** New text at places of the removed text, in order. */
	readonly added: readonly { readonly at: number; readonly text: string }[];
}

/** Longest text that is drawn; the rest is behind an ellipsis. */
const LONGEST = 120;

export function drawing(removed: string, text: string): Drawing {
	const inside = removed === '' ? -1 : text.indexOf(removed);
	if (inside !== -1 && isWhole(text, inside, inside + removed.length)) {
		const pieces = [
			{ at: 0, text: text.slice(0, inside) },
			{ at: removed.length, text: text.slice(inside + removed.length) },
		];
		return { struckFrom: 0, struckTo: 0, added: pieces.filter((piece) => piece.text !== '').map(short) };
	}
	const { from, to, added } = difference(removed, text);
	return { struckFrom: from, struckTo: to, added: added === '' ? [] : [short({ at: to, text: added })] };
}

/** The part of a text that another one has not, no word cut, and what stands there in the other. */
export function difference(
	removed: string,
	text: string,
): { readonly from: number; readonly to: number; readonly added: string } {
	let start = 0;
	while (start < Math.min(removed.length, text.length) && removed[start] === text[start]) {
		start++;
	}
	while (start > 0 && !(isBoundary(removed, start) && isBoundary(text, start))) {
		start--;
	}
	let same = 0;
	while (
		same < Math.min(removed.length, text.length) - start &&
		removed.at(-1 - same) === text.at(-1 - same)
	) {
		same++;
	}
	while (same > 0 && !(isBoundary(removed, removed.length - same) && isBoundary(text, text.length - same))) {
		same--;
	}
	return { from: start, to: removed.length - same, added: text.slice(start, text.length - same) };
}

/** On one line, its blanks and line ends visible. */
export function onOneLine(text: string): string {
	return text.replaceAll('\r', '').replaceAll('\n', '⏎').replaceAll('\t', '  ').replaceAll(' ', '\u00A0');
}

function short({ at, text }: Drawing['added'][number]): Drawing['added'][number] {
	return { at, text: text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text };
}

/** No word is cut at the place. */
function isBoundary(text: string, at: number): boolean {
	return !/^[\w$]{2}$/.test(text.slice(Math.max(0, at - 1), at + 1)) || at === 0;
}

function isWhole(text: string, start: number, end: number): boolean {
	return isBoundary(text, start) && isBoundary(text, end);
}
