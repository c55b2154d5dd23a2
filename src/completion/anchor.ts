/** Where a prompt's prefix ends: frozen while somebody types on from there, so that a key costs a token or two. */

import type { Cursor } from './cursor';

/** Lines and characters that may have been typed since its own line was left. */
const MOST_LINES = 8;
const MOST_TYPED = 384;

/** What stays the same from key to key. */
export interface Anchored {
	readonly uri: string;
	/** Text before the anchor, from the start of the window on. */
	readonly before: string;
	readonly firstLine: number;
	readonly after: string;
	/** Where it was put: what other files say there holds for all that is typed on from it. */
	readonly place: Cursor;
}

export class Anchor {
	private kept: Anchored | undefined;

	/** Whether a prompt for that place needs nothing evaluated again but what was typed. */
	holds(place: Cursor): boolean {
		const { kept } = this;
		if (
			kept === undefined ||
			place.uri !== kept.uri ||
			place.firstLine !== kept.firstLine ||
			place.after !== kept.after ||
			!place.before.startsWith(kept.before)
		) {
			return false;
		}
		const typed = place.before.slice(kept.before.length);
		const lines = typed.split('\n').length;
		return lines === 1 || (lines <= MOST_LINES && typed.length <= MOST_TYPED);
	}

	/** The anchor of a place: the last one while that holds, else the start of the cursor's line. */
	at(place: Cursor): Anchored {
		return this.kept !== undefined && this.holds(place) ? this.kept : this.move(place);
	}

	/** Puts it at the start of the cursor's line; for when there is time to read what that changes. */
	move(place: Cursor): Anchored {
		const { uri, before, firstLine, after } = place;
		const start = before.slice(0, before.lastIndexOf('\n') + 1);
		this.kept = { uri, before: start, firstLine, after, place };
		return this.kept;
	}
}
