/** The order of chunks in a prompt: what stays keeps its place, what changes often stands last. */
import * as assert from 'node:assert/strict';
import type { Chunk, SourceName } from '../../../../src/completion/context/chunk';
import { pack, sizeOf } from '../../../../src/completion/context/pack';
import type { ContextFile } from '../../../../src/inference/model';
import { roomOf } from '../../../support/fakeContext';

function chunk(source: SourceName, name: string, score = 1, start = 0): Chunk {
	const path = `${name}.ts`;
	return {
		source,
		path,
		text: `${name} ${'x'.repeat(90)}`,
		score,
		origin: {
			uri: `file:///${path}`,
			fullPath: `/${path}`,
			version: 1,
			isInWorkspace: true,
			start,
			end: start + 10,
		},
	};
}

const names = (chunks: readonly Chunk[]) => chunks.map(({ path }) => path.slice(0, -3)).join(' ');

describe('context: pack', () => {
	it('puts what changes most last, and the most relevant of one source last', () => {
		const chunks = [
			chunk('problems', 'p'),
			chunk('edits', 'e'),
			chunk('similar', 's1', 1),
			chunk('similar', 's2', 0.5),
			chunk('imports', 'i'),
			chunk('recent', 'r'),
		];
		assert.equal(names(pack(chunks, [], roomOf(10_000))), 'i r s2 s1 e p');
	});

	it('leaves what stays where it is, though it counts a little less than something new', () => {
		const before = [chunk('similar', 'old', 0.8), chunk('imports', 'i')];
		const room = before.reduce((sum, one) => sum + sizeOf(one), 0) + 10;
		const now = [chunk('similar', 'new', 0.9), ...before];
		assert.equal(names(pack(now, before, roomOf(room))), 'old i');
		assert.equal(names(pack(now, [], roomOf(room))), 'i new');
		assert.equal(names(pack(now, before, roomOf(room * 2))), 'old i new');
	});

	it('lets a window that has moved a little stand as it stood', () => {
		const before = [chunk('similar', 'a', 1, 20)];
		const moved = { ...chunk('similar', 'a', 0.9, 24), text: 'a, further down' };
		assert.equal(pack([moved], before, roomOf(1_000))[0]?.text, before[0]?.text);
		const edited = { ...moved, origin: { ...moved.origin, version: 2 } };
		assert.equal(pack([edited], before, roomOf(1_000))[0]?.text, 'a, further down');
		const far = { ...moved, origin: { ...moved.origin, start: 60, end: 70 } };
		assert.equal(pack([far], before, roomOf(1_000))[0]?.text, 'a, further down');
	});

	it('takes one of two parts of a file that overlap', () => {
		const parts = [chunk('recent', 'a', 1, 5), { ...chunk('similar', 'a', 1, 0), text: 'other' }];
		assert.deepEqual(
			pack(parts, [], roomOf(1_000)).map(({ source }) => source),
			['similar'],
		);
	});

	it('leaves room for other sources, and uses it where there are none', () => {
		const similar = ['a', 'b', 'c', 'd'].map((name) => chunk('similar', name));
		const room = 4 * sizeOf(chunk('similar', 'a')) + 10;
		const mixed = pack(
			[...similar, chunk('recent', 'r1', 0.9), chunk('recent', 'r2', 0.8)],
			[],
			roomOf(room),
		);
		assert.equal(mixed.filter(({ source }) => source === 'recent').length, 2);
		assert.equal(pack(similar, [], roomOf(room)).length, 4);
	});

	describe('by tokens', () => {
		/** Twenty lines, each of so many tokens. */
		const lines = (source: SourceName, name: string, score = 1): Chunk => ({
			...chunk(source, name, score),
			text: Array.from({ length: 20 }, (_, line) => `${name}${String(line).padStart(2, '0')}`).join('\n'),
		});
		const room = (tokens: number, perLine: (chunk: ContextFile) => number) => ({
			tokens,
			tokensOf: (file: ContextFile) => file.text.split('\n').length * perLine(file),
		});
		const linesOf = (chunks: readonly Chunk[]) => chunks.map(({ text }) => text.split('\n').length);

		it('takes what has few, though it has as many characters as what has many', () => {
			const chunks = [lines('similar', 'dense'), lines('similar', 'light', 0.9)];
			const dense = room(250, ({ path }) => (path.startsWith('dense') ? 200 : 10));
			assert.equal(names(pack(chunks, [], dense)), 'light');
		});

		it('fills what is left with a part of the next: of what is like the place the end', () => {
			const chunks = [lines('recent', 'a'), lines('similar', 'b')];
			const packed = pack(
				chunks,
				[],
				room(300, () => 10),
			);
			assert.equal(names(packed), 'a b');
			assert.deepEqual(linesOf(packed), [8, 20]);
			assert.match(packed[0]?.text ?? '', /^a00\n.*a07$/s);
			const [part] = pack(
				[lines('similar', 'c')],
				[],
				room(100, () => 10),
			);
			assert.match(part?.text ?? '', /^c1\d\n.*c19$/s);
		});

		it('shares the room where nothing fits as a whole', () => {
			const packed = pack(
				[lines('recent', 'a'), lines('recent', 'b', 0.9)],
				[],
				room(190, () => 10),
			);
			assert.equal(names(packed), 'b a');
			assert.ok(linesOf(packed).reduce((sum, count) => sum + count) >= 13, linesOf(packed).join());
			assert.ok(linesOf(packed).reduce((sum, count) => sum + count) <= 19, linesOf(packed).join());
		});

		it('a part stays as it is while the document does', () => {
			const chunks = [lines('recent', 'a'), lines('similar', 'b')];
			const now = room(300, () => 10);
			const before = pack(chunks, [], now);
			assert.deepEqual(
				pack(chunks, before, now).map(({ text }) => text),
				before.map(({ text }) => text),
			);
		});

		it('cuts nothing to fewer than four lines, and no signatures, hunks or errors', () => {
			assert.deepEqual(
				pack(
					[lines('recent', 'a')],
					[],
					room(30, () => 10),
				),
				[],
			);
			for (const source of ['imports', 'edits', 'problems'] as const) {
				assert.deepEqual(
					pack(
						[lines(source, 'a')],
						[],
						room(100, () => 10),
					),
					[],
					source,
				);
			}
		});
	});

	it('leaves out what hardly helps', () => {
		assert.deepEqual(pack([chunk('recent', 'a', 0.1)], [], roomOf(1_000)), []);
	});
});
