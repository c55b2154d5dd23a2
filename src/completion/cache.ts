/** Texts that were generated before, found again at the same place or further along what they say. */

import { autoClosed } from './brackets';
import type { Cleaned } from './clean';
import type { Cursor } from './cursor';

/** Entries; the peers keep 100 to 1,000. An entry is about 1.5 KB. */
const CAPACITY = 250;
/** How much text before and after the cursor must be equal. */
const KEY_BEFORE = 1_024;
const KEY_AFTER = 256;
/** How far back the place may lie where the text was generated, in typed characters. */
const MOST_AHEAD = 128;

/** A text as it is remembered. */
export interface Known {
	readonly cleaned: Cleaned;
	/** Mean natural logarithm of the probability of its tokens; undefined where the model did not tell. */
	readonly confidence?: number | undefined;
}

export interface Found extends Known {
	/** Characters typed since the text was generated; they are no longer part of it. */
	readonly ahead: number;
}

/** The one place where a key is made: the document, what stands before and what stands after. */
function key(uri: string, before: string, after: string): string {
	return `${uri}\n${before.slice(-KEY_BEFORE)}\0${after.slice(0, KEY_AFTER)}`;
}

/** The texts after the cursor that may have stood there before `typed` was typed. */
function aftersBefore(typed: string, after: string): readonly string[] {
	return Array.from({ length: autoClosed(typed, after) + 1 }, (_, count) => after.slice(count));
}

export class CompletionCache {
	/** In order of use, the oldest first. For each place the text that is shown, then its alternatives. */
	private readonly entries = new Map<string, readonly Known[]>();

	store(cursor: Cursor, known: Known): void {
		this.put(cursor, [known]);
	}

	/** One more text for a place that has one. */
	storeAlternative(cursor: Cursor, known: Known): void {
		const before = this.entries.get(key(cursor.uri, cursor.before, cursor.after)) ?? [];
		this.put(cursor, [...before, known]);
	}

	/**
	 * What is known at the cursor: the text generated here, or the rest of one generated earlier on the way, where
	 * everything typed since agrees with it. "Nothing to add" is known at its own place only.
	 */
	find(cursor: Cursor): Found | undefined {
		return this.findAll(cursor)[0];
	}

	/** The same with its alternatives, as far as what was typed agrees with them. */
	findAll({ uri, before, after }: Cursor): readonly Found[] {
		for (let ahead = 0; ahead <= Math.min(MOST_AHEAD, before.length); ahead++) {
			const typed = before.slice(before.length - ahead);
			for (const earlier of aftersBefore(typed, after)) {
				const place = key(uri, before.slice(0, before.length - ahead), earlier);
				const found = (this.entries.get(place) ?? []).flatMap((known) => restOf(known, typed));
				if (found.length > 0) {
					this.touch(place);
					return found;
				}
			}
		}
		return [];
	}

	clear(): void {
		this.entries.clear();
	}

	private put(cursor: Cursor, known: readonly Known[]): void {
		const place = key(cursor.uri, cursor.before, cursor.after);
		this.entries.delete(place);
		this.entries.set(place, known);
		for (const oldest of this.entries.keys()) {
			if (this.entries.size <= CAPACITY) {
				break;
			}
			this.entries.delete(oldest);
		}
	}

	private touch(place: string): void {
		const found = this.entries.get(place);
		if (found !== undefined) {
			this.entries.delete(place);
			this.entries.set(place, found);
		}
	}
}

function restOf({ cleaned, confidence }: Known, typed: string): readonly Found[] {
	const ahead = typed.length;
	if (cleaned.type === 'nothing') {
		return ahead === 0 ? [{ cleaned, confidence, ahead }] : [];
	}
	return cleaned.text.length > ahead && cleaned.text.startsWith(typed)
		? [{ cleaned: { type: 'clean', text: cleaned.text.slice(ahead) }, confidence, ahead }]
		: [];
}
