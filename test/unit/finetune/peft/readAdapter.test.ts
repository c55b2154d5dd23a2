/** A GGUF adapter is read with its numbers and facts; what it cannot hold is refused by name. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { readAdapter } from '../../../../src/finetune/peft/readAdapter';
import { ADAPTER_KEYS } from '../../../../src/inference/gguf/adapterKeys';
import { type MetadataValue, type WrittenTensor, writeGguf } from '../../../support/ggufWriter';
import { TINY_MODEL, writeRandomAdapter, writeRandomModel } from '../../../support/randomModel';

describe('finetune/peft/readAdapter', () => {
	let folder: string;
	let file: string;
	before(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-read-adapter-'));
		file = path.join(folder, 'mine.gguf');
	});
	after(() => {
		fs.rmSync(folder, { recursive: true, force: true });
	});

	const text = (value: string): MetadataValue => ({ type: 'string', value });
	const METADATA: Readonly<Record<string, MetadataValue>> = {
		'general.architecture': text('llama'),
		'general.type': text('adapter'),
		'adapter.type': text('lora'),
		'adapter.lora.alpha': { type: 'float32', value: 32 },
	};

	/** Numbers that count up by an eighth, which F16 holds exactly. */
	function tensor(
		name: string,
		shape: readonly number[],
		type: WrittenTensor['type'] = 'F32',
	): WrittenTensor {
		return {
			name,
			shape,
			type,
			fill: (values, first) => {
				for (let index = 0; index < values.length; index++) {
					values[index] = (first + index) / 8 - 1;
				}
			},
		};
	}

	function pair(matrix: string, inputs: number, outputs: number, rank: number, type?: WrittenTensor['type']) {
		return [
			tensor(`${matrix}.lora_a`, [inputs, rank], type),
			tensor(`${matrix}.lora_b`, [rank, outputs], type),
		];
	}

	const Q = 'blk.0.attn_q.weight';
	const counted = (count: number) => Float32Array.from({ length: count }, (_, index) => index / 8 - 1);

	for (const type of ['F32', 'F16'] as const) {
		it(`reads numbers in ${type}`, () => {
			const tensors = [...pair(Q, 8, 6, 2, type), ...pair('blk.11.ffn_down.weight', 3, 5, 1, type)];
			writeGguf(file, { metadata: METADATA, tensors });
			const { architecture, alpha, matrices, facts } = readAdapter(file);
			assert.deepEqual([architecture, alpha, facts.name], ['llama', 32, 'mine']);
			assert.deepEqual(matrices, [
				{ name: Q, inputs: 8, outputs: 6, rank: 2, a: counted(16), b: counted(12) },
				{ name: 'blk.11.ffn_down.weight', inputs: 3, outputs: 5, rank: 1, a: counted(3), b: counted(5) },
			]);
		});
	}

	it('reads BF16', () => {
		writeGguf(file, { metadata: METADATA, tensors: pair(Q, 8, 6, 2, 'F16') });
		// BF16 has the number 30; both tensors are of two bytes a number, and 1.5 is 0x3fc0 there.
		const bytes = fs.readFileSync(file);
		for (const name of ['.lora_a', '.lora_b']) {
			bytes.writeUInt32LE(30, bytes.indexOf(name) + name.length + 4 + 16);
		}
		const numbers = 2 * (8 + 6) + 4;
		for (let at = bytes.length - 2 * numbers; at < bytes.length; at += 2) {
			bytes.writeUInt16LE(0x3fc0, at);
		}
		fs.writeFileSync(file, bytes);
		const { matrices } = readAdapter(file);
		assert.deepEqual(matrices[0]?.b, new Float32Array(12).fill(1.5));
	});

	it('reads our own facts', () => {
		const run = {
			lossBefore: 2,
			lossAfter: 1,
			steps: 3,
			tokens: 4,
			seconds: 5,
			created: '2026-01-01T00:00:00Z',
			repositories: ['a'],
		};
		const metadata = {
			...METADATA,
			'general.name': text('Ours'),
			[ADAPTER_KEYS.base]: text('f00d'),
			[ADAPTER_KEYS.baseName]: text('Base'),
			[ADAPTER_KEYS.promptFormat]: text('2'),
			[ADAPTER_KEYS.dataset]: text('cafe'),
			[ADAPTER_KEYS.run]: text(JSON.stringify(run)),
			[ADAPTER_KEYS.settings]: text('{}'),
			[ADAPTER_KEYS.versions]: text('v'),
		};
		writeGguf(file, { metadata, tensors: pair(Q, 8, 6, 2) });
		assert.deepEqual(readAdapter(file).facts, {
			name: 'Ours',
			base: 'f00d',
			baseName: 'Base',
			promptFormat: 2,
			dataset: 'cafe',
			run,
			settings: '{}',
			versions: 'v',
		});
	});

	it('leaves out facts that are not readable', () => {
		const metadata = {
			...METADATA,
			[ADAPTER_KEYS.promptFormat]: text('two'),
			[ADAPTER_KEYS.run]: text('{"steps":"many"}'),
		};
		writeGguf(file, { metadata, tensors: pair(Q, 8, 6, 2) });
		const { promptFormat, run } = readAdapter(file).facts;
		assert.deepEqual([promptFormat, run], [undefined, undefined]);
	});

	it('takes a missing alpha for the rank, as llama.cpp takes it for a scale of 1', () => {
		const { 'adapter.lora.alpha': _, ...metadata } = METADATA;
		writeGguf(file, { metadata, tensors: pair(Q, 8, 6, 4) });
		assert.equal(readAdapter(file).alpha, 4);
	});

	it('reads the adapters of the other tests', () => {
		writeRandomAdapter(file, { ...TINY_MODEL, rank: 4, alpha: 8 });
		const { matrices } = readAdapter(file);
		assert.equal(matrices.length, 14);
		assert.deepEqual(new Set(matrices.map(({ rank }) => rank)), new Set([4]));
	});

	const refused: readonly (readonly [what: string, write: () => void, reason: RegExp])[] = [
		['a model', () => writeRandomModel(file, TINY_MODEL), /it is no LoRA adapter/],
		['a control vector', () => written({ 'adapter.type': text('control') }), /it is no LoRA adapter/],
		[
			'no architecture',
			() => written({ 'general.architecture': undefined }),
			/"general\.architecture" is missing/,
		],
		[
			'a negative alpha',
			() => written({ 'adapter.lora.alpha': { type: 'float32', value: -1 } }),
			/alpha" is -1/,
		],
		[
			'an alpha that is not a number',
			() => written({ 'adapter.lora.alpha': { type: 'float32', value: Number.NaN } }),
			/alpha" is NaN/,
		],
		[
			'an alpha of another type',
			() => written({ 'adapter.lora.alpha': text('8') }),
			/alpha" has the type string/,
		],
		[
			'an activated adapter',
			() => written({ 'adapter.alora.invocation_tokens': { type: 'array', of: 'uint32', values: [1] } }),
			/aLoRA/,
		],
		['no tensors', () => written({}, []), /has no tensors/],
		['a missing B', () => written({}, pair(Q, 8, 6, 2).slice(0, 1)), /attn_q\.weight has no B/],
		[
			'an embedding',
			() => written({}, pair('token_embd.weight', 8, 6, 2)),
			/"token_embd\.weight\.lora_a" is no factor/,
		],
		[
			'different ranks',
			() => written({}, [tensor(`${Q}.lora_a`, [8, 2]), tensor(`${Q}.lora_b`, [3, 6])]),
			/rank 2 in A and 3 in B/,
		],
		[
			'quantised factors',
			() => written({}, pair(Q, 32, 6, 32, 'Q8_0')),
			/has the type Q8_0; save the adapter/,
		],
		[
			'several ranks without an alpha',
			() =>
				written({ 'adapter.lora.alpha': undefined }, [
					...pair(Q, 8, 6, 2),
					...pair('blk.0.attn_k.weight', 8, 6, 4),
				]),
			/no "adapter\.lora\.alpha", and its matrices have several ranks/,
		],
		[
			'NaN',
			() => writeRandomAdapter(file, { ...TINY_MODEL, rank: 2, alpha: 2, notANumber: true }),
			/holds NaN/,
		],
		[
			'a truncated file',
			() => {
				written({});
				fs.truncateSync(file, fs.statSync(file).size - 40);
			},
			/ends at byte \d+ instead of \d+: copy or download/,
		],
		['something else', () => fs.writeFileSync(file, 'not a model'), /does not start with the letters GGUF/],
	];
	function written(
		changes: Readonly<Record<string, MetadataValue | undefined>>,
		tensors = pair(Q, 8, 6, 2),
	): void {
		const metadata: Record<string, MetadataValue> = {};
		for (const [key, value] of Object.entries({ ...METADATA, ...changes })) {
			if (value !== undefined) {
				metadata[key] = value;
			}
		}
		writeGguf(file, { metadata, tensors });
	}
	for (const [what, write, reason] of refused) {
		it(`refuses ${what}`, () => {
			write();
			assert.throws(
				() => readAdapter(file),
				(error: Error) =>
					error.name === 'AdapterFileError' && error.message.startsWith(file) && reason.test(error.message),
			);
		});
	}
});
