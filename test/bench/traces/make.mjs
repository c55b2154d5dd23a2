/**
 * Writes the typing traces beside it: `node test/bench/traces/make.mjs`. The texts are our own, written for this; the
 * rhythm is drawn from a seeded model, not taken from a person. The same seed gives the same trace.
 *
 * Intervals are log-normal. The mean of all keys comes near the 240 ms that 168,000 volunteers had (Dhakal et al.,
 * "Observations on Typing from 136 Million Keystrokes", CHI 2018); programmers pause before a line and before a
 * symbol, so words go faster here and lines start slower. One letter in forty is mistyped and taken back.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Medians of the intervals in milliseconds, before a key of each kind. */
const INTERVAL = { letter: 150, symbol: 230, space: 170, enter: 320, line: 700, correction: 330 };
/** Deviation of the logarithm: most intervals lie between two thirds and one and a half times the median. */
const SPREAD = 0.4;
/** Nobody who is typing waits longer, in milliseconds. */
const LONGEST = 2_500;
const MISTYPED = 1 / 40;
const CLOSERS = { '(': ')', '[': ']', '{': '}', "'": "'", '"': '"', '`': '`' };

const texts = [
	{
		name: 'inventory',
		path: 'src/inventory.js',
		languageId: 'javascript',
		seed: 11,
		before: `/** What a small shop has in stock. */

/** One kind of thing on a shelf. */
export class Item {
	constructor(name, price, count) {
		this.name = name;
		this.price = price;
		this.count = count;
	}

	get worth() {
		return this.price * this.count;
	}
}

export class Inventory {
	constructor() {
		this.items = new Map();
	}

	add(item) {
		const known = this.items.get(item.name);
		if (known === undefined) {
			this.items.set(item.name, item);
		} else {
			known.count += item.count;
		}
	}

`,
		typed: `	remove(name, count) {
		const item = this.items.get(name);
		if (item === undefined) {
			throw new Error('No such item');
		}
		if (item.count < count) {
			return false;
		}
		item.count -= count;
		return true;
	}
`,
		after: `
	find(name) {
		return this.items.get(name);
	}

	totalWorth() {
		let total = 0;
		for (const item of this.items.values()) {
			total += item.worth;
		}
		return total;
	}
}

export function describe(inventory) {
	return [...inventory.items.values()].map((item) => \`\${item.count} x \${item.name}\`).join(', ');
}
`,
	},
	{
		name: 'intervals',
		path: 'src/intervals.ts',
		languageId: 'typescript',
		seed: 23,
		before: `/** Half-open intervals of time and what one can do with a list of them. */

export interface Interval {
	readonly start: number;
	readonly end: number;
}

export function overlaps(one: Interval, other: Interval): boolean {
	return one.start < other.end && other.start < one.end;
}

export function durationOf(interval: Interval): number {
	return interval.end - interval.start;
}

export function byStart(one: Interval, other: Interval): number {
	return one.start - other.start;
}

`,
		typed: `export function merge(intervals: readonly Interval[]): Interval[] {
	const merged: Interval[] = [];
	for (const interval of [...intervals].sort(byStart)) {
		const last = merged.at(-1);
		if (last !== undefined && interval.start <= last.end) {
			merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, interval.end) };
		} else {
			merged.push(interval);
		}
	}
	return merged;
}
`,
		after: `
export function totalDuration(intervals: readonly Interval[]): number {
	return merge(intervals).reduce((sum, interval) => sum + durationOf(interval), 0);
}

export function gaps(intervals: readonly Interval[]): Interval[] {
	const merged = merge(intervals);
	return merged.slice(1).map((interval, index) => ({ start: merged[index].end, end: interval.start }));
}
`,
	},
];

