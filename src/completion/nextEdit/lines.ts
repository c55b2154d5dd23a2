/** Where the line of an offset begins and ends. */

export function startOfLine(text: string, offset: number): number {
	return offset <= 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** Before its line break, or the end of the text. */
export function endOfLine(text: string, offset: number): number {
	const end = text.indexOf('\n', offset);
	return end === -1 ? text.length : end;
}
