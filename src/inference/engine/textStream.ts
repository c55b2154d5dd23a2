/** Tokens to text, piece by piece: never half a character, never a stop text or the start of one. */

/** What a character that is cut off in the middle becomes; also what bytes become that are none. */
const REPLACEMENT = '\uFFFD';
/** No character has more bytes than this, so that one begun but not ended lies in fewer tokens. */
const LONGEST_CHARACTER = 4;
/** What may still become a character at the end of a text. */
const UNFINISHED = /\uFFFD+$/;
/** Earlier tokens that decide whether a piece begins with a space. */
const LOOK_BACK = 4;

export type Detokenize = (tokens: readonly number[], before: readonly number[]) => string;

export class TextStream {
	/** The last tokens, of which the very end may be the beginning of a character. */
	#pending: number[] = [];
	/** Length of the text of the pending tokens that was taken already. */
	#taken = 0;
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
		const whole = text.replace(UNFINISHED, '');
		const piece = this.#take(whole);
		if (whole === text) {
			this.#keep(0);
		} else if (this.#pending.length >= LONGEST_CHARACTER) {
			// A token may end one character and begin the next, so the tokens kept may begin within a character: what
			// they make of it comes before what was taken, each time alike.
			this.#keep(LONGEST_CHARACTER - 1);
			this.#taken = this.detokenize(this.#pending, this.#before).replace(UNFINISHED, '').length;
		}
		return this.#release(piece, false);
	}

	/** What is left at the end of the generation. */
	flush(): string {
		const piece = this.#take(this.detokenize(this.#pending, this.#before));
		this.#keep(0);
		return this.#release(piece, true);
	}

	/** What of the text of the pending tokens was not taken before. */
	#take(text: string): string {
		const piece = text.slice(this.#taken);
		this.#taken = text.length;
		return piece.replaceAll(REPLACEMENT, '');
	}

	/** Only the last `count` tokens stay pending. */
	#keep(count: number): void {
		const done = this.#pending.splice(0, this.#pending.length - count);
		this.#before = [...this.#before, ...done].slice(-LOOK_BACK);
		this.#taken = 0;
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
