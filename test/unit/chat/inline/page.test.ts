/** Tests of the page of an edit: what is shown, which hunk is where, and what is left when one is decided. */

import assert from 'node:assert/strict';
import {
	dropped,
	hunkAt,
	lineInFile,
	nextHunk,
	pageOf,
	taken,
	type Undecided,
} from '../../../../src/chat/inline/page';
import { applyLineEdits, editsBetween, type LineEdit } from '../../../../src/chat/patch';

const base = ['a', 'b', 'c', 'd', 'e'];
const edits: readonly LineEdit[] = [
	{ start: 1, removed: 1, lines: ['B', 'BB'] },
	{ start: 3, removed: 0, lines: ['cc'] },
	{ start: 4, removed: 1, lines: [] },
];

/** The lines with what happens to each of them. */
function marked(lines: readonly string[], made: readonly LineEdit[]): readonly string[] {
	const page = pageOf(lines, made);
	const isIn = (ranges: typeof page.removed, line: number) =>
		ranges.some(({ start, end }) => line >= start && line <= end);
	return page.lines.map((text, line) =>
		[isIn(page.removed, line) ? '-' : isIn(page.added, line) ? '+' : ' ', text].join(''),
	);
}

describe('chat/inline/page', () => {
	it('shows what goes and below it what comes', () => {
		assert.deepEqual(marked(base, edits), [' a', '-b', '+B', '+BB', ' c', '+cc', ' d', '-e']);
		assert.deepEqual(pageOf(base, edits).hunks, [
			{ start: 1, end: 3 },
			{ start: 5, end: 5 },
			{ start: 7, end: 7 },
		]);
	});

	it('knows which line of the file a line of the page is', () => {
		const { lines } = pageOf(base, edits);
		assert.deepEqual(
			lines.map((_, line) => base[lineInFile(lines, base, line)]),
			['a', 'b', 'c', 'c', 'c', 'd', 'd', 'e'],
		);
		assert.equal(lineInFile(lines, [''], 7), 0);
		assert.equal(lineInFile(lines, base, 99), 4);
	});

	it('shows a file as it is where nothing changes', () => {
		assert.deepEqual(pageOf(base, []), { lines: base, removed: [], added: [], hunks: [] });
	});

	it('shows a whole file that is replaced, with and without a line break at its end', () => {
		for (const end of [[], ['']]) {
			const whole = [{ start: 0, removed: 2 + end.length, lines: ['x', ...end] }];
			const old = ['a', 'b', ...end];
			assert.deepEqual(marked(old, whole), [
				...old.map((text) => `-${text}`),
				'+x',
				...end.map((text) => `+${text}`),
			]);
		}
		assert.deepEqual(marked([''], [{ start: 0, removed: 1, lines: ['x'] }]), ['-', '+x']);
	});

	it('shows very many lines', () => {
		const lines = Array.from({ length: 300_000 }, (_, index) => `${index}`);
		assert.equal(pageOf(lines, [{ start: 5, removed: 0, lines: ['x'] }]).lines.length, 300_001);
	});

	it('finds the hunk that a line is in, else the one below, else the last', () => {
		const page = pageOf(base, edits);
		assert.deepEqual(
			[0, 1, 3, 4, 5, 6, 7, 99].map((line) => hunkAt(page, line)),
			[0, 0, 0, 1, 1, 2, 2, 2],
		);
		assert.equal(hunkAt(pageOf(base, []), 0), undefined);
	});

	it('goes from hunk to hunk, and from the last to the first', () => {
		const page = pageOf(base, edits);
		assert.deepEqual(
			[0, 1, 4, 5, 7, 99].map((line) => nextHunk(page, line)),
			[1, 5, 5, 7, 1, 1],
		);
		assert.equal(nextHunk(pageOf(base, []), 0), undefined);
	});

	it('comes to the same lines in whatever order hunks are taken', () => {
		const after = applyLineEdits(base, edits);
		for (const order of [
			[0, 0, 0],
			[2, 1, 0],
			[1, 1, 0],
			[1, 0, 0],
			[2, 0, 0],
			[0, 1, 0],
		]) {
			const done = order.reduce<Undecided>((left, index) => taken(left, index), { base, edits });
			assert.deepEqual(done, { base: after, edits: [] }, String(order));
		}
	});

	it('comes to the lines of the hunks that were taken where others are dropped between', () => {
		const [first, second, third] = edits;
		assert.ok(first !== undefined && second !== undefined && third !== undefined);
		const left = dropped(taken({ base, edits }, 0), 0);
		assert.deepEqual(taken(left, 0), { base: applyLineEdits(base, [first, third]), edits: [] });
		const other = taken(dropped({ base, edits }, 2), 1);
		assert.deepEqual(other.base, applyLineEdits(base, [second]));
		assert.deepEqual(other.edits, [first]);
	});

	it('decides nothing about a hunk that is not there', () => {
		assert.deepEqual(taken({ base, edits }, 3), { base, edits });
		assert.deepEqual(dropped({ base, edits }, 3), { base, edits });
	});

	it('shows any change of random lines so that each side can be read from it', () => {
		let seed = 7;
		const random = (below: number) => {
			seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
			return seed % below;
		};
		const text = () => Array.from({ length: random(12) + 1 }, () => 'abcd'.charAt(random(4)));
		for (let round = 0; round < 300; round++) {
			const [old, written] = [text(), text()];
			const all = marked(old, editsBetween(old, written));
			const side = (mark: string) =>
				all.filter((line) => !line.startsWith(mark)).map((line) => line.slice(1));
			assert.deepEqual([side('+'), side('-')], [old, written]);
		}
	});
});
