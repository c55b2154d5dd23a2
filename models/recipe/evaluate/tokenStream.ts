/** Texts as one array of tokens, with marks before each that stand for what is not there. */

const SMALLEST = 1 << 16;

export interface TokenStream {
	readonly tokens: Uint16Array;
	/** The mark: the first number that is no token. */
	readonly start: number;
}

/**
 * @param vocabulary tokens in all.
 * @param marks before each text.
 * @throws RangeError for a vocabulary that leaves no number for the mark.
 */
export function tokenStream(
	texts: Iterable<ArrayLike<number>>,
	vocabulary: number,
	marks: number,
): TokenStream {
	if (vocabulary >= 2 ** 16 - 1) {
		throw new RangeError(`A vocabulary of ${vocabulary} tokens is too large: 65,534 are the most.`);
	}
	let tokens = new Uint16Array(SMALLEST);
	let length = 0;
	for (const text of texts) {
		const end = length + marks + text.length;
		if (end > tokens.length) {
			const larger = new Uint16Array(Math.ceil(end * 1.5));
			larger.set(tokens.subarray(0, length));
			tokens = larger;
		}
		tokens.fill(vocabulary, length, length + marks);
		tokens.set(text, length + marks);
		length = end;
	}
	return { tokens: tokens.subarray(0, length), start: vocabulary };
}
