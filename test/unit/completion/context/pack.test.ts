/** The order of chunks in a prompt: what stays keeps its place, what changes often stands last. */
import * as assert from 'node:assert/strict';
import type { Chunk, SourceName } from '../../../../src/completion/context/chunk';
import { pack, sizeOf } from '../../../../src/completion/context/pack';

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
		assert.equal(names(pack(chunks, [], 10_000)), 'i r s2 s1 e p');
	});

	it('leaves what stays where it is, though it counts a little less than something new', () => {
		const before = [chunk('similar', 'old', 0.8), chunk('imports', 'i')];
		const room = before.reduce((sum, one) => sum + sizeOf(one), 0) + 10;
		const now = [chunk('similar', 'new', 0.9), ...before];
		assert.equal(names(pack(now, before, room)), 'old i');
		assert.equal(names(pack(now, [], room)), 'i new');
		assert.equal(names(pack(now, before, room * 2)), 'old i new');
	});

	it('lets a window that has moved a little stand as it stood', () => {
		const before = [chunk('similar', 'a', 1, 20)];
		const moved = { ...chunk('similar', 'a', 0.9, 24), text: 'a, further down' };
		assert.equal(pack([moved], before, 1_000)[0]?.text, before[0]?.text);
		const edited = { ...moved, origin: { ...moved.origin, version: 2 } };
		assert.equal(pack([edited], before, 1_000)[0]?.text, 'a, further down');
		const far = { ...moved, origin: { ...moved.origin, start: 60, end: 70 } };
		assert.equal(pack([far], before, 1_000)[0]?.text, 'a, further down');
	});

	it('takes one of two parts of a file that overlap', () => {
		const parts = [chunk('recent', 'a', 1, 5), { ...chunk('similar', 'a', 1, 0), text: 'other' }];
		assert.deepEqual(
			pack(parts, [], 1_000).map(({ source }) => source),
			['similar'],
		);
	});

	it('leaves room for other sources, and uses it where there are none', () => {
		const similar = ['a', 'b', 'c', 'd'].map((name) => chunk('similar', name));
		const room = 4 * sizeOf(chunk('similar', 'a')) + 10;
		const mixed = pack([...similar, chunk('recent', 'r1', 0.9), chunk('recent', 'r2', 0.8)], [], room);
		assert.equal(mixed.filter(({ source }) => source === 'recent').length, 2);
		assert.equal(pack(similar, [], room).length, 4);
	});

	it('leaves out what hardly helps', () => {
		assert.deepEqual(pack([chunk('recent', 'a', 0.1)], [], 1_000), []);
	});
});
