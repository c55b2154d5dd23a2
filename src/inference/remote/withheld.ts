/** Keys and passwords in a text that leaves this machine: names stand for them, and in the answer they stand for those. */

import type { GenerationEvent, TextEvent, ToolCall } from '../model';
import { isRecord } from '../record';
import { secretsIn } from '../secretText';

const NAME = 'WITHHELD_SECRET_';
/** Of a name's number: a name is never the beginning of another. */
const DIGITS = 4;
const WHOLE = new RegExp(`${NAME}(\\d{${DIGITS}})`, 'g');
const LENGTH = NAME.length + DIGITS;
/** Stands for what has no number left, and stays in an answer. */
const NAMELESS = NAME + '0'.repeat(DIGITS);

/** A secret that was found in one text is hidden in the others, too, from this length on: shorter ones may be words. */
const SHORTEST_KNOWN = 8;

/** The rest of a private key whose first line is not there. */
const REST_OF_KEY = /^(?:[A-Za-z0-9+/=]{16,}[ \t\r]*\n)+-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----/gm;

interface Place {
	readonly start: number;
	readonly end: number;
}

/** One for each request. */
export class Withheld {
	private readonly names = new Map<string, string>();

	get count(): number {
		return this.names.size;
	}

	/** Texts of the same request: what one of them shows to be a secret is one in all of them. */
	learn(texts: Iterable<string>): void {
		for (const text of texts) {
			for (const { start, end } of placesIn(text)) {
				this.nameOf(text.slice(start, end));
			}
		}
	}

	hide(text: string): string {
		return this.hideAcross([text])[0] ?? '';
	}

	/** Parts of one text: a secret may go over their borders, and its name stands where it begins. */
	hideAcross(parts: readonly string[]): readonly string[] {
		const text = parts.join('');
		const places = [...placesIn(text), ...this.knownIn(text)].sort((one, other) => one.start - other.start);
		const made: string[] = [];
		let start = 0;
		let next = 0;
		let done = 0;
		for (const part of parts) {
			const end = start + part.length;
			let shown = '';
			done = Math.max(done, start);
			for (let place = places[next]; place !== undefined && place.start < end; place = places[++next]) {
				// Two rules may find the same.
				if (place.end > done) {
					const from = Math.max(place.start, done);
					shown += text.slice(done, from) + this.nameOf(text.slice(from, place.end));
					done = place.end;
				}
			}
			made.push(shown + text.slice(Math.min(done, end), end));
			start = end;
		}
		return made;
	}

	private knownIn(text: string): readonly Place[] {
		return [...this.names.keys()]
			.filter((secret) => secret.length >= SHORTEST_KNOWN)
			.flatMap((secret) => {
				const places: Place[] = [];
				for (let at = text.indexOf(secret); at !== -1; at = text.indexOf(secret, at + secret.length)) {
					places.push({ start: at, end: at + secret.length });
				}
				return places;
			});
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
				yield event.type === 'call' ? { ...event, call: this.shownIn(event.call) } : event;
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

	private shownIn({ name, arguments: given }: ToolCall): ToolCall {
		const shown = (value: unknown): unknown =>
			typeof value === 'string'
				? this.shown(value)
				: Array.isArray(value)
					? value.map(shown)
					: isRecord(value)
						? shownRecord(value)
						: value;
		const shownRecord = (record: Readonly<Record<string, unknown>>) =>
			Object.fromEntries(Object.entries(record).map(([key, value]) => [key, shown(value)]));
		return { name, arguments: shownRecord(given) };
	}

	private nameOf(secret: string): string {
		const known = this.names.get(secret);
		if (known !== undefined) {
			return known;
		}
		const number = this.names.size + 1;
		if (number >= 10 ** DIGITS) {
			return NAMELESS;
		}
		const name = `${NAME}${String(number).padStart(DIGITS, '0')}`;
		this.names.set(secret, name);
		return name;
	}
}

function placesIn(text: string): readonly Place[] {
	return [
		...secretsIn(text).map(({ rule, secretStart, end }) => ({
			start: secretStart,
			end: rule === 'private key' ? endOfKey(text, secretStart, end) : end,
		})),
		...[...text.matchAll(REST_OF_KEY)].map(({ 0: whole, index }) => ({
			start: index,
			end: index + whole.length,
		})),
	].sort((one, other) => one.start - other.start);
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
