/** How fast somebody types, read from the requests that an editor makes after keystrokes. */

import { Average } from './average';
import type { Cursor } from './cursor';

/** Share of the newest interval: about twenty count, the least that Tabby's window holds. */
const WEIGHT = 2 / 21;
/** Milliseconds between two keys until there is a measurement (Tabby's), and the bounds of what is believed (too). */
const USUAL = 200;
const FASTEST = 100;
const SLOWEST = 400;
/** Milliseconds after which somebody was thinking; that says nothing of how fast they type. */
const THINKING = 1_000;
/** More characters than this at once were pasted or accepted. */
const MOST_KEYS = 8;

interface Place {
	readonly uri: string;
	/** Characters before the cursor. */
	readonly length: number;
	/** By the clock. */
	readonly time: number;
}

export class Rhythm {
	private readonly average = new Average(WEIGHT);
	private last: Place | undefined;
	private tookBack = false;

	/** Milliseconds between two keys in the midst of typing, 100 to 400. */
	get interval(): number {
		return Math.min(SLOWEST, Math.max(FASTEST, this.average.value ?? USUAL));
	}

	/** Whether the last keystroke deleted something: whoever takes back types on. */
	get isTakingBack(): boolean {
		return this.tookBack;
	}

	/** Hears of every request that nobody made by hand. `now` is a time of the clock. */
	observe(cursor: Cursor, now: number): void {
		const { last } = this;
		const { uri, before } = cursor;
		this.last = { uri, length: before.length, time: now };
		this.tookBack = false;
		if (last === undefined || last.uri !== uri || last.length === before.length) {
			return;
		}
		const keys = keysBetween(last.length, before);
		if (keys > MOST_KEYS) {
			return;
		}
		this.tookBack = before.length < last.length;
		// An editor does not ask between two keys that follow closely: then one request stands for several.
		const interval = (now - last.time) / keys;
		if (interval <= THINKING) {
			this.average.add(interval);
		}
	}
}

/** How many keys it takes to get there from a text of `length` characters; a line break brings its indentation. */
function keysBetween(length: number, before: string): number {
	return before.slice(length).includes('\n') ? 1 : Math.abs(before.length - length);
}
