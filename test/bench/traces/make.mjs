/**
 * Writes the typing traces beside it: `node test/bench/traces/make.mjs`. The texts are our own, written for this; the
 * rhythm is drawn from a seeded model, not taken from a person. The same seed gives the same trace.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { keystrokes, rhythm } from './keystrokes.mjs';

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
