/** What another line calls the things of an example: which of its names stands there for which of the example's. */

import type { Segment } from './align';
import type { Token } from './tokens';

export class Names {
	/** Each name of the example with what stands for it; more than one where that is not clear. */
	private readonly counterparts = new Map<string, Set<string>>();
	/** Names of the example that the other line has not. */
	private readonly foreign = new Set<string>();
	/** Names of the other line that the example has not. */
	readonly own: ReadonlySet<string>;

	/** @param segments the example beside the other line. */
	constructor(segments: readonly Segment[]) {
		const names = (side: 'one' | 'other') =>
			new Set(
				segments
					.flatMap((segment): readonly Token[] =>
						segment.type === 'token' ? [segment[side]] : segment[side],
					)
					.filter(({ kind }) => kind === 'word')
					.map(({ text }) => text),
			);
		const [example, other] = [names('one'), names('other')];
		this.own = new Set([...other].filter((name) => !example.has(name)));
		for (const name of example) {
			if (!other.has(name)) {
				this.foreign.add(name);
			}
		}
		for (const segment of segments) {
			if (segment.type === 'hole') {
				this.pair(segment.one, segment.other);
			} else {
				this.add(segment.one.text, segment.other.text);
			}
		}
	}

	/** A name of the example alone, which has no business in another line. */
	isForeign(name: string): boolean {
		return this.foreign.has(name);
	}

	/** What may stand for a word of the example; undefined where nothing says that it is not the same everywhere. */
	expected(word: string): readonly string[] | undefined {
		const whole = this.counterparts.get(word);
		if (whole !== undefined) {
			return [...whole];
		}
		const parts = [...this.counterparts]
			.filter(([from, to]) => /^[A-Za-z]/.test(from) && to.size === 1 && !to.has(from))
			.flatMap(([from, [to = '']]) => variants(from, to))
			.sort(([one], [other]) => other.length - one.length);
		for (const [from, to] of parts) {
			const at = partIn(word, from);
			if (at !== -1) {
				return [word.slice(0, at) + to + word.slice(at + from.length)];
			}
		}
		return undefined;
	}

	/** Token by token; where they are not alike, the first words alone. */
	private pair(one: readonly Token[], other: readonly Token[]): void {
		const isAlike =
			one.length === other.length && one.every(({ kind }, index) => kind === other[index]?.kind);
		for (const [index, { kind, text }] of one.slice(0, isAlike ? one.length : 1).entries()) {
			const counterpart = other[index];
			if ((kind !== 'word' && kind !== 'number') || counterpart?.kind !== kind) {
				continue;
			}
			const to = counterpart.text;
			this.add(text, to);
			const part = kind === 'word' ? differentPart(text, to) : undefined;
			if (part !== undefined) {
				this.add(...part);
			}
		}
	}

	private add(from: string, to: string): void {
		const known = this.counterparts.get(from) ?? new Set();
		this.counterparts.set(from, known.add(to));
	}
}

/** The only part in which two names of several words differ: `setWidth` and `setHeight`. */
function differentPart(one: string, other: string): readonly [string, string] | undefined {
	const split = (name: string) => name.split(/(?<=[a-z\d])(?=[A-Z])|_/);
	const [from, to] = [split(one), split(other)];
	const different = from.flatMap((part, index) => (part === to[index] ? [] : [index]));
	const [index] = different;
	return from.length > 1 && from.length === to.length && different.length === 1 && index !== undefined
		? [from[index] ?? '', to[index] ?? '']
		: undefined;
}

/** As they are written, and in the other ways in which a word is written as a part of another. */
function variants(from: string, to: string): readonly (readonly [string, string])[] {
	const capital = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1);
	const small = (word: string) => word.slice(0, 1).toLowerCase() + word.slice(1);
	return [
		[from, to],
		[capital(from), capital(to)],
		[small(from), small(to)],
		[from.toUpperCase(), to.toUpperCase()],
	];
}

/** Where a name holds another as a word of its own; -1 where it does not. */
function partIn(word: string, part: string): number {
	const at = word.indexOf(part);
	const isStart = at === 0 || /[A-Z]/.test(part) || !/[A-Za-z]/.test(word[at - 1] ?? '');
	const isEnd = !/[a-z]/.test(word[at + part.length] ?? '');
	return at !== -1 && isStart && isEnd ? at : -1;
}
