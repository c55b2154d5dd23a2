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

export interface Found {
	readonly cleaned: Cleaned;
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
	/** In order of use, the oldest first. */
	private readonly entries = new Map<string, Cleaned>();

	store(cursor: Cursor, cleaned: Cleaned): void {
		const place = key(cursor.uri, cursor.before, cursor.after);
		this.entries.delete(place);
		this.entries.set(place, cleaned);
		for (const oldest of this.entries.keys()) {
			if (this.entries.size <= CAPACITY) {
				break;
			}
			this.entries.delete(oldest);
		}
	}

	/**
	 * What is known at the cursor: the text generated here, or the rest of one generated earlier on the way, where
	 * everything typed since agrees with it. "Nothing to add" is known at its own place only.
	 */
	find(cursor: Cursor): Found | undefined {
		const { before, after } = cursor;
		for (let ahead = 0; ahead <= Math.min(MOST_AHEAD, before.length); ahead++) {
			const typed = before.slice(before.length - ahead);
			for (const earlier of aftersBefore(typed, after)) {
				const found = this.use(key(cursor.uri, before.slice(0, before.length - ahead), earlier));
				if (found?.type === 'nothing' && ahead === 0) {
					return { cleaned: found, ahead };
				}
				if (found?.type === 'clean' && found.text.length > ahead && found.text.startsWith(typed)) {
					return { cleaned: { type: 'clean', text: found.text.slice(ahead) }, ahead };
				}
			}
		}
		return undefined;
	}

	clear(): void {
		this.entries.clear();
	}

	private use(place: string): Cleaned | undefined {
		const found = this.entries.get(place);
		if (found !== undefined) {
			this.entries.delete(place);
			this.entries.set(place, found);
		}
		return found;
	}
}
