/** A dataset comes back from disk as it was, and nothing else is taken for one. */
import * as assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { DatasetError } from '../../../../src/finetune/dataset/datasetError';
import { readDataset, writeDataset } from '../../../../src/finetune/dataset/datasetFile';
import type { Dataset, DatasetHeader, Sample } from '../../../../src/finetune/dataset/sample';
import { isAbort } from '../../../../src/inference/cancel';

const never = new AbortController().signal;
const vocabulary = 1_000;

const sampleOf = (length: number, file: number): Sample => ({
	tokens: Int32Array.from({ length }, (_, index) => (index * 37 + file) % vocabulary),
	weights: Float32Array.from({ length }, (_, index) => (index === 0 ? 0 : (index % 3) / 2)),
	file,
});
const train = [sampleOf(5, 0), sampleOf(64, 1), sampleOf(2, 0)];
const heldOut = [sampleOf(17, 2)];
const header: DatasetHeader = {
	version: 1,
	promptFormat: 1,
	basePath: '/models/base.gguf',
	repositories: ['sample'],
	files: ['sample/a.ts', 'sample/ä.ts', 'sample/c.ts'],
	lossOn: 'middle',
	seed: 1,
	longest: 64,
	train: { samples: 3, tokens: 71, weighted: 46, files: 2 },
	heldOut: { samples: 1, tokens: 17, weighted: 11, files: 1 },
};
const dataset: Omit<Dataset, 'hash'> = { header, train, heldOut };

