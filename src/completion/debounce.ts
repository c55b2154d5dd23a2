/**
 * The pause before the model is asked: as long as it takes to tell that somebody has stopped typing, where a wrong
 * guess is dear, and none where it is cheap or where a suggestion is likely to be wanted.
 */

import type { AnswerTime } from './answerTime';
import type { Clock } from './clock';
import { type Cursor, lineBefore } from './cursor';
import { Rhythm } from './rhythm';

/** Milliseconds in which the editor's request for what follows an accepted text arrives. */
const AFTER_ACCEPTING = 500;
/** Milliseconds from a keystroke to VS Code's request (its `InlineCompletionsDebounce`): they are waited already. */
const BEFORE_ASKING = 50;

/**
 * How many intervals between two keys make a pause, by what was typed last. The peers know one number for all (Zed
 * and llm-vscode 150 ms, Cody 250, Twinny 300, Continue 350) but Tabby, whose rate halves after what is no word
 * character and at line ends. These were chosen on the typing traces: fewer questions than with 75 ms after every
 * key as soon as an answer takes 150 ms, and yet texts stand there for longer before the next key comes.
 */
const PAUSE = {
	/** In the midst of a word, or of taking something back: the next key is nearly always under way. */
	word: 1.25,
	/** A blank, an operator, a quote, a closing bracket. */
	other: 0.5,
	/** An opening bracket, a dot, a comma and a blank, a new line: one would like to be told what follows. */
	invitation: 0,
} as const;

interface Typing {
	/** The cursor's line up to the cursor. */
	readonly line: string;
	/** The last keystroke deleted something. */
	readonly isTakingBack: boolean;
	/** Milliseconds between two keys. */
	readonly interval: number;
	/** Milliseconds that an answer takes on this machine; Infinity where nothing is known. */
	readonly answerTime: number;
}

/** What stands before the cursor. @param line up to the cursor. */
export function lastTyped(line: string): keyof typeof PAUSE {
	if (/[\p{L}\p{M}\p{N}_$]$/u.test(line)) {
		return 'word';
	}
	return /(?:^\s*|[([{.]|->|::|(?:[,:=]|=>) )$/.test(line) ? 'invitation' : 'other';
}

/**
 * Milliseconds from the editor's request to the question, at least 0. A pause is measured in intervals between two
 * keys, or in answers where those are shorter: an answer that is there before the next key can disturb nobody, so
 * that nobody ever waits much longer than for the answer itself.
 */
export function pauseAfter(typing: Typing): number {
	const pause =
		PAUSE[typing.isTakingBack ? 'word' : lastTyped(typing.line)] *
		Math.min(typing.interval, typing.answerTime);
	return Math.max(0, pause - BEFORE_ASKING);
}

export class Debounce {
	private readonly rhythm = new Rhythm();
	private skipUntil = 0;

	constructor(
		private readonly clock: Clock,
		private readonly answerTime: AnswerTime,
	) {}

	/** Hears of every request that nobody made by hand, also where it is refused: it tells how fast somebody types. */
	observe(cursor: Cursor): void {
		this.rhythm.observe(cursor, this.clock.now());
	}

	/** Waits are none for half a second: whoever accepts a text is ready for what follows it. */
	skip(): void {
		this.skipUntil = this.clock.now() + AFTER_ACCEPTING;
	}

	/**
	 * Waits for the next key, at most until `most` milliseconds have passed since `since` (a time of the clock).
	 * Rejects with an AbortError when the signal fires.
	 */
	async wait(cursor: Cursor, most: number, since: number, signal: AbortSignal): Promise<void> {
		const pause = pauseAfter({
			line: lineBefore(cursor),
			isTakingBack: this.rhythm.isTakingBack,
			interval: this.rhythm.interval,
			answerTime: this.answerTime.milliseconds,
		});
		const rest = Math.min(most, pause) - (this.clock.now() - since);
		if (rest > 0 && this.clock.now() >= this.skipUntil) {
			await this.clock.sleep(rest, signal);
		}
	}
}
