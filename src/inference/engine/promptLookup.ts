/** Guesses what comes next by what followed the same few tokens before: code repeats its prompt, edits repeat themselves. */

/** Tokens that have to be the same before a guess is made. */
const PATTERN = 3;
/** Most tokens of one guess. Eight at once take twice as long as one (0.5B on a CPU), so two right ones pay for it. */
const MOST_GUESSED = 7;
/** Tokens without a guess after a wrong one; doubled by each wrong one that follows. */
const SHORTEST_REST = 4;
const LONGEST_REST = 64;

export class PromptLookup {
	readonly #tokens: number[];
	#rest = 0;
	#nextRest = SHORTEST_REST;

	/** @param prompt all tokens before the answer. */
	constructor(prompt: readonly number[]) {
		this.#tokens = [...prompt];
	}

	/** What may come next, perhaps nothing. @param most tokens that there is room for. */
	guess(most: number): readonly number[] {
		if (this.#rest > 0) {
			return [];
		}
		const tokens = this.#tokens;
		const end = tokens.length - PATTERN;
		for (let start = end - 1; start >= 0; start--) {
			let same = 0;
			while (same < PATTERN && tokens[start + same] === tokens[end + same]) {
				same++;
			}
			if (same === PATTERN) {
				const next = start + PATTERN;
				return tokens.slice(next, next + Math.min(most, MOST_GUESSED));
			}
		}
		return [];
	}

	/** Says what came. @param guessed tokens of the guess before it. @param right how many of them came. */
	push(came: readonly number[], guessed: number, right: number): void {
		this.#tokens.push(...came);
		if (guessed === 0) {
			this.#rest = Math.max(0, this.#rest - came.length);
		} else if (right > 0) {
			this.#nextRest = SHORTEST_REST;
		} else {
			this.#rest = this.#nextRest;
			this.#nextRest = Math.min(LONGEST_REST, this.#nextRest * 2);
		}
	}
}
