/** The fingerprint of a model: its tensors alone, remembered by file, and never a lie when the file changes. */
import assert from 'node:assert/strict';
import * as crypto from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { isAbort } from '../../../../src/inference/cancel';
import { fingerprint } from '../../../../src/inference/gguf/fingerprint';
import { readGgufFile } from '../../../../src/inference/gguf/gguf';
import { writeGguf } from '../../../support/ggufWriter';
import { randomModel, SMALLEST_MODEL, writeRandomModel } from '../../../support/randomModel';

const never = new AbortController().signal;

describe('fingerprint', () => {
	let folder: string;
	let model: string;
	let cacheFolder: string;
	let cacheFile: string;
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
		model = path.join(folder, 'model.gguf');
		cacheFolder = path.join(folder, 'not', 'there', 'yet');
		cacheFile = path.join(cacheFolder, 'fingerprints.json');
		writeRandomModel(model, SMALLEST_MODEL);
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	const expected = (file: string) =>
		crypto
			.createHash('sha256')
			.update(fs.readFileSync(file).subarray(readGgufFile(file).dataStart))
			.digest('hex');

	/** Writes a false hash into the cache, and says whether it is believed. */
	async function isRemembered(): Promise<boolean> {
		const false64 = '0'.repeat(64);
		const content = fs.readFileSync(cacheFile, 'utf8').replace(/[0-9a-f]{64}/, false64);
		fs.writeFileSync(cacheFile, content);
		return (await fingerprint(model, cacheFolder, never)) === false64;
	}

	it('hashes all bytes from the data offset, and reports how far it is', async () => {
		const fractions: number[] = [];
		const hash = await fingerprint(model, cacheFolder, never, (fraction) => fractions.push(fraction));
		assert.equal(hash, expected(model));
		assert.equal(fractions.at(-1), 1);
		assert.deepEqual(fs.readdirSync(cacheFolder), ['fingerprints.json']);
	});

	it('is the same under another name and other metadata, and another for other weights', async () => {
		const renamed = path.join(folder, 'renamed.gguf');
		const { metadata, tensors } = randomModel(SMALLEST_MODEL);
		const value = 'a name that makes the header longer, so that the data starts elsewhere'.repeat(3);
		writeGguf(renamed, { metadata: { ...metadata, 'general.name': { type: 'string', value } }, tensors });
		assert.equal(
			await fingerprint(renamed, cacheFolder, never),
			await fingerprint(model, cacheFolder, never),
		);
		const other = path.join(folder, 'other.gguf');
		writeRandomModel(other, { ...SMALLEST_MODEL, seed: 9 });
		assert.notEqual(
			await fingerprint(other, cacheFolder, never),
			await fingerprint(model, cacheFolder, never),
		);
	});

	it('is read from the cache while size, time and inode are the same', async () => {
		// Whole seconds: a copy can have exactly the same.
		fs.utimesSync(model, 1_000, 1_000);
		await fingerprint(model, cacheFolder, never);
		assert.ok(await isRemembered());
		for (const change of [
			() => fs.utimesSync(model, 1_000, 1_000.001),
			() => {
				fs.appendFileSync(model, 'x');
				fs.utimesSync(model, 1_000, 1_000.001);
			},
			() => {
				fs.copyFileSync(model, `${model}.copy`);
				fs.utimesSync(`${model}.copy`, 1_000, 1_000.001);
				fs.renameSync(`${model}.copy`, model);
			},
		]) {
			change();
			assert.equal(await fingerprint(model, cacheFolder, never), expected(model));
			assert.ok(await isRemembered(), 'the new state is remembered');
		}
	});

	it('keeps what it knows of other models', async () => {
		const other = path.join(folder, 'other.gguf');
		writeRandomModel(other, { ...SMALLEST_MODEL, seed: 9 });
		await fingerprint(other, cacheFolder, never);
		await fingerprint(model, cacheFolder, never);
		const content: unknown = JSON.parse(fs.readFileSync(cacheFile, 'utf8'));
		assert.ok(typeof content === 'object' && content !== null);
		assert.deepEqual(Object.keys(content), [other, model]);
	});

	for (const [name, content] of [
		['half a file', '{"'],
		['a list', '[]'],
		['another kind of entry', (file: string) => JSON.stringify({ [file]: { hash: 1 } })],
		['nothing', ''],
	] as const) {
		it(`passes over a cache that is ${name}, and mends it`, async () => {
			fs.mkdirSync(cacheFolder, { recursive: true });
			fs.writeFileSync(cacheFile, typeof content === 'string' ? content : content(model));
			assert.equal(await fingerprint(model, cacheFolder, never), expected(model));
			assert.ok(await isRemembered());
		});
	}

	it('does without a cache that cannot be written', async () => {
		fs.writeFileSync(path.join(folder, 'file'), '');
		assert.equal(await fingerprint(model, path.join(folder, 'file', 'below'), never), expected(model));
	});

	it('takes all parts of a model into account', async () => {
		const parts = [1, 2].map((number) => path.join(folder, `m-0000${number}-of-00002.gguf`));
		const [first, second] = parts;
		assert.ok(first !== undefined && second !== undefined);
		fs.copyFileSync(model, first);
		writeRandomModel(second, { ...SMALLEST_MODEL, seed: 9 });
		const before = await fingerprint(first, cacheFolder, never);
		writeRandomModel(second, { ...SMALLEST_MODEL, seed: 10 });
		assert.notEqual(await fingerprint(first, cacheFolder, never), before);
	});

	it('stops when its signal fires, and leaves nothing behind', async () => {
		const controller = new AbortController();
		await assert.rejects(
			fingerprint(model, cacheFolder, controller.signal, () => controller.abort()),
			isAbort,
		);
		assert.ok(!fs.existsSync(cacheFolder));
	});

	it('refuses a file that changes while it is read', async () => {
		await assert.rejects(
			fingerprint(model, cacheFolder, never, () => fs.appendFileSync(model, 'x')),
			/model\.gguf changed while it was read/,
		);
		assert.ok(!fs.existsSync(cacheFile));
	});

	it('refuses what is no model', async () => {
		const text = path.join(folder, 'text.gguf');
		fs.writeFileSync(text, 'nothing');
		await assert.rejects(fingerprint(text, cacheFolder, never), /not a GGUF file/);
		await assert.rejects(fingerprint(path.join(folder, 'none'), cacheFolder, never), /no such file/);
	});
});
