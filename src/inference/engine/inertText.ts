/** User text as tokens in which no special token can be forged. */

/** Texts up to this many characters are tokenised faster than they are looked up. */
const SHORTEST_CACHED = 256;
/** Prefix, suffix and context files of a few requests. */
const MOST_CACHED = 64;

/**
 * Tokenises text so that reserved tokens never come out: some vocabularies define their special tokens so that
 * they are found in any text. Where one is found, the text is cut inside it and the parts are tokenised apart.
 * @param tokenize the model's own, with special tokens off.
 * @param reserved special tokens and how they are written.
 */
export function inertTokenizer(
	tokenize: (text: string) => readonly number[],
	reserved: ReadonlyMap<number, string>,
): (text: string) => readonly number[] {
	const inert = (text: string): readonly number[] => {
		const tokens = tokenize(text);
		const forged = tokens.find((token) => reserved.has(token));
		const written = forged === undefined ? '' : (reserved.get(forged) ?? '');
		const at = written.length > 1 ? text.indexOf(written) : -1;
		if (forged === undefined || at < 0) {
			return tokens.filter((token) => !reserved.has(token));
		}
		return [...inert(text.slice(0, at + 1)), ...inert(text.slice(at + 1))];
	};
	return inert;
}

/** Remembers the longer texts: from one keystroke to the next, all but a few characters stay the same. */
export function remembered(
	tokenize: (text: string) => readonly number[],
): (text: string) => readonly number[] {
	const known = new Map<string, readonly number[]>();
	return (text) => {
		if (text.length < SHORTEST_CACHED) {
			return tokenize(text);
		}
		const tokens = known.get(text) ?? tokenize(text);
		known.delete(text);
		known.set(text, tokens);
		const [oldest] = known.keys();
		if (known.size > MOST_CACHED && oldest !== undefined) {
			known.delete(oldest);
		}
		return tokens;
	};
}
