/** Cutting text by length without ever leaving half a character (a lone surrogate) behind. */

/** At most the last `length` UTF-16 code units. */
export function keepEnd(text: string, length: number): string {
	const start = Math.max(0, text.length - Math.max(0, Math.floor(length)));
	return text.slice(splitsPair(text, start) ? start + 1 : start);
}

/** At most the first `length` UTF-16 code units. */
export function keepStart(text: string, length: number): string {
	const end = Math.min(text.length, Math.max(0, Math.floor(length)));
	return text.slice(0, splitsPair(text, end) ? end - 1 : end);
}

/** Whether an index stands between the two halves of a surrogate pair. */
function splitsPair(text: string, index: number): boolean {
	const high = text.charCodeAt(index - 1);
	const low = text.charCodeAt(index);
	return high >= 0xd800 && high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff;
}
