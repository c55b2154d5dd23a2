/** Whether accepted texts are still there: their places move with the edits, and the text is looked for near them. */

import { isAbort } from '../../inference/cancel';
import type { Log } from '../../inference/model';
import type { TextChange } from '../answered';
import type { Clock } from '../clock';
import { SURVIVAL_SECONDS, type SurvivalSeconds } from './ledger';

/** Characters before and after its place in which a text still counts as there. */
const NEAR = 300;
/** A short text is found by accident in a large window: at most this many characters for each of its own. */
const NEAR_FOR_EACH = 10;

interface SurvivalOptions {
	readonly clock: Clock;
	readonly log: Log;
	/** The text of an open document; undefined once it is closed. */
	textOf(uri: string): string | undefined;
}

interface AcceptedText {
	readonly uri: string;
	/** Where it begins, in UTF-16 units. */
	readonly offset: number;
	readonly text: string;
	/** Called after 30 s, 2 min and 5 min, unless the document was closed before. */
	onLook(seconds: SurvivalSeconds, isThere: boolean): void;
}

interface Tracked {
	readonly accepted: AcceptedText;
	readonly over: AbortController;
	offset: number;
}

export class Survival {
	private readonly tracked = new Set<Tracked>();

	constructor(private readonly options: SurvivalOptions) {}

	track(accepted: AcceptedText): void {
		const one: Tracked = { accepted, over: new AbortController(), offset: accepted.offset };
		this.tracked.add(one);
		this.follow(one).catch((error: unknown) => {
			if (!isAbort(error)) {
				this.options.log.error('An accepted completion could not be followed', error);
			}
		});
	}

	/** @param changes Those of one event, in VS Code's order: each leaves the ones after it where they are. */
	changed(uri: string, changes: readonly TextChange[]): void {
		for (const one of this.tracked) {
			if (one.accepted.uri === uri) {
				one.offset = changes.reduce((offset, change) => moved(offset, one.accepted.text, change), one.offset);
			}
		}
	}

	/** What becomes of it now is not known, and is not counted either way. */
	closed(uri: string): void {
		for (const one of this.tracked) {
			if (one.accepted.uri === uri) {
				this.drop(one);
			}
		}
	}

	/** Follows none of them any more. */
	end(): void {
		for (const one of this.tracked) {
			this.drop(one);
		}
	}

	private async follow(one: Tracked): Promise<void> {
		const { clock, textOf } = this.options;
		const { uri, text, onLook } = one.accepted;
		let passed = 0;
		for (const seconds of SURVIVAL_SECONDS) {
			await clock.sleep((seconds - passed) * 1_000, one.over.signal);
			passed = seconds;
			const document = textOf(uri);
			if (document === undefined) {
				break;
			}
			onLook(seconds, isNear(document, one.offset, text));
		}
		this.tracked.delete(one);
	}

	private drop(one: Tracked): void {
		one.over.abort();
		this.tracked.delete(one);
	}
}

/** Where a text stands after a change that was made somewhere in its document. */
function moved(offset: number, text: string, change: TextChange): number {
	const end = change.offset + change.length;
	if (end <= offset) {
		return offset + change.text.length - change.length;
	}
	if (change.offset >= offset) {
		return offset;
	}
	// It was written anew from further up, by a formatter for example: the nearest place where it stands now.
	const within = offset - change.offset;
	const expected = change.offset + Math.round((within / change.length) * change.text.length);
	let nearest: number | undefined;
	for (let at = change.text.indexOf(text); at !== -1; at = change.text.indexOf(text, at + 1)) {
		const found = change.offset + at;
		if (nearest === undefined || Math.abs(found - expected) < Math.abs(nearest - expected)) {
			nearest = found;
		}
	}
	return nearest ?? expected;
}

/** Blanks do not count: formatters change them. */
function squeezed(text: string): string {
	return text.replace(/\s+/g, '');
}

function isNear(document: string, offset: number, text: string): boolean {
	const wanted = squeezed(text);
	const near = Math.min(NEAR, wanted.length * NEAR_FOR_EACH);
	const around = document.slice(Math.max(0, offset - near), offset + text.length + near);
	return squeezed(around).includes(wanted);
}
