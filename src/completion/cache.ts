/** Texts that were generated before, found again at the same place or further along what they say. */

import { createHash } from 'node:crypto';
import { autoClosed } from './brackets';
import type { Cleaned } from './clean';
import type { Cursor } from './cursor';
import { Latest } from './latest';

/** Entries; the peers keep 100 to 1,000. An entry is about 1.5 KB. */
const CAPACITY = 250;
/** How much text before and after the cursor makes a key: one is made for each character that may be typed ahead. */
const KEY_BEFORE = 1_024;
const KEY_AFTER = 256;
/** How much must be equal: all that a prompt holds, 2,048 tokens of three characters and the line that is typed at. */
const READ_BEFORE = 8_192;
const READ_AFTER = 2_048;
/** How far back the place may lie where the text was generated, in typed characters. */
const MOST_AHEAD = 128;

/** A text as it is remembered. */
export interface Known {
	readonly cleaned: Cleaned;
	/** Mean natural logarithm of the probability of its tokens; undefined where the model did not tell. */
	readonly confidence?: number | undefined;
}

interface Found extends Known {
	/** Characters typed since the text was generated; they are no longer part of it. */
	readonly ahead: number;
}

/** The texts of one place. */
interface Entry {
	/** The one that is shown, then its alternatives. */
	readonly known: readonly Known[];
	/** Of what the model may have read there. */
	readonly read: string;
}

/** The one place where a key is made: the document, what stands before and what stands after. */
function key(uri: string, before: string, after: string): string {
	return `${uri}\n${before.slice(-KEY_BEFORE)}\0${after.slice(0, KEY_AFTER)}`;
}

/** A change further away than the key reaches says nothing to the key, and yet the model would write another text. */
function readAt(before: string, after: string): string {
	const hash = createHash('sha256');
	return hash.update(`${before.slice(-READ_BEFORE)}\0${after.slice(0, READ_AFTER)}`).digest('base64');
}

/** The texts after the cursor that may have stood there before `typed` was typed. */
function aftersBefore(typed: string, after: string): readonly string[] {
	return Array.from({ length: autoClosed(typed, after) + 1 }, (_, count) => after.slice(count));
}

export class CompletionCache {
	private readonly entries = new Latest<Entry>(CAPACITY);

	store(cursor: Cursor, known: Known): void {
		this.put(cursor, [known]);
	}

	/** One more text for a place that has one. */
	storeAlternative(cursor: Cursor, known: Known): void {
		const { uri, before, after } = cursor;
		const entry = this.entries.get(key(uri, before, after));
		const others = entry?.read === readAt(before, after) ? entry.known : [];
		this.put(cursor, [...others, known]);
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
				const origin = before.slice(0, before.length - ahead);
				const entry = this.entries.get(key(uri, origin, earlier));
				const found = (entry?.known ?? []).flatMap((known) => restOf(known, typed));
				if (found.length > 0 && entry?.read === readAt(origin, earlier)) {
					return found;
				}
			}
		}
		return [];
	}

	clear(): void {
		this.entries.clear();
	}

	private put({ uri, before, after }: Cursor, known: readonly Known[]): void {
		this.entries.set(key(uri, before, after), { known, read: readAt(before, after) });
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
