/** Safetensors: every format of numbers is read as numpy and torch read it, and every bad header is refused. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { withSafetensors, writeSafetensors } from '../../../../src/finetune/peft/safetensors';
import { float32, type StoredTensor, safetensorsBytes } from './adapterFolder';

describe('finetune/peft/safetensors', () => {
	let folder: string;
	let file: string;
	before(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-safetensors-'));
		file = path.join(folder, 'some.safetensors');
	});
	after(() => {
		fs.rmSync(folder, { recursive: true, force: true });
	});

	function values(bytes: Uint8Array): readonly (readonly number[])[] {
		fs.writeFileSync(file, bytes);
		return withSafetensors(file, ({ tensors, read }) => tensors.map((tensor) => [...read(tensor)]));
	}

	const words = (dtype: string, shape: readonly number[], bits: readonly number[]): StoredTensor => ({
		dtype,
		shape,
		bytes: new Uint8Array(new Uint16Array(bits).buffer),
	});

	it('reads F16 and BF16 as numpy and torch do', () => {
		// np.array([1, -2.5, 65504, 6e-8, 1/3, -0.0], np.float16); torch.tensor([1, -2.5, 3.1415926, 1e-30, -1e30]).bfloat16()
		const half = words('F16', [2, 3], [15360, 49408, 31743, 1, 13653, 32768]);
		const brain = words('BF16', [5], [16256, 49184, 16457, 3490, 61770]);
		assert.deepEqual(values(safetensorsBytes({ half, brain })), [
			[1, -2.5, 65504, 2 ** -24, 0.333251953125, -0],
			[1, -2.5, 3.140625, 9.98402083170343e-31, -1.0002555517425873e30],
		]);
	});

	it('reads more 16-bit numbers than are read at once', () => {
		const count = (1 << 19) + 3;
		const bits = new Uint16Array(count).fill(0x3c00);
		bits[count - 1] = 0x4000;
		const [read = []] = values(
			safetensorsBytes({ many: { dtype: 'F16', shape: [count], bytes: new Uint8Array(bits.buffer) } }),
		);
		assert.deepEqual([read.length, read.at(0), read.at(-2), read.at(-1)], [count, 1, 1, 2]);
	});

	it('reads what it wrote, to the bit', () => {
		const one = new Float32Array([0.1, -0, 1e-45, 3.4e38]);
		// A part of a larger buffer, as weights often are.
		const two = new Float32Array([9, 1 / 3, 2 / 3, 9]).subarray(1, 3);
		const tensors = [
			{ name: 'one', shape: [2, 2], values: one },
			{ name: 'zwei ä', shape: [1, 2], values: two },
		];
		writeSafetensors(file, tensors, new Map([['key', 'grüße']]));
		withSafetensors(file, (content) => {
			assert.deepEqual(
				content.tensors.map((tensor) => ({
					name: tensor.name,
					shape: tensor.shape,
					values: content.read(tensor),
				})),
				[tensors[0], { ...tensors[1], values: new Float32Array(two) }],
			);
			assert.deepEqual([...content.metadata], [['key', 'grüße']]);
			assert.equal((content.tensors[0]?.offset ?? 1) % 8, 0);
		});
		assert.deepEqual(fs.readdirSync(folder), ['some.safetensors']);
	});

	it('leaves nothing behind where it cannot write', () => {
		const target = path.join(folder, 'taken');
		fs.mkdirSync(target);
		assert.throws(() => writeSafetensors(target, [], new Map()));
		assert.deepEqual(fs.readdirSync(folder).sort(), ['some.safetensors', 'taken']);
		fs.rmdirSync(target);
	});

	const pair = { x: float32([2, 2], [1, 2, 3, 4]), y: float32([2], [5, 6]) };
	const entry = (shape: unknown, offsets: unknown, dtype: unknown = 'F32') =>
		safetensorsBytes({ x: float32([2], [1, 2]) }, () => ({ x: { dtype, shape, data_offsets: offsets } }));
	const withLength = (length: bigint) => {
		const bytes = safetensorsBytes(pair);
		bytes.writeBigUInt64LE(length);
		return bytes;
	};
	const text = (header: string) => {
		const length = Buffer.alloc(8);
		length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
		return Buffer.concat([length, Buffer.from(header)]);
	};
	const bad: readonly (readonly [what: string, bytes: Uint8Array, reason: RegExp])[] = [
		['an empty file', Buffer.alloc(0), /0 bytes/],
		['seven bytes', Buffer.alloc(7), /7 bytes/],
		['a header longer than any', withLength(2n ** 64n - 1n), /claims \d+ bytes \(limit/],
		['a header longer than the file', withLength(100_000n), /claims 100000 bytes, but the file has/],
		['a header that is no JSON', text('{"x":'), /not a JSON object/],
		['a header that is a list', text('[]'), /not a JSON object/],
		['a header that is no UTF-8', Buffer.concat([text('').fill(1, 0, 1), Buffer.from([0xff])]), /not a JSON/],
		['a tensor that is null', text('{"x":null}'), /"x" has no dtype/],
		['a shape that is no list', entry('2', [0, 8]), /"x" has no dtype, shape/],
		['no offsets', entry([2], undefined), /"x" has no dtype, shape and data_offsets/],
		['an integer type', entry([2], [0, 8], 'I32'), /"x" has the type I32; .*F32, F16 and BF16/],
		['an 8-bit type', entry([2], [0, 8], 'F8_E4M3'), /type F8_E4M3/],
		['a type of a prototype', entry([2], [0, 8], 'toString'), /type toString/],
		['a negative size', entry([-2], [0, 8]), /impossible shape \[-2\]/],
		['a broken size', entry([1.5], [0, 8]), /impossible shape/],
		['a size that overflows', entry([2 ** 40, 2 ** 40], [0, 8]), /impossible shape/],
		['too many dimensions', entry([1, 1, 1, 1, 2], [0, 8]), /impossible shape/],
		['offsets that run backwards', entry([2], [8, 0]), /impossible data_offsets \[8,0\]/],
		['negative offsets', entry([2], [-8, 0]), /impossible data_offsets/],
		['three offsets', entry([2], [0, 4, 8]), /impossible data_offsets/],
		[
			'a size that does not fit its shape',
			entry([3], [0, 8]),
			/"x" has 8 bytes, but its shape 3 in F32 takes 12/,
		],
		['data beyond the end', entry([4], [0, 16]), /tensors end at byte \d+, but the file at \d+/],
		[
			'data after the last tensor',
			Buffer.concat([safetensorsBytes(pair), Buffer.alloc(4)]),
			/tensors end at/,
		],
		[
			'overlapping tensors',
			safetensorsBytes(pair, (header) => ({
				...header,
				y: { dtype: 'F32', shape: [2], data_offsets: [8, 16] },
			})),
			/"y" starts at byte 8 of the data instead of 16/,
		],
		[
			'a gap between tensors',
			safetensorsBytes(pair, (header) => ({ y: header['y'] ?? {} })),
			/"y" starts at byte 16 of the data instead of 0/,
		],
		['NaN', safetensorsBytes({ x: float32([2], [1, Number.NaN]) }), /"x" holds NaN at index 1: .*diverged/],
		['infinity', safetensorsBytes({ x: words('F16', [1], [0xfc00]) }), /"x" holds -Infinity/],
		['NaN in BF16', safetensorsBytes({ x: words('BF16', [1], [0x7fc0]) }), /"x" holds NaN/],
	];
	for (const [what, bytes, reason] of bad) {
		it(`refuses ${what} and names the file`, () => {
			assert.throws(
				() => values(bytes),
				(error: Error) =>
					error.name === 'AdapterFileError' && error.message.startsWith(file) && reason.test(error.message),
			);
		});
	}

	it('refuses a folder', () => {
		assert.throws(() => withSafetensors(folder, () => undefined), /is not a file/);
	});

	it('refuses or reads every file with a broken byte in its header, and never hangs', () => {
		const whole = safetensorsBytes(pair);
		const headerEnd = whole.length - 24;
		let refused = 0;
		for (let at = 0; at < headerEnd; at++) {
			const broken = Buffer.from(whole);
			broken[at] = (broken[at] ?? 0) ^ 0x15;
			try {
				values(broken);
			} catch (error) {
				assert.ok(error instanceof Error && error.name === 'AdapterFileError', `${at}: ${String(error)}`);
				refused++;
			}
		}
		assert.ok(refused > headerEnd / 2, `${refused} of ${headerEnd}`);
	});
});
