/** Tokens to text, piece by piece: never half a character, never a stop text or the start of one. */

/** What a character that is cut off in the middle becomes; also what bytes become that are none. */
const REPLACEMENT = '\uFFFD';
/** No character has more bytes than this, so that many tokens that make none never will. */
const LONGEST_CHARACTER = 4;
/** Earlier tokens that decide whether a piece begins with a space. */
const LOOK_BACK = 4;

export type Detokenize = (tokens: readonly number[], before: readonly number[]) => string;

export class TextStream {
	#pending: number[] = [];
	#before: readonly number[];
	#held = '';
	#stopped = false;

	/** @param before the last tokens of the prompt. */
	constructor(
		private readonly detokenize: Detokenize,
		private readonly stopTexts: readonly string[],
		before: readonly number[],
	) {
		this.#before = before.slice(-LOOK_BACK);
	}

	/** Whether a stop text was reached; it and what follows are never returned. */
	get stopped(): boolean {
		return this.#stopped;
	}

	/** The text that is certain now; may be empty. */
	push(token: number): string {
		this.#pending.push(token);
		const text = this.detokenize(this.#pending, this.#before);
		if (text.endsWith(REPLACEMENT) && this.#pending.length < LONGEST_CHARACTER) {
			return '';
		}
		return this.#release(this.#take(text), false);
	}

	/** What is left at the end of the generation. */
	flush(): string {
		return this.#release(this.#take(this.detokenize(this.#pending, this.#before)), true);
	}

	#take(text: string): string {
		this.#before = [...this.#before, ...this.#pending].slice(-LOOK_BACK);
		this.#pending = [];
		return text.replaceAll(REPLACEMENT, '');
	}

	#release(text: string, isEnd: boolean): string {
		if (this.#stopped) {
			return '';
		}
		const all = this.#held + text;
		const starts = this.stopTexts.map((stop) => all.indexOf(stop)).filter((index) => index >= 0);
		if (starts.length > 0) {
			this.#stopped = true;
			return all.slice(0, Math.min(...starts));
		}
		const held = isEnd ? 0 : Math.max(0, ...this.stopTexts.map((stop) => overlap(all, stop)));
		this.#held = all.slice(all.length - held);
		return all.slice(0, all.length - held);
	}
}

/** Length of the longest end of `text` that `stop` begins with. */
function overlap(text: string, stop: string): number {
	for (let length = Math.min(text.length, stop.length - 1); length > 0; length--) {
		if (text.endsWith(stop.slice(0, length))) {
			return length;
		}
	}
	return 0;
}