describe('datasetFile', () => {
	let folder = '';
	let file = '';
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-dataset-'));
		file = path.join(folder, 'data.bin');
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	const refuses = (expected: RegExp, among = vocabulary) =>
		assert.rejects(readDataset(file, among, never), (error) => {
			assert.ok(error instanceof DatasetError, String(error));
			assert.match(error.message, expected);
			assert.ok(error.message.includes(file) && /Prepare the data again\.$/.test(error.message));
			return true;
		});

	it('comes back as it was, known by the hash of its bytes', async () => {
		const hash = await writeDataset(file, dataset, never);
		assert.equal(hash, createHash('sha256').update(fs.readFileSync(file)).digest('hex'));
		assert.deepEqual(await readDataset(file, vocabulary, never), { ...dataset, hash });
		assert.deepEqual(fs.readdirSync(folder), ['data.bin']);
		assert.equal(await writeDataset(path.join(folder, 'again.bin'), dataset, never), hash);
	});

	it('keeps what was checked out, how the test was chosen, and what the model wrote itself', async () => {
		const more: DatasetHeader = {
			...header,
			heads: [{ repository: 'sample', commit: '0123abcd', at: 1_700_000_000_000 }],
			test: { by: 'time', places: 212 },
			replay: 1,
		};
		await writeDataset(file, { ...dataset, header: more }, never);
		assert.deepEqual((await readDataset(file, vocabulary, never)).header, more);
		const changes: readonly object[] = [
			{ heads: [{ repository: 'sample', commit: 7, at: 1 }] },
			{ heads: 'main' },
			{ test: { by: 'chance', places: 1 } },
			{ test: { by: 'time', places: -1 } },
			{ replay: 'some' },
		];
		for (const change of changes) {
			await writeDataset(file, { ...dataset, header: { ...more, ...change } }, never);
			await refuses(/header lacks something/);
		}
	});

	it('can be read by its owner only', async function () {
		if (process.platform === 'win32') {
			this.skip();
		}
		await writeDataset(file, dataset, never);
		assert.equal(fs.statSync(file).mode & 0o777, 0o600);
	});

	it('comes back when it is larger than a block', async () => {
		const many = Array.from({ length: 6_000 }, (_, index) => sampleOf(2 + (index % 60), index % 3));
		const tokens = many.reduce((sum, sample) => sum + sample.tokens.length, 0);
		const large = {
			...dataset,
			header: { ...header, train: { ...header.train, samples: 6_000, tokens } },
			train: many,
		};
		const hash = await writeDataset(file, large, never);
		assert.ok(fs.statSync(file).size > 1_100_000);
		assert.deepEqual(await readDataset(file, vocabulary, never), { ...large, hash });
	});

	it('leaves an earlier file alone when writing fails or is cancelled', async () => {
		fs.writeFileSync(file, 'earlier');
		await assert.rejects(writeDataset(path.join(folder, 'none/data.bin'), dataset, never), /ENOENT/);
		await assert.rejects(writeDataset(file, dataset, AbortSignal.abort()), isAbort);
		fs.mkdirSync(path.join(folder, 'taken'));
		await assert.rejects(writeDataset(path.join(folder, 'taken'), dataset, never));
		assert.equal(fs.readFileSync(file, 'utf8'), 'earlier');
		assert.deepEqual(fs.readdirSync(folder).sort(), ['data.bin', 'taken']);
	});

	it('stops reading when it is cancelled', async () => {
		await writeDataset(file, dataset, never);
		await assert.rejects(readDataset(file, vocabulary, AbortSignal.abort()), isAbort);
	});

	it('is refused wherever it is cut off, and when something follows', async () => {
		await writeDataset(file, dataset, never);
		const whole = fs.readFileSync(file);
		for (let length = 0; length < whole.length; length += 3) {
			fs.writeFileSync(file, whole.subarray(0, length));
			await refuses(/it ends within|it is cut off: \d+ bytes instead of \d+/);
		}
		fs.writeFileSync(file, Buffer.concat([whole, Buffer.alloc(4)]));
		await refuses(/something follows its end/);
	});

	it('is refused when it is missing, something else, or of another version', async () => {
		await refuses(/cannot be opened \(ENOENT/);
		fs.writeFileSync(file, 'GGUF and more of it');
		await refuses(/it is no dataset/);
		for (const [changes, expected] of [
			[{ version: 2 }, /it has version 2 of the layout.*reads version 1/],
			[{ files: 'a' }, /its header lacks something/],
			[{ train: { ...header.train, tokens: -1 } }, /its header lacks something/],
		] as const) {
			const json = Buffer.from(JSON.stringify({ ...header, ...changes }));
			const padded = Buffer.alloc(Math.ceil(json.length / 4) * 4, ' ');
			json.copy(padded);
			const length = Buffer.alloc(4);
			length.writeUInt32LE(padded.length);
			fs.writeFileSync(file, Buffer.concat([Buffer.from('FDS1'), length, padded]));
			await refuses(expected);
		}
		fs.writeFileSync(
			file,
			Buffer.concat([Buffer.from('FDS1'), Buffer.from([4, 0, 0, 0]), Buffer.from('{]  ')]),
		);
		await refuses(/its header is no JSON/);
		fs.writeFileSync(file, Buffer.concat([Buffer.from('FDS1'), Buffer.alloc(4, 0xfc)]));
		await refuses(/its header claims \d+ bytes/);
	});

	it('allocates nothing for what a header only claims', async () => {
		const claimed = { ...header, train: { ...header.train, samples: 2 ** 40, tokens: 2 ** 50 } };
		await writeDataset(file, { ...dataset, header: claimed }, never);
		await refuses(/it is cut off/);
	});

	it('is refused when a number cannot be', async () => {
		const cases: readonly (readonly [RegExp, Partial<Sample>, Partial<DatasetHeader>?])[] = [
			[/sample 3 holds token 1000, and the model has 1000/, { tokens: Int32Array.of(1, 1_000) }],
			[/sample 3 holds token -1/, { tokens: Int32Array.of(-1, 1) }],
			[/sample 3 names file 3 of 3/, { file: 3 }],
			[/sample 3 names file -1/, { file: -1 }],
			[/sample 3 holds weight NaN/, { weights: Float32Array.of(0, Number.NaN) }],
			[/sample 3 holds weight -1/, { weights: Float32Array.of(0, -1) }],
			[/sample 3 gives its first token a weight/, { weights: Float32Array.of(1, 1) }],
			[/sample 3 has 1 tokens/, { tokens: Int32Array.of(1), weights: Float32Array.of(0) }],
			[/sample 1 has 64 tokens; it must have 2 to 63/, {}, { longest: 63 }],
			[
				/fewer tokens than its header says/,
				{},
				{ train: { ...header.train, tokens: 70 }, heldOut: { ...header.heldOut, tokens: 3 } },
			],
		];
		for (const [expected, changes, headers] of cases) {
			const sample = { tokens: Int32Array.of(1, 2), weights: Float32Array.of(0, 1), file: 0, ...changes };
			const part = { ...header.heldOut, tokens: sample.tokens.length };
			await writeDataset(
				file,
				{ header: { ...header, heldOut: part, ...headers }, train, heldOut: [sample] },
				never,
			);
			await refuses(expected);
		}
		await writeDataset(file, dataset, never);
		await refuses(/holds token \d+, and the model has 50/, 50);
	});
});
