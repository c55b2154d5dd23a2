/** A vocabulary's tokens by how their text begins: those that may write a text which is known already. */

import { groupBy } from '../groupBy';
import type { Vocabulary } from './fillFamilies';

/** Answers that are kept: a cursor that stays asks for the same again. */
const MOST_KEPT = 64;

/** Texts as the vocabulary writes them (with `Ġ` for a space in GPT-2's alphabet of bytes, `▁` in SentencePiece's). */
export class PieceIndex {
	readonly #kept = new Map<string, Uint32Array>();
	/** By the first character; made when first asked for, which takes some 10 ms for 150,000 tokens. */
	#byStart: ReadonlyMap<string, readonly number[]> | undefined;

	/** @param special tokens that are never merged from text. */
	constructor(
		private readonly vocabulary: Pick<Vocabulary, 'size' | 'text' | 'find'>,
		private readonly special: ReadonlySet<number>,
	) {}

	/** Undefined for a token that is never merged from text. */
	textOf(token: number): string | undefined {
		return this.special.has(token) ? undefined : this.vocabulary.text(token);
	}

	/** Whether there are tokens for the text, wherever it is cut. */
	canWrite(text: string): boolean {
		return [...text].every((character) => this.vocabulary.find(character) !== undefined);
	}

	/** Tokens that begin with all of the text, or are it. */
	covering(text: string): Uint32Array {
		const known = this.#kept.get(text);
		if (known !== undefined) {
			return known;
		}
		const found = Uint32Array.from(
			this.startingAs(text).filter((token) => this.textOf(token)?.startsWith(text) === true),
		);
		if (this.#kept.size >= MOST_KEPT) {
			this.#kept.clear();
		}
		this.#kept.set(text, found);
		return found;
	}

	/** The same, and those that the text begins with, where what is left of it can be written in turn. */
	next(text: string): Uint32Array {
		const within: number[] = [];
		for (let end = 1; end < text.length; end++) {
			const token = this.vocabulary.find(text.slice(0, end));
			if (token !== undefined && !this.special.has(token) && this.canWrite(text.slice(end))) {
				within.push(token);
			}
		}
		const covering = this.covering(text);
		return within.length === 0 ? covering : Uint32Array.from([...within, ...covering]);
	}

	private startingAs(text: string): readonly number[] {
		this.#byStart ??= groupBy(
			Array.from({ length: this.vocabulary.size }, (_, token) => token),
			(token) => this.textOf(token)?.charAt(0) ?? '',
		);
		return this.#byStart.get(text.charAt(0)) ?? [];
	}
}
