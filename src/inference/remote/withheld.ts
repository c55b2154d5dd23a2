/** Keys and passwords in a text that leaves this machine: names stand for them, and in the answer they stand for those. */

import type { GenerationEvent, TextEvent } from '../model';
import { secretsIn } from '../secretText';

const NAME = 'WITHHELD_SECRET_';
/** Of a name's number: a name is never the beginning of another. */
const DIGITS = 3;
const WHOLE = new RegExp(`${NAME}(\\d{${DIGITS}})`, 'g');
const LENGTH = NAME.length + DIGITS;

/** One for each request. */
export class Withheld {
	private readonly names = new Map<string, string>();

	get count(): number {
		return this.names.size;
	}

	hide(text: string): string {
		const places = secretsIn(text)
			.map(({ rule, secretStart, end }) => ({
				start: secretStart,
				end: rule === 'private key' ? endOfKey(text, secretStart, end) : end,
			}))
			.sort((one, other) => one.start - other.start);
		let made = '';
		let done = 0;
		for (const { start, end } of places) {
			// Two rules may find the same.
			if (end > done) {
				const from = Math.max(start, done);
				made += text.slice(done, from) + this.nameOf(text.slice(from, end));
				done = end;
			}
		}
		return made + text.slice(done);
	}

	/** What was hidden stands where it was, also where the answer comes in pieces. */
	async *restore(events: AsyncIterable<GenerationEvent>): AsyncGenerator<GenerationEvent, void, undefined> {
		let waiting: TextEvent | undefined;
		for await (const event of events) {
			if (event.type !== 'text') {
				if (waiting !== undefined && event.type !== 'prefilled') {
					yield { ...waiting, text: this.shown(waiting.text) };
					waiting = undefined;
				}
				yield event;
				continue;
			}
			const whole: TextEvent = waiting === undefined ? event : joined(waiting, event);
			if (this.names.size > 0 && endsWithin(whole.text)) {
				waiting = whole;
			} else {
				waiting = undefined;
				yield { ...whole, text: this.shown(whole.text) };
			}
		}
		if (waiting !== undefined) {
			yield { ...waiting, text: this.shown(waiting.text) };
		}
	}

	private shown(text: string): string {
		return this.names.size === 0
			? text
			: text.replace(WHOLE, (name) => [...this.names].find(([, other]) => other === name)?.[0] ?? name);
	}

	private nameOf(secret: string): string {
		const known = this.names.get(secret);
		if (known !== undefined) {
			return known;
		}
		const number = Math.min(this.names.size + 1, 10 ** DIGITS - 1);
		const name = `${NAME}${String(number).padStart(DIGITS, '0')}`;
		this.names.set(secret, name);
		return name;
	}
}

/** A key goes on for many lines behind what tells that it is one: to its last, or as far as it looks like one. */
function endOfKey(text: string, start: number, end: number): number {
	const footer = /-----END [A-Z0-9 ]{0,40}-----/g;
	footer.lastIndex = end;
	const found = footer.exec(text);
	const next = text.indexOf('-----BEGIN ', start + 1);
	if (found !== null && (next === -1 || found.index < next)) {
		return found.index + found[0].length;
	}
	const rest = /[A-Za-z0-9+/=\s\\"'`,:-]*/y;
	rest.lastIndex = end;
	return end + (rest.exec(text)?.[0].length ?? 0);
}

/** Whether a name may have begun and not ended. */
function endsWithin(text: string): boolean {
	for (let length = Math.min(LENGTH - 1, text.length); length > 0; length--) {
		const tail = text.slice(-length);
		const isBegun =
			length <= NAME.length
				? NAME.startsWith(tail)
				: tail.startsWith(NAME) && /^\d+$/.test(tail.slice(NAME.length));
		if (isBegun) {
			return true;
		}
	}
	return false;
}

function joined(one: TextEvent, other: TextEvent): TextEvent {
	return {
		type: 'text',
		text: one.text + other.text,
		...(one.logProbability === undefined || other.logProbability === undefined
			? {}
			: { logProbability: one.logProbability + other.logProbability }),
		...(one.tokens === undefined || other.tokens === undefined ? {} : { tokens: one.tokens + other.tokens }),
	};
}
