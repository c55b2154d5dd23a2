/** Vectors of chunks with scripted numbers: cosine, what belongs to which file, and the disk. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { VectorStore } from '../../../../src/chat/retrieval/vectors';

const indexed = (file: string, chunks: number, modified = 1) => ({
	file,
	size: 10,
	modified,
	places: new Uint32Array(chunks * 4),
	words: new Uint32Array(),
	counts: new Uint8Array(),
});

describe('vectors of chunks', () => {
	let folder = '';
	let file = '';
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-vectors-'));
		file = path.join(folder, 'kept.vectors');
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	const a = indexed('/a.ts', 2);
	const b = indexed('/b.ts', 1);

	function filled(): VectorStore {
		const store = new VectorStore('model', file);
		store.put(a, [
			[3, 0, 0],
			[0, 10, 10],
		]);
		store.put(b, [[-0.1, 0, 0]]);
		return store;
	}

	it('are found by their direction, whatever their length', () => {
		const found = filled().nearest([b, a], [0.5, 0.5, 0], 3);
		assert.deepEqual(
			found.map((one) => [one.file, one.chunk]),
			[
				[1, 0],
				[1, 1],
				[0, 0],
			],
		);
		const cosines = [Math.SQRT1_2, 0.5, -Math.SQRT1_2];
		for (const [index, cosine] of cosines.entries()) {
			assert.ok(Math.abs((found[index]?.score ?? 0) - cosine) < 0.01, `${found[index]?.score} ${cosine}`);
		}
		assert.equal(filled().nearest([a, b], [1, 0, 0], 1).length, 1);
	});

	it('count only for the file as it was', () => {
		const store = filled();
		assert.equal(store.has(a), true);
		assert.equal(store.has(indexed('/a.ts', 2, 2)), false);
		assert.deepEqual(store.nearest([indexed('/a.ts', 2, 2)], [1, 0, 0], 5), []);
		assert.equal(store.has(indexed('/empty.ts', 0)), true);
		store.keepOnly(new Set(['/b.ts']));
		assert.equal(store.has(a), false);
		assert.equal(store.has(b), true);
	});

	it('of another length are neither taken nor compared', () => {
		const store = filled();
		const c = indexed('/c.ts', 1);
		store.put(c, [[1, 2]]);
		assert.equal(store.has(c), false);
		assert.deepEqual(store.nearest([a], [1, 0], 5), []);
	});

	it('come back from disk, for the same model and from a whole file only', async () => {
		await filled().save();
		const again = new VectorStore('model', file);
		await again.load();
		assert.deepEqual(again.nearest([a, b], [1, 0, 0], 3), filled().nearest([a, b], [1, 0, 0], 3));
		const other = new VectorStore('another', file);
		await other.load();
		assert.equal(other.has(a), false);
		const bytes = fs.readFileSync(file);
		bytes[bytes.length - 40] = (bytes[bytes.length - 40] ?? 0) ^ 1;
		fs.writeFileSync(file, bytes);
		const broken = new VectorStore('model', file);
		await broken.load();
		assert.equal(broken.has(a), false);
	});
});