for (const text of texts) {
	const { seed, ...rest } = text;
	const about =
		`Typing that was generated, not recorded from a person: text of our own, intervals drawn from a log-normal model ` +
		`with seed ${seed}, see make.mjs. An edit happens \`at\` milliseconds; it takes \`delete\` characters away before ` +
		`the cursor, puts \`insert\` before it and \`close\` after it, and moves the cursor over \`over\` characters; ` +
		`\`moves\` marks a mere move of the cursor, after which an editor does not ask.`;
	const file = path.join(path.dirname(fileURLToPath(import.meta.url)), `${text.name}.json`);
	const edits = rhythm(keystrokes(text.typed, seed), seed + 1);
	const lines = edits.map((edit) => `\t\t${oneLine(edit)}`).join(',\n');
	const head = JSON.stringify({ about, ...rest }, undefined, '\t').slice(0, -2);
	fs.writeFileSync(file, `${head},\n\t"edits": [\n${lines}\n\t]\n}\n`);
	const seconds = (edits.at(-1).at / 1000).toFixed(0);
	console.log(
		`${text.name}: ${edits.length} edits in ${seconds} s, mean ${(edits.at(-1).at / edits.length).toFixed(0)} ms`,
	);
}

/** An object as biome formats it. */
function oneLine(edit) {
	const pairs = Object.entries(edit).map(([key, value]) => `"${key}": ${JSON.stringify(value)}`);
	return `{ ${pairs.join(', ')} }`;
}

/** The edits that type the text in VS Code with its defaults: brackets and quotes close, lines indent by themselves. */
function keystrokes(text, seed) {
	const random = seededRandom(seed);
	const edits = [];
	/** What the editor has put after the cursor by itself. */
	let pending = '';
	for (let index = 0; index < text.length; ) {
		const character = text[index];
		const indented = /^\n\t*/.exec(text.slice(index))?.[0];
		if (
			indented !== undefined &&
			/^\n\t*}/.test(pending) &&
			text.startsWith(pending.slice(0, pending.indexOf('}') + 1), index)
		) {
			// Arrow down and End: past the brace that the editor has written.
			const over = pending.indexOf('}') + 1;
			edits.push({ key: 'line', over, moves: true });
			pending = pending.slice(over);
			index += over;
		} else if (indented !== undefined) {
			const opens = text[index - 1] === '{' && pending.startsWith('}');
			const close = opens ? indented.slice(0, -1) : '';
			edits.push({ key: 'enter', insert: indented, ...(opens ? { close } : {}) });
			pending = close + pending;
			index += indented.length;
		} else if (character === '\t') {
			// The first line's indentation is typed.
			edits.push({ key: 'space', insert: '\t' });
			index++;
		} else if (pending.startsWith(character) && Object.values(CLOSERS).includes(character)) {
			edits.push({ key: 'symbol', over: 1 });
			pending = pending.slice(1);
			index++;
		} else if (character in CLOSERS) {
			edits.push({ key: 'symbol', insert: character, close: CLOSERS[character] });
			pending = CLOSERS[character] + pending;
			index++;
		} else {
			const letter = /[a-z]/i.test(character);
			if (letter && random() < MISTYPED) {
				const wrong = 'qwertyuiopasdfghjklzxcvbnm'[Math.floor(random() * 26)];
				edits.push({ key: 'letter', insert: wrong }, { key: 'correction', delete: 1 });
			}
			edits.push({ key: letter ? 'letter' : character === ' ' ? 'space' : 'symbol', insert: character });
			index++;
		}
	}
	if (pending !== '') {
		throw new Error(`left after the cursor: ${JSON.stringify(pending)}`);
	}
	return edits;
}

/** Gives each edit its time. */
function rhythm(edits, seed) {
	const random = seededRandom(seed);
	const gaussian = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
	let at = 0;
	let startsLine = true;
	return edits.map(({ key, ...edit }) => {
		const middle = startsLine && key !== 'line' ? INTERVAL.line : INTERVAL[key];
		at += Math.min(LONGEST, middle * Math.exp(SPREAD * gaussian()));
		startsLine = key === 'enter' || key === 'line';
		return { at: Math.round(at), ...edit };
	});
}

/** Numbers from 0 to 1 (mulberry32). */
function seededRandom(seed) {
	let state = seed | 0;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}
