/** One suggestion over all the requests that continue it while it is typed along, and how much of it was taken. */

import type { AnsweredRequest, Delivered, TextChange } from '../answered';
import type { Kind } from '../kind';
import type { Group } from './ledger';

export function isText(request: AnsweredRequest): request is Delivered {
	return request.outcome.type === 'text';
}

/** What the editor types by itself behind an opener. */
const PAIRS: ReadonlySet<string> = new Set(['()', '[]', '{}', '<>', '""', "''", '``']);

export class Suggestion {
	isShown = false;
	isTakenInPart = false;
	/** Of the place where it was first suggested; undefined where somebody asked for it, who wanted it anyway. */
	readonly kind: Kind | undefined;
	/** Characters of the last request's text that stand in the document. */
	private done = 0;
	/** Nothing else was written since the last request. */
	private stands = true;

	constructor(
		readonly group: Omit<Group, 'day'>,
		private request: Delivered,
	) {
		this.kind = request.trigger === 'automatic' ? request.trace.kind : undefined;
	}

	/** Characters that accepting what is left of it adds. */
	get left(): number {
		const { text, covers } = this.request.outcome;
		return Math.max(0, text.length - covers - this.done);
	}

	isIn(uri: string): boolean {
		return this.request.uri === uri;
	}

	/** Takes up a later request that says the rest of the same; false for one that says something else. */
	continues(request: Delivered): boolean {
		const isSame =
			request.uri === this.request.uri &&
			endOf(request) === endOf(this.request) &&
			this.request.outcome.text.endsWith(request.outcome.text);
		if (isSame) {
			this.request = request;
			this.done = 0;
			this.stands = true;
		}
		return isSame;
	}

	/** Whether it is what an earlier or the same request suggested: the editor may accept either. */
	includes(request: Delivered): boolean {
		return (
			request.uri === this.request.uri &&
			endOf(request) === endOf(this.request) &&
			request.outcome.text.endsWith(this.request.outcome.text)
		);
	}

	/**
	 * Something was written into its document.
	 *
	 * @returns how many characters were taken over in one step, as accepting a word or a line does; `typed` for
	 * what a keystroke does; `other` where the suggestion no longer stands.
	 */
	hears(changes: readonly TextChange[]): number | 'typed' | 'other' {
		const [change, ...more] = changes;
		const { text } = this.request.outcome;
		const rest = text.slice(this.done);
		const isAlong =
			change !== undefined &&
			more.length === 0 &&
			this.stands &&
			change.offset === this.request.offset + this.done &&
			rest.startsWith(change.text);
		if (isAlong && change.text.length === rest.length) {
			// All of it: typed to the end, or accepted, of which the command tells.
			return 'typed';
		}
		if (!isAlong || change.length > 0) {
			this.stands = false;
			return 'other';
		}
		this.done += change.text.length;
		return isOneKey(change.text) ? 'typed' : change.text.length;
	}
}

function endOf({ offset, outcome }: Delivered): number {
	return offset + outcome.text.length;
}

/** Whether one key writes this: a character, a line end with indentation, or an opener with its closer. */
function isOneKey(text: string): boolean {
	return [...text].length < 2 || text.trim() === '' || PAIRS.has(text);
}
