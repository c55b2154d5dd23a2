/** What the writer of the tests wrote, the reader of the product reads; and its tables agree with llama.cpp's. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { BlockReader, textOf } from '../../../../src/inference/gguf/blockReader';
import { tensorTypes } from '../../../../src/inference/gguf/ggmlTypes';
import { type GgufValue, readGgufFile } from '../../../../src/inference/gguf/gguf';
import { architectureKind, knownArchitectures } from '../../../../src/inference/gguf/ggufArchitectures';
import { type MetadataValue, writeGguf } from '../../../support/ggufWriter';
import { SMALLEST_MODEL, writeRandomModel } from '../../../support/randomModel';
import { llamaSource, realVocabulary } from '../../../support/realVocabularies';
import { toHalf } from '../../../support/tensorEncoding';

describe('readGguf', () => {
	let folder: string;
	let file: string;
	before(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-gguf-'));
		file = path.join(folder, 'x.gguf');
	});
	after(() => {
		fs.rmSync(folder, { recursive: true, force: true });
	});

	const VALUES: readonly (readonly [written: MetadataValue, read: GgufValue])[] = [
		...(
			[
				['uint8', 255],
				['int8', -128],
				['uint16', 65_535],
				['int16', -32_768],
				['uint32', 4_294_967_295],
				['int32', -2_147_483_648],
				['float32', 0.5],
				['float64', Math.PI],
			] as const
		).map(
			([type, value]) =>
				[
					{ type, value },
					{ type, value },
				] as const,
		),
		[
			{ type: 'uint64', value: (1n << 53n) - 1n },
			{ type: 'uint64', value: 2 ** 53 - 1 },
		],
		[
			{ type: 'int64', value: -5n },
			{ type: 'int64', value: -5 },
		],
		[
			{ type: 'bool', value: true },
			{ type: 'bool', value: true },
		],
		[
			{ type: 'string', value: 'grüße 🦊' },
			{ type: 'string', value: 'grüße 🦊' },
		],
		[
			{ type: 'array', of: 'int16', values: [1, -1] },
			{ type: 'array', of: 'int16', length: 2, numbers: [1, -1], byteStrings: undefined },
		],
		[
			{ type: 'array', of: 'uint8', values: Array.from({ length: 2_000 }, () => 7) },
			{ type: 'array', of: 'uint8', length: 2_000, numbers: undefined, byteStrings: undefined },
		],
		[
			{ type: 'array', of: 'bool', values: [true, false] },
			{ type: 'array', of: 'bool', length: 2, numbers: undefined, byteStrings: undefined },
		],
		[
			{ type: 'array', of: 'string', values: ['not', 'asked', 'for'] },
			{ type: 'array', of: 'string', length: 3, numbers: undefined, byteStrings: undefined },
		],
	];
	it('reads every type of metadata', () => {
		const metadata = Object.fromEntries(VALUES.map(([written], index) => [`key.${index}`, written]));
		writeGguf(file, { metadata, tensors: [] });
		const header = readGgufFile(file);
		assert.equal(header.version, 3);
		for (const [index, [, expected]] of VALUES.entries()) {
			assert.deepEqual(header.metadata.get(`key.${index}`), expected);
		}
	});

	it('keeps the strings that are asked for, byte by byte', () => {
		writeGguf(file, {
			metadata: { mine: { type: 'array', of: 'string', values: ['', 'é', '🦊'] } },
			tensors: [],
		});
		const value = readGgufFile(file, (key) => key === 'mine').metadata.get('mine');
		assert.equal(value?.type, 'array');
		assert.deepEqual(value.byteStrings?.map(textOf), ['', 'é', '🦊']);
	});

	it('finds the tensors where they were written', () => {
		const fill = (start: number) => (values: Float32Array) => void values.fill(start);
		writeGguf(file, {
			metadata: {},
			tensors: [
				{ name: 'a', shape: [3], type: 'F32', fill: fill(1) },
				{ name: 'b', shape: [32, 2], type: 'Q8_0', fill: fill(-2) },
				{ name: 'c', shape: [5], type: 'F16', fill: fill(0.5) },
			],
			alignment: 64,
		});
		const header = readGgufFile(file);
		const bytes = fs.readFileSync(file);
		assert.deepEqual(
			header.tensors.map(({ name, shape, type, offset, bytes: size }) => [
				name,
				shape,
				type.name,
				offset,
				size,
			]),
			[
				['a', [3], 'F32', 0, 12],
				['b', [32, 2], 'Q8_0', 64, 68],
				['c', [5], 'F16', 192, 10],
			],
		);
		assert.equal(header.dataStart % 64, 0);
		assert.equal(header.dataEnd, header.dataStart + 202);
		assert.equal(bytes.readFloatLE(header.dataStart + 8), 1);
		assert.equal(bytes.readUInt16LE(header.dataStart + 192), toHalf(0.5));
		// A block of Q8_0: the scale 2/127 as a half, then −127 each.
		assert.equal(bytes.readUInt16LE(header.dataStart + 64), toHalf(2 / 127));
		assert.equal(bytes.readInt8(header.dataStart + 66), -127);
	});

	it('reads a tenth of a large file at most', () => {
		writeRandomModel(file, SMALLEST_MODEL);
		const real = fs.statSync(file).size;
		// A sparse terabyte behind a sound header: whoever reads it does not come back.
		fs.truncateSync(file, 2 ** 40);
		const header = readGgufFile(file);
		assert.equal(header.fileBytes, 2 ** 40);
		assert.ok(header.dataEnd <= real);
	});

	it('does not read past a file that shrinks under it', () => {
		fs.writeFileSync(file, Buffer.alloc(10));
		const descriptor = fs.openSync(file, 'r');
		try {
			const reader = new BlockReader(descriptor, 100);
			reader.skip(8, 'start');
			assert.throws(() => reader.uint64('number'), /number at byte 8 needs 8 bytes/);
		} finally {
			fs.closeSync(descriptor);
		}
	});

	it('refills across the border of a block', () => {
		const size = (1 << 20) + 64;
		const bytes = Buffer.alloc(size);
		bytes.writeUInt32LE(0xdead_beef, (1 << 20) - 2);
		fs.writeFileSync(file, bytes);
		const descriptor = fs.openSync(file, 'r');
		try {
			const reader = new BlockReader(descriptor, size);
			reader.uint8('start');
			reader.skip((1 << 20) - 3, 'blanks');
			assert.equal(reader.uint32('number'), 0xdead_beef);
			assert.equal(reader.offset, (1 << 20) + 2);
		} finally {
			fs.closeSync(descriptor);
		}
	});

	it('reads a real vocabulary of 152,000 tokens and as many merges', function () {
		this.timeout(60_000);
		const header = readGgufFile(realVocabulary('qwen2'), (key) => key === 'tokenizer.ggml.tokens');
		const tokens = header.metadata.get('tokenizer.ggml.tokens');
		assert.equal(tokens?.type, 'array');
		assert.equal(tokens.length, 151_936);
		assert.equal(tokens.byteStrings?.[151_643], '<|endoftext|>');
	});
});

describe('tables taken from llama.cpp', () => {
	it('has every architecture of the version that is installed', function () {
		this.timeout(60_000);
		const source = llamaSource('src/llama-arch.cpp');
		const table = source.slice(source.indexOf('LLM_ARCH_NAMES'), source.indexOf('LLM_KV_NAMES'));
		const names = [...table.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? '');
		assert.deepEqual([...knownArchitectures].sort(), names.filter((name) => name !== '(unknown)').sort());
	});

	it('knows where heads must have one length', function () {
		this.timeout(60_000);
		const otherNames = new Map([
			['graniteswitch', 'granite-switch'],
			['pangu-embedded', 'pangu-embed'],
		]);
		const listed = knownArchitectures.filter((name) => {
			const kind = architectureKind(name);
			return kind.type === 'generator' && kind.oneHeadLength;
		});
		assert.ok(listed.length > 40);
		for (const name of listed) {
			const source = llamaSource(`src/models/${otherNames.get(name) ?? name.replaceAll('_', '-')}.cpp`);
			assert.match(source, /^\s*GGML_ASSERT\(n_embd_head == n_rot\);/m, name);
			assert.match(source, /^\s*GGML_ASSERT\(n_embd_head == hparams\.n_embd_head_[kv]\(\)\);/m, name);
		}
	});

	it('has every tensor type', function () {
		this.timeout(60_000);
		const source = llamaSource('ggml/include/ggml.h');
		const table = /enum ggml_type \{([^}]*)\}/.exec(source)?.[1] ?? '';
		const types = [...table.matchAll(/^\s*GGML_TYPE_(\w+)\s*=\s*(\d+)/gm)]
			.filter((match) => match[1] !== 'COUNT')
			.map((match) => [Number(match[2]), match[1]]);
		assert.deepEqual(
			[...tensorTypes].map(([number, type]) => [number, type.name]),
			types,
		);
	});
});

describe('toHalf', () => {
	const cases: readonly (readonly [value: number, half: number])[] = [
		[0, 0],
		[-0, 0x8000],
		[1, 0x3c00],
		[-2, 0xc000],
		[65_504, 0x7bff],
		[65_520, 0x7c00],
		[1e9, 0x7c00],
		[2 ** -14, 0x0400],
		[2 ** -24, 0x0001],
		[2 ** -26, 0],
		[1 + 2 ** -11, 0x3c00],
		[1 + 3 * 2 ** -11, 0x3c02],
		[Number.POSITIVE_INFINITY, 0x7c00],
		[Number.NaN, 0x7e00],
	];
	for (const [value, half] of cases) {
		it(`${value} is 0x${half.toString(16)}`, () => assert.equal(toHalf(value), half));
	}
});
