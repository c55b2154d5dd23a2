/** How a model wrote what was typed, for when more of the same word is typed: what it chose then it would choose again. */

import type { Sampled } from './lane';
import type { TypedEnd } from './typedEnd';

export class TypedMemory {
	#prompt: readonly number[] = [];
	#text = '';
	#tokens: number[] = [];

	/**
	 * How many of the first tokens need not be chosen again. Of a longer text fewer tokens are the beginning: the likeliest
	 * of more is the likeliest of these, too, as long as it is one of them.
	 */
	known(prompt: readonly number[], { text, tokens }: TypedEnd): number {
		return prompt.length === this.#prompt.length &&
			begins(prompt, this.#prompt) &&
			text.startsWith(this.#text)
			? sameBeginning(tokens, this.#tokens)
			: 0;
	}

	/** Passes on what comes. @param prompt with what was known already. */
	async *note(
		prompt: readonly number[],
		{ text, pieces }: TypedEnd,
		sampled: AsyncGenerator<Sampled, void>,
	): AsyncGenerator<Sampled, void> {
		const known = begins(prompt, this.#prompt) ? prompt.slice(this.#prompt.length) : [];
		const isKnown = known.length > 0 && sameBeginning(known, this.#tokens) === known.length;
		const tokens = isKnown ? [...known] : [];
		this.#prompt = isKnown ? this.#prompt : prompt;
		this.#text = tokens.map((token) => pieces.textOf(token)).join('') + text;
		this.#tokens = tokens;
		for await (const next of sampled) {
			if (next.isTyped === true) {
				tokens.push(next.token);
			}
			yield next;
		}
	}
}

function begins(whole: readonly number[], beginning: readonly number[]): boolean {
	return beginning.every((token, index) => token === whole[index]);
}

function sameBeginning(some: readonly number[], others: readonly number[]): number {
	const other = some.findIndex((token, index) => token !== others[index]);
	return other === -1 ? some.length : other;
}
