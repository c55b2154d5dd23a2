/** Every bad model file is refused by name, every sound one accepted, and nothing waits or reads for long. */
import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { checkModelFile } from '../../../../src/inference/gguf/ggufCheck';
import { badModels, handcraftedCount, mutations, soundModel } from '../../../support/badModels';
import { type MetadataValue, writeGguf } from '../../../support/ggufWriter';
import {
	randomModel,
	SMALLEST_MODEL,
	TINY_MODEL,
	writeRandomAdapter,
	writeRandomModel,
} from '../../../support/randomModel';
import { realVocabularies } from '../../../support/realVocabularies';
import { root } from '../../../support/root';

describe('checkModelFile', () => {
	let folder: string;
	before(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-check-'));
	});
	after(() => {
		fs.rmSync(folder, { recursive: true, force: true });
	});

	function write(bytes: Uint8Array, name = 'model.gguf'): string {
		const file = path.join(folder, name);
		fs.writeFileSync(file, bytes);
		return file;
	}

	/** `expected` undefined: accepted. Else the message must match it, name the file and offer a way out. */
	async function check(file: string, expected: RegExp | undefined, code?: string): Promise<void> {
		const problem = await checkModelFile(file);
		if (expected === undefined) {
			assert.equal(problem, undefined);
			return;
		}
		assert.ok(problem, 'accepted');
		assert.match(problem.message, expected);
		assert.ok(problem.message.includes(file), 'the message names the path');
		assert.ok(
			problem.message.startsWith(`${path.basename(file)} cannot be used`),
			'and begins with the name',
		);
		assert.match(problem.message, /(Choose|Download|download|Put|Check|Run) /);
		assert.deepEqual(problem.remedies, ['select-model', 'use-starter']);
		if (code !== undefined) {
			assert.equal(problem.code, code);
		}
	}

	describe('refuses', () => {
		it('has all 33 files of test-gguf.cpp', () => assert.equal(handcraftedCount, 33));
		for (const { name, bytes, names } of badModels) {
			it(name, () => check(write(bytes), names));
		}
		it('a file that is not there', () =>
			check(path.join(folder, 'absent.gguf'), /no such file/, 'model-missing'));
		it('a file below a file', () =>
			check(path.join(write(soundModel), 'x.gguf'), /no such file/, 'model-missing'));
		it('a name with NUL', () => check(path.join(folder, 'a\0.gguf'), /no such file/, 'model-missing'));
		it('a folder', () => check(folder, /it is a folder/, 'model-not-a-file'));
		it('a link to itself', () => {
			const link = path.join(folder, 'loop.gguf');
			fs.symlinkSync(link, link);
			return check(link, /cannot be read \(ELOOP\)/, 'model-unreadable');
		});
		for (const [name, key, value] of [
			['a long value', 'general.architecture', 'x'.repeat(32_768)],
			['a long value with quotation marks', 'general.architecture', 'x"'.repeat(16_384)],
			['a long key', `tokenizer.ggml.${'x'.repeat(32_768)}_token_id`, 'not a number'],
		] as const) {
			it(`${name}, in few words`, async () => {
				const content = randomModel(SMALLEST_MODEL);
				const file = path.join(folder, 'long.gguf');
				writeGguf(file, { ...content, metadata: { ...content.metadata, [key]: { type: 'string', value } } });
				const problem = await checkModelFile(file);
				assert.match(problem?.message ?? '', /metadata key "[^"]/);
				const length = problem?.message.length ?? 0;
				assert.ok(length < 1_000 + 3 * file.length, `${length} characters`);
			});
		}
		it('an adapter', () => {
			const file = path.join(folder, 'adapter.gguf');
			writeRandomAdapter(file, { ...SMALLEST_MODEL, rank: 2, alpha: 4 });
			return check(file, /"general\.type" says that it is an adapter/, 'gguf-adapter');
		});
		if (process.platform !== 'win32') {
			it('a pipe that nobody writes to, without waiting', () => {
				const pipe = path.join(folder, 'pipe.gguf');
				execFileSync('mkfifo', [pipe]);
				return check(pipe, /not a regular file/, 'model-not-a-file');
			});
			it('a device', () => check('/dev/zero', /not a regular file/, 'model-not-a-file'));
		}
		if (process.platform !== 'win32' && process.getuid?.() !== 0) {
			it('a file without permission', () => {
				const file = write(soundModel, 'secret.gguf');
				fs.chmodSync(file, 0);
				return check(file, /cannot be read \(EACCES\)/, 'model-unreadable');
			});
		}
	});

	describe('accepts', () => {
		it('the small model that the bad ones are made from', () => check(write(soundModel), undefined));
		for (const architecture of ['llama', 'qwen2'] as const) {
			for (const type of ['F32', 'Q8_0'] as const) {
				it(`a random ${architecture} in ${type}`, () => {
					const file = path.join(folder, 'random.gguf');
					writeRandomModel(file, { ...TINY_MODEL, architecture, type });
					return check(file, undefined);
				});
			}
		}
		it('the starter', () => check(path.join(root, 'models/starter.gguf'), undefined));
		it('another alignment', () => {
			const file = path.join(folder, 'aligned.gguf');
			writeGguf(file, { ...randomModel(SMALLEST_MODEL), alignment: 64 });
			return check(file, undefined);
		});
		it('a token id that means none', () => {
			const content = randomModel(SMALLEST_MODEL);
			const none: MetadataValue = { type: 'uint32', value: 0xffff_ffff };
			const file = path.join(folder, 'none.gguf');
			writeGguf(file, {
				...content,
				metadata: { ...content.metadata, 'tokenizer.ggml.unknown_token_id': none },
			});
			return check(file, undefined);
		});
		it('a model behind a link', () => {
			const link = path.join(folder, 'link.gguf');
			fs.symlinkSync(write(soundModel), link);
			return check(link, undefined);
		});
	});

	describe('a model in parts', () => {
		const content = randomModel(SMALLEST_MODEL);
		const name = (number: number) => `parts-0000${number}-of-00002.gguf`;
		function writeParts(second: { readonly number: number; readonly total: number }): string {
			const middle = 4;
			const parts = [content.tensors.slice(0, middle), content.tensors.slice(middle)];
			for (const [index, tensors] of parts.entries()) {
				writeGguf(path.join(folder, name(index + 1)), {
					metadata: {
						...(index === 0 ? content.metadata : {}),
						'split.no': { type: 'uint16', value: index === 0 ? 0 : second.number },
						'split.count': { type: 'uint16', value: 2 },
						'split.tensors.count': { type: 'int32', value: second.total },
					},
					tensors,
				});
			}
			return path.join(folder, name(1));
		}
		const total = content.tensors.length;
		it('is accepted whole', () => check(writeParts({ number: 1, total }), undefined));
		it('is refused with a part of another model', async () => {
			const problem = await checkModelFile(writeParts({ number: 2, total }));
			assert.equal(problem?.code, 'gguf-split');
			assert.match(problem.message, /^parts-00002-of-00002\.gguf .*"split\.no" is 2 instead of 1/);
		});
		it('is refused with tensors missing', () =>
			check(writeParts({ number: 1, total: total + 1 }), /"split\.tensors\.count" is/, 'gguf-split'));
		it('is refused with a truncated part', async () => {
			const file = writeParts({ number: 1, total });
			fs.truncateSync(path.join(folder, name(2)), 5_000);
			const problem = await checkModelFile(file);
			assert.equal(problem?.code, 'gguf-truncated');
			assert.match(problem.message, /^parts-00002-of-00002\.gguf .* bytes are missing/);
		});
		it('is refused without the second part', async () => {
			const file = writeParts({ number: 1, total });
			fs.rmSync(path.join(folder, name(2)));
			const problem = await checkModelFile(file);
			assert.equal(problem?.code, 'model-missing');
			assert.match(problem.message, /parts-00002-of-00002\.gguf/);
		});
		it('is refused by its second part', async () => {
			writeParts({ number: 1, total });
			const problem = await checkModelFile(path.join(folder, name(2)));
			assert.match(problem?.message ?? '', /"split\.count" says/);
		});
	});

	it('answers for each of 200 mutations, and refuses most', async () => {
		let refused = 0;
		for (const { name, bytes } of mutations(200, 7)) {
			const problem = await checkModelFile(write(bytes, 'mutated.gguf'));
			if (problem !== undefined) {
				refused++;
				assert.match(problem.message, /"[^"]+"|byte \d+|tensor/, name);
			}
		}
		assert.ok(refused > 100, `${refused} of 200 refused`);
	});

	it('finds nothing wrong with real vocabularies but that they are no models', async function () {
		this.timeout(60_000);
		for (const file of realVocabularies()) {
			const problem = await checkModelFile(file);
			const expected = /bert/.test(file) ? /makes embeddings/ : /no tensors/;
			assert.match(problem?.message ?? 'accepted', expected, file);
		}
	});
});
