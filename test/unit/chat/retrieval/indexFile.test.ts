/** The index on disk: what is written comes back, and nothing that is not whole does. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { digestOf } from '../../../../src/chat/retrieval/digest';
import { readIndex, writeIndex } from '../../../../src/chat/retrieval/indexFile';
import { writePacked } from '../../../../src/chat/retrieval/packedFile';

const indexed = ['one', 'two', 'three'].map((name, index) => ({
	file: `/work/${name}.ts`,
	size: index,
	modified: 1_700_000_000_000.25 + index,
	...digestOf(name, `function ${name}() {}\n`.repeat(index * 40)),
}));

describe('index file', () => {
	let folder = '';
	let file = '';
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-index-'));
		file = path.join(folder, 'retrieval', 'index.bin');
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	it('comes back as it was written', async () => {
		await writeIndex(file, indexed);
		assert.deepEqual(await readIndex(file), indexed);
		assert.deepEqual(fs.readdirSync(path.dirname(file)), ['index.bin']);
	});

	it('of nothing comes back too', async () => {
		await writeIndex(file, []);
		assert.deepEqual(await readIndex(file), []);
	});

	it('that is not there counts as none', async () => assert.equal(await readIndex(file), undefined));

	it('that is cut, changed, foreign or empty counts as none', async () => {
		await writeIndex(file, indexed);
		const whole = fs.readFileSync(file);
		for (const length of [0, 10, 40, whole.length - 1]) {
			fs.writeFileSync(file, whole.subarray(0, length));
			assert.equal(await readIndex(file), undefined, `${length} bytes`);
		}
		for (const at of [3, 30, 60, whole.length - 50, whole.length - 1]) {
			const changed = Buffer.from(whole);
			changed[at] = (changed[at] ?? 0) ^ 1;
			fs.writeFileSync(file, changed);
			assert.equal(await readIndex(file), undefined, `byte ${at}`);
		}
		fs.writeFileSync(file, '{"version":1}'.repeat(100));
		assert.equal(await readIndex(file), undefined);
	});

	it('of the time when all files were cut by their indentation counts as none', async () => {
		await writePacked(file, 'familiar index 0001\n', [], []);
		assert.equal(await readIndex(file), undefined);
		await writePacked(file, 'familiar index 0002\n', [], []);
		assert.deepEqual(await readIndex(file), []);
	});

	it('leaves the earlier one where it cannot be written', async () => {
		await writeIndex(file, indexed);
		// A folder in the place of the temporary file.
		fs.mkdirSync(`${file}.${process.pid}.tmp`);
		await assert.rejects(writeIndex(file, []));
		assert.deepEqual(await readIndex(file), indexed);
	});
});
