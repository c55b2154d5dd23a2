/** PEFT's and mlx-lm's adapters become what llama.cpp computes with, or are refused with the reason. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { importPeft } from '../../../../src/finetune/peft/importPeft';
import {
	type AdapterFolder,
	baseOf,
	change,
	factors,
	float32,
	imported,
	PLAIN_CONFIG,
	randomTensor,
	writeAdapterFolder,
} from './adapterFolder';

const Q = 'model.layers.0.self_attn.q_proj';
const GATED = [
	['self_attn.q_proj', 'attn_q', 8, 12],
	['self_attn.k_proj', 'attn_k', 8, 6],
	['self_attn.v_proj', 'attn_v', 8, 6],
	['self_attn.o_proj', 'attn_output', 12, 8],
	['mlp.gate_proj', 'ffn_gate', 8, 20],
	['mlp.up_proj', 'ffn_up', 8, 20],
	['mlp.down_proj', 'ffn_down', 20, 8],
] as const;
const PLAIN = [
	...GATED.slice(0, 4),
	['mlp.c_fc', 'ffn_up', 8, 20],
	['mlp.c_proj', 'ffn_down', 20, 8],
] as const;

describe('finetune/peft/importPeft', () => {
	let parent: string;
	before(() => {
		parent = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-peft-'));
	});
	after(() => {
		fs.rmSync(parent, { recursive: true, force: true });
	});

	for (const [architecture, modules] of [
		['llama', GATED],
		['qwen2', GATED],
		['qwen3', GATED],
		['gemma', GATED],
		['gemma2', GATED],
		['granite', GATED],
		['starcoder2', PLAIN],
	] as const) {
		it(`knows the modules of ${architecture}`, () => {
			const tensors = Object.assign(
				{},
				...modules.map(([module, , inputs, outputs]) => factors(`model.layers.1.${module}`, inputs, outputs)),
			);
			const content = imported(parent, { tensors }, architecture);
			assert.equal(content.architecture, architecture);
			assert.equal(content.alpha, 4);
			assert.deepEqual(
				content.matrices.map(({ name, inputs, outputs, rank, a, b }) => [
					name,
					inputs,
					outputs,
					rank,
					a.length,
					b.length,
				]),
				modules.map(([, name, inputs, outputs]) => [
					`blk.1.${name}.weight`,
					inputs,
					outputs,
					2,
					2 * inputs,
					2 * outputs,
				]),
			);
		});
	}

	it('takes the numbers as they are where nothing is permuted', () => {
		const { matrices, facts } = imported(parent, {});
		assert.deepEqual(matrices[0]?.a, numbers(randomTensor([2, 8], 1)));
		assert.deepEqual(matrices[0]?.b, numbers(randomTensor([12, 2], 2)));
		assert.match(facts.name, /^adapter-/);
		assert.equal(facts.baseName, 'someone/base');
	});

	for (const architecture of ['llama', 'granite']) {
		it(`permutes the rows of B for q and k of ${architecture} as its conversion does, and nothing else`, () => {
			const rows = (name: string, inputs: number, outputs: number) => ({
				[`base_model.model.model.layers.0.self_attn.${name}.lora_A.weight`]: float32(
					[1, inputs],
					Array.from({ length: inputs }, (_, column) => column),
				),
				[`base_model.model.model.layers.0.self_attn.${name}.lora_B.weight`]: float32(
					[outputs, 1],
					Array.from({ length: outputs }, (_, row) => row),
				),
			});
			const { matrices } = imported(
				parent,
				{
					config: { ...PLAIN_CONFIG, r: 1 },
					tensors: {
						...rows('q_proj', 8, 12),
						...rows('k_proj', 8, 6),
						...rows('v_proj', 8, 6),
						...rows('o_proj', 12, 8),
					},
				},
				architecture,
			);
			// np.arange(heads * 6).reshape(heads, 2, 3, 1).swapaxes(1, 2).ravel() for 2 heads and for 1
			assert.deepEqual(
				matrices.map(({ b }) => [...b]),
				[
					[0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11],
					[0, 3, 1, 4, 2, 5],
					[0, 1, 2, 3, 4, 5],
					[0, 1, 2, 3, 4, 5, 6, 7],
				],
			);
			assert.ok(matrices.every(({ a }) => a.every((value, column) => value === column)));
		});
	}

	it('permutes whole rows', () => {
		const tensors = {
			[`base_model.model.${Q}.lora_A.weight`]: randomTensor([2, 8], 1),
			[`base_model.model.${Q}.lora_B.weight`]: float32(
				[12, 2],
				Array.from({ length: 24 }, (_, index) => index),
			),
		};
		const { matrices } = imported(parent, { tensors }, 'llama');
		// np.arange(24).reshape(2, 2, 3, 2).swapaxes(1, 2).ravel()
		assert.deepEqual(
			[...(matrices[0]?.b ?? [])],
			[0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11, 12, 13, 18, 19, 14, 15, 20, 21, 16, 17, 22, 23],
		);
	});

	for (const [module, name] of [
		[`base_model.model.${Q}`, '.lora_A.default.weight .lora_B.default.weight'],
		['base_model.model.layers.0.self_attn.q_proj', '.lora_A.weight .lora_B.weight'],
	] as const) {
		it(`knows ${module} ${name}`, () => {
			const [a = '', b = ''] = name.split(' ');
			const tensors = { [module + a]: randomTensor([2, 8], 1), [module + b]: randomTensor([12, 2], 2) };
			assert.equal(imported(parent, { tensors }).matrices[0]?.name, 'blk.0.attn_q.weight');
		});
	}

	describe('scales', () => {
		/** The factor of every matrix on what PEFT stores, as llama.cpp applies it, relative to B·A. */
		function strengths(config: object, ranks: readonly [q: number, v: number, up: number] = [2, 2, 2]) {
			const tensors = {
				...factors(Q, 8, 12, ranks[0]),
				...factors('model.layers.1.self_attn.v_proj', 8, 6, ranks[1]),
				...factors('model.layers.1.mlp.up_proj', 8, 20, ranks[2]),
			};
			const { alpha, matrices } = imported(parent, { config: { ...PLAIN_CONFIG, ...config }, tensors });
			return matrices.map((matrix) => {
				const stored = numbers(randomTensor([matrix.outputs, matrix.rank], 2));
				const plain = change({ ...matrix, b: stored }, 1);
				const applied = change(matrix, alpha / matrix.rank);
				const ratio = (applied[3] ?? 0) / (plain[3] ?? 1);
				for (const [index, value] of applied.entries()) {
					assert.ok(Math.abs(value - ratio * (plain[index] ?? 0)) < 1e-6 * ratio);
				}
				return Number(ratio.toPrecision(6));
			});
		}

		it('is alpha / rank', () => {
			assert.deepEqual(strengths({}), [2, 2, 2]);
		});

		it('is alpha / √rank where it is rank-stabilised', () => {
			assert.deepEqual(strengths({ r: 4, lora_alpha: 6, use_rslora: true }, [4, 4, 4]), [3, 3, 3]);
		});

		it('follows rank_pattern by the end of the path', () => {
			const rank_pattern = { v_proj: 4, 'layers.1.mlp.up_proj': 1 };
			assert.deepEqual(strengths({ rank_pattern }, [2, 4, 1]), [2, 1, 4]);
		});

		it('follows alpha_pattern, the first match first, by expression and from the start', () => {
			const alpha_pattern = { '^model\\.layers\\.1\\..*': 12, v_proj: 100, [Q]: 2 };
			assert.deepEqual(strengths({ alpha_pattern }), [1, 6, 6]);
		});

		it('takes a name for a whole one, not for the end of another', () => {
			assert.deepEqual(strengths({ alpha_pattern: { proj: 8, 'attn.v_proj': 8, p_proj: 8 } }), [2, 2, 2]);
		});

		it('follows all of them together', () => {
			const config = {
				r: 4,
				lora_alpha: 8,
				use_rslora: true,
				rank_pattern: { up_proj: 16 },
				alpha_pattern: { up_proj: 2, q_proj: 3 },
			};
			assert.deepEqual(strengths(config, [4, 4, 16]), [1.5, 4, 0.5]);
		});

		it('leaves B to the bit where no pattern changes it', () => {
			const { matrices } = imported(parent, { config: { ...PLAIN_CONFIG, use_rslora: true } });
			assert.deepEqual(matrices[0]?.b, numbers(randomTensor([12, 2], 2)));
		});

		it('stops an expression that would take years', () => {
			assert.throws(
				() => strengths({ alpha_pattern: { '(([a-z_.0-9])+)+!': 1 } }),
				/alpha_pattern cannot be used: .*timed out.*Name the modules in full/,
			);
		});
	});

	describe('mlx-lm', () => {
		const config = {
			fine_tune_type: 'lora',
			num_layers: 2,
			lora_parameters: { rank: 2, scale: 20, dropout: 0 },
		};
		const tensors = {
			[`${Q}.lora_a`]: randomTensor([8, 2], 3),
			[`${Q}.lora_b`]: randomTensor([2, 12], 4),
		};
		const mlx = (changes: object, more: AdapterFolder['tensors'] = tensors) =>
			imported(parent, {
				config: { ...config, ...changes },
				tensors: more,
				weightsFile: 'adapters.safetensors',
			});

		it('transposes both factors and multiplies by the scale alone', () => {
			const { alpha, matrices } = mlx({});
			const [matrix] = matrices;
			assert.ok(matrix !== undefined);
			const [a, b] = [numbers(randomTensor([8, 2], 3)), numbers(randomTensor([2, 12], 4))];
			// mlx-lm: x @ lora_a @ lora_b, so ΔW[output][input] = scale · Σ lora_a[input][r] · lora_b[r][output].
			const expected = Array.from({ length: 96 }, (_, index) => {
				const [output, input] = [Math.floor(index / 8), index % 8];
				return (
					20 * ((a[input * 2] ?? 0) * (b[output] ?? 0) + (a[input * 2 + 1] ?? 0) * (b[12 + output] ?? 0))
				);
			});
			assert.deepEqual(change(matrix, alpha / matrix.rank), expected);
		});

		for (const [what, changes, reason] of [
			['DoRA', { fine_tune_type: 'dora' }, /fine_tune_type is "dora"/],
			['full training', { fine_tune_type: 'full' }, /fine_tune_type is "full"/],
			['no parameters', { lora_parameters: undefined }, /lora_parameters is missing/],
			['alpha beside scale', { lora_parameters: { rank: 2, scale: 10, alpha: 16 } }, /alpha and scale/],
			['another rank', { lora_parameters: { rank: 4, scale: 10 } }, /rank 2, but the configuration says 4/],
		] as const) {
			it(`refuses ${what}`, () => {
				assert.throws(() => mlx(changes), reason);
			});
		}

		it('refuses quantised factors', () => {
			assert.throws(
				() => mlx({}, { ...tensors, [`${Q}.lora_a_scales`]: randomTensor([2, 1], 1) }),
				/lora_a_scales" belongs to quantised factors/,
			);
		});
	});

	const extra = (name: string, shape: readonly number[] = [2, 2]): AdapterFolder => ({
		tensors: { ...factors(Q, 8, 12), [name]: randomTensor(shape, 3) },
	});
	const configured = (changes: object): AdapterFolder => ({ config: { ...PLAIN_CONFIG, ...changes } });
	const onlyA = { [`base_model.model.${Q}.lora_A.weight`]: randomTensor([2, 8], 1) };
	const refused: readonly (readonly [what: string, folder: AdapterFolder, reason: RegExp])[] = [
		['DoRA', configured({ use_dora: true }), /use_dora is set: DoRA/],
		['a magnitude of DoRA', extra(`base_model.model.${Q}.lora_magnitude_vector`, [8]), /belongs to DoRA/],
		['saved modules', configured({ modules_to_save: ['lm_head'] }), /modules_to_save is set/],
		['a saved embedding', extra('base_model.model.model.embed_tokens.weight'), /changes the embeddings/],
		['an adapted embedding', extra('base_model.model.model.embed_tokens.lora_embedding_A'), /the embeddings/],
		['an adapted output', extra('base_model.model.lm_head.lora_A.weight'), /the embeddings or the output/],
		['a trained bias', extra(`base_model.model.${Q}.bias`, [8]), /is a trained bias/],
		['fan_in_fan_out', configured({ fan_in_fan_out: true }), /fan_in_fan_out is set/],
		['AdaLoRA', configured({ peft_type: 'ADALORA' }), /peft_type is "ADALORA"; only "LORA"/],
		['no type', configured({ peft_type: undefined }), /peft_type is missing/],
		['another container of layers', configured({ layers_pattern: 'h' }), /layers_pattern is "h"/],
		[
			'layers that were not chosen',
			configured({ layers_to_transform: [1] }),
			/layers_to_transform does not name/,
		],
		[
			'layers that are no numbers',
			configured({ layers_to_transform: ['a'] }),
			/layers_to_transform is \["a"\]/,
		],
		['PiSSA', configured({ init_lora_weights: 'pissa_niter_4' }), /a base with changed weights/],
		['repeated layers', configured({ layer_replication: [[0, 1]] }), /layer_replication is set/],
		['no rank', configured({ r: undefined }), /r is missing instead of a number/],
		['an alpha of zero', configured({ lora_alpha: 0 }), /lora_alpha is 0 instead of/],
		['an alpha that is a text', configured({ lora_alpha: '16' }), /lora_alpha is "16" instead of/],
		['a pattern with a text', configured({ alpha_pattern: { q_proj: 'x' } }), /alpha_pattern: q_proj is "x"/],
		['a pattern that is a list', configured({ rank_pattern: [1] }), /rank_pattern is not an object/],
		[
			'a pattern that is no expression',
			configured({ rank_pattern: { '(': 2 } }),
			/rank_pattern cannot be used/,
		],
		[
			'a rank that differs from the configuration',
			configured({ r: 4 }),
			/rank 2, but the configuration says 4/,
		],
		[
			'a fused layer',
			{ tensors: factors('model.layers.0.self_attn.qkv_proj', 8, 16) },
			/several matrices of the base/,
		],
		[
			'an unknown module',
			{ tensors: factors('model.layers.0.mlp.router', 8, 8) },
			/no module that an adapter for/,
		],
		[
			'another model',
			{ tensors: factors('transformer.h.0.mlp.c_fc', 8, 20) },
			/no module that an adapter for qwen2/,
		],
		[
			'a layer beyond the base',
			{ tensors: factors('model.layers.2.mlp.up_proj', 8, 20) },
			/beyond the base's 2 layers/,
		],
		[
			'other inputs',
			{ tensors: factors(Q, 16, 12) },
			/goes from 16 inputs to 12 outputs, but blk\.0\.attn_q\.weight/,
		],
		['other outputs', { tensors: factors(Q, 8, 16) }, /made for another base/],
		['a missing B', { tensors: onlyA }, /has no B: the file is incomplete/],
		[
			'different ranks in A and B',
			{
				tensors: { ...factors(Q, 8, 12), [`base_model.model.${Q}.lora_B.weight`]: randomTensor([12, 3], 1) },
			},
			/rank 2 in A and 3 in B/,
		],
		[
			'a factor with three dimensions',
			{ tensors: { ...onlyA, [`base_model.model.${Q}.lora_B.weight`]: randomTensor([12, 2, 1], 1) } },
			/3 dimensions instead of 2/,
		],
		[
			'two adapters in one file',
			{
				tensors: {
					...factors(Q, 8, 12),
					[`base_model.model.${Q}.lora_A.default.weight`]: randomTensor([2, 8], 1),
				},
			},
			/has its A twice/,
		],
		[
			'one module under two names',
			{ tensors: { ...factors(Q, 8, 12), ...factors('layers.0.self_attn.q_proj', 8, 12) } },
			/a second time under another name/,
		],
		['NaN', { tensors: { ...factors(Q, 8, 12), ...onlyNaN() } }, /lora_A\.weight" holds NaN/],
		['no tensors', { tensors: {} }, /holds no tensors/],
		['a tensor of something else', extra('optimizer.state'), /"optimizer\.state" is no factor of a LoRA/],
	];
	for (const [what, folder, reason] of refused) {
		it(`refuses ${what}`, () => {
			assert.throws(
				() => imported(parent, folder),
				(error: Error) =>
					error.name === 'AdapterFileError' && error.message.includes(parent) && reason.test(error.message),
			);
		});
	}

	it('refuses an architecture that it does not know, by name', () => {
		assert.throws(
			() => imported(parent, {}, 'phi3'),
			/architecture "phi3" cannot be imported; known are llama/,
		);
	});

	it('refuses heads that do not share the rows', () => {
		const folder = writeAdapterFolder(parent, {});
		assert.throws(() => importPeft(folder, { ...baseOf('llama'), heads: 5 }), /12 outputs, which 5 heads/);
	});

	it('takes a bias setting without any bias', () => {
		assert.equal(imported(parent, configured({ bias: 'lora_only' })).matrices.length, 1);
	});

	describe('a folder', () => {
		it('with a pickle is told how to save it', () => {
			const folder = fs.mkdtempSync(path.join(parent, 'pickle-'));
			fs.writeFileSync(path.join(folder, 'adapter_model.bin'), 'x');
			assert.throws(() => importPeft(folder, baseOf('llama')), /Python pickle.*safe_serialization=True/);
		});

		it('without an adapter is refused', () => {
			assert.throws(() => importPeft(parent, baseOf('llama')), /has no adapter_model\.safetensors: choose/);
			assert.throws(() => importPeft(path.join(parent, 'nowhere'), baseOf('llama')), /has no adapter_model/);
		});

		for (const [what, text, reason] of [
			['without a configuration', undefined, /adapter_config\.json is missing/],
			['with a broken configuration', '{', /adapter_config\.json is not a JSON object/],
			['with a list for a configuration', '[]', /adapter_config\.json is not a JSON object/],
			['with a huge configuration', ' '.repeat((4 << 20) + 1), /adapter_config\.json has \d+ bytes \(limit/],
		] as const) {
			it(`${what} is refused`, () => {
				const folder = writeAdapterFolder(parent, {});
				const file = path.join(folder, 'adapter_config.json');
				if (text === undefined) {
					fs.rmSync(file);
				} else {
					fs.writeFileSync(file, text);
				}
				assert.throws(() => importPeft(folder, baseOf('llama')), reason);
			});
		}
	});
});

function numbers({ bytes }: { readonly bytes: Uint8Array }): Float32Array {
	return new Float32Array(bytes.slice().buffer);
}

function onlyNaN() {
	return { [`base_model.model.${Q}.lora_A.weight`]: float32([2, 8], new Array(16).fill(Number.NaN)) };
}
