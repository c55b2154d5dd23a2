/** An exported adapter is what PEFT expects, and comes back to the bit. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { AdapterContent, AdapterMatrix } from '../../../../src/finetune/adapter/content';
import { exportPeft } from '../../../../src/finetune/peft/exportPeft';
import { importPeft } from '../../../../src/finetune/peft/importPeft';
import { withSafetensors } from '../../../../src/finetune/peft/safetensors';
import type { AdapterFacts } from '../../../../src/inference/gguf/adapterKeys';
import { seededRandom } from '../../../support/randomModel';
import { baseOf, factors, PLAIN_CONFIG, writeAdapterFolder } from './adapterFolder';

const FACTS: AdapterFacts = {
	name: 'My | adapter\nof <today>',
	base: 'ab12',
	baseName: 'Base 0.5B',
	promptFormat: 3,
	dataset: 'cd34',
	run: {
		lossBefore: 1.5,
		lossAfter: 1.25,
		steps: 10,
		tokens: 1000,
		seconds: 60,
		created: '2026-01-02T03:04:05.000Z',
		repositories: ['secret-project'],
	},
	settings: '{"rank":2}',
	versions: 'familiar 0.1.0',
};

function random(count: number, seed: number): Float32Array {
	const next = seededRandom(seed);
	return Float32Array.from({ length: count }, () => next() - 0.5);
}

function contentOf(
	architecture: string,
	names: readonly (readonly [name: string, rank: number])[],
): AdapterContent {
	const base = baseOf(architecture);
	const matrices = names.map(([name, rank], seed): AdapterMatrix => {
		const [inputs, outputs] = base.shapeOf(name) ?? [0, 0];
		return {
			name,
			inputs,
			outputs,
			rank,
			a: random(rank * inputs, seed + 1),
			b: random(outputs * rank, seed + 99),
		};
	});
	return { architecture, alpha: 32, matrices, facts: FACTS };
}

const ALL = ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down'];
const everywhere = (matrices: readonly string[]) =>
	[0, 1].flatMap((layer) => matrices.map((name) => [`blk.${layer}.${name}.weight`, 2] as const));

describe('finetune/peft/exportPeft', () => {
	let parent: string;
	let folder: string;
	before(() => {
		parent = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-export-'));
	});
	beforeEach(() => {
		folder = path.join(fs.mkdtempSync(path.join(parent, 'x-')), 'new', 'adapter');
	});
	after(() => {
		fs.rmSync(parent, { recursive: true, force: true });
	});

	function config(): Readonly<Record<string, unknown>> {
		return JSON.parse(fs.readFileSync(path.join(folder, 'adapter_config.json'), 'utf8'));
	}

	const cases: readonly (readonly [what: string, content: AdapterContent])[] = [
		...['llama', 'granite', 'qwen2', 'qwen3', 'gemma', 'gemma2'].map(
			(architecture) =>
				[`all matrices of ${architecture}`, contentOf(architecture, everywhere(ALL))] as const,
		),
		[
			'all matrices of starcoder2',
			contentOf('starcoder2', everywhere(ALL.filter((name) => name !== 'ffn_gate'))),
		],
		['the top layer alone', contentOf('llama', everywhere(ALL).slice(7))],
		[
			'different ranks and modules in each layer',
			contentOf('llama', [
				['blk.0.attn_q.weight', 2],
				['blk.1.attn_q.weight', 3],
				['blk.1.attn_k.weight', 2],
				['blk.0.ffn_down.weight', 1],
			]),
		],
		[
			'an alpha that is no whole number, without facts',
			{
				...contentOf('llama', everywhere(['attn_q'])),
				alpha: 8 * Math.sqrt(2),
				facts: {
					...FACTS,
					base: undefined,
					baseName: undefined,
					promptFormat: undefined,
					dataset: undefined,
					run: undefined,
					settings: undefined,
					versions: undefined,
				},
			},
		],
	];
	for (const [what, content] of cases) {
		it(`brings back ${what}`, () => {
			exportPeft(content, folder, baseOf(content.architecture));
			assert.deepEqual(importPeft(folder, baseOf(content.architecture)), content);
			assert.deepEqual(fs.readdirSync(folder).sort(), [
				'README.md',
				'adapter_config.json',
				'adapter_model.safetensors',
			]);
		});
	}

	it('brings back what PEFT wrote, byte for byte', () => {
		const tensors = {
			...factors('model.layers.0.self_attn.q_proj', 8, 12),
			...factors('model.layers.1.self_attn.k_proj', 8, 6, 4),
		};
		const original = writeAdapterFolder(parent, {
			config: { ...PLAIN_CONFIG, rank_pattern: { k_proj: 4 } },
			tensors,
		});
		exportPeft(importPeft(original, baseOf('llama')), folder, baseOf('llama'));
		withSafetensors(path.join(folder, 'adapter_model.safetensors'), (content) => {
			assert.deepEqual(
				content.tensors.map((tensor) => [
					tensor.name,
					tensor.shape,
					new Uint8Array(content.read(tensor).buffer),
				]),
				Object.entries(tensors).map(([name, { shape, bytes }]) => [name, shape, bytes]),
			);
			assert.equal(content.metadata.get('format'), 'pt');
		});
	});

	it('puts the rows of q back into halves', () => {
		const content = contentOf('llama', [['blk.0.attn_q.weight', 1]]);
		const [matrix] = content.matrices;
		assert.ok(matrix !== undefined);
		// What numpy's reshape(2, 2, 3, 1).swapaxes(1, 2) makes of 0 to 11.
		const b = new Float32Array([0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]);
		exportPeft({ ...content, matrices: [{ ...matrix, b }] }, folder, baseOf('llama'));
		withSafetensors(path.join(folder, 'adapter_model.safetensors'), ({ tensors, read }) => {
			const tensor = tensors.find(({ name }) => name.endsWith('lora_B.weight'));
			assert.equal(tensor?.name, 'base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight');
			assert.deepEqual([...read(tensor)], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
		});
	});

	it('tells PEFT the rank, the alpha and the modules', () => {
		exportPeft(contentOf('llama', everywhere(ALL)), folder, baseOf('llama'));
		const { peft_type, r, lora_alpha, target_modules, layers_to_transform, base_model_name_or_path } =
			config();
		assert.deepEqual(
			{ peft_type, r, lora_alpha, target_modules, layers_to_transform, base_model_name_or_path },
			{
				peft_type: 'LORA',
				r: 2,
				lora_alpha: 32,
				target_modules: ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
				layers_to_transform: null,
				base_model_name_or_path: 'Base 0.5B',
			},
		);
	});

	it('names the layers where only some have adapters', () => {
		exportPeft(contentOf('llama', everywhere(['attn_q', 'ffn_up']).slice(2)), folder, baseOf('llama'));
		assert.deepEqual(
			[config()['target_modules'], config()['layers_to_transform']],
			[['q_proj', 'up_proj'], [1]],
		);
	});

	it('names every module where the layers differ, and the ranks that are rare', () => {
		const content = contentOf('llama', [
			['blk.0.attn_q.weight', 2],
			['blk.0.attn_v.weight', 2],
			['blk.1.ffn_up.weight', 4],
		]);
		exportPeft(content, folder, baseOf('llama'));
		const { target_modules, layers_to_transform, r, rank_pattern } = config();
		assert.deepEqual(
			{ target_modules, layers_to_transform, r, rank_pattern },
			{
				target_modules: ['layers.0.self_attn.q_proj', 'layers.0.self_attn.v_proj', 'layers.1.mlp.up_proj'],
				layers_to_transform: null,
				r: 2,
				rank_pattern: { 'layers.1.mlp.up_proj': 4 },
			},
		);
	});

	it('says what it is, without what the names could break or tell', () => {
		exportPeft(contentOf('qwen2', everywhere(ALL)), folder, baseOf('qwen2'));
		const card = fs.readFileSync(path.join(folder, 'README.md'), 'utf8');
		assert.match(card, /^# My adapter of today$/m);
		assert.match(card, /\| base model \| Base 0\.5B \(qwen2\) \|\n\| rank \| 2 \|\n\| alpha \| 32 \|/);
		assert.match(card, /\| held-out loss \| 1\.5000 before, 1\.2500 after \|/);
		assert.ok(!card.includes('secret-project'));
	});

	it('overwrites nothing', () => {
		fs.mkdirSync(folder, { recursive: true });
		fs.writeFileSync(path.join(folder, 'README.md'), 'mine');
		assert.throws(
			() => exportPeft(contentOf('llama', everywhere(ALL)), folder, baseOf('llama')),
			/README\.md is there already: choose another folder/,
		);
		assert.deepEqual(fs.readdirSync(folder), ['README.md']);
		assert.equal(fs.readFileSync(path.join(folder, 'README.md'), 'utf8'), 'mine');
	});

	it('leaves nothing behind where it fails', () => {
		fs.mkdirSync(folder, { recursive: true });
		// Stands in the way of the last file's temporary one.
		fs.mkdirSync(path.join(folder, `adapter_config.json.${process.pid}.tmp`, 'x'), { recursive: true });
		assert.throws(() => exportPeft(contentOf('llama', everywhere(ALL)), folder, baseOf('llama')));
		assert.deepEqual(fs.readdirSync(folder), [`adapter_config.json.${process.pid}.tmp`]);
	});

	for (const [what, content, architecture, reason] of [
		['another architecture', contentOf('llama', everywhere(ALL)), 'qwen2', /for llama .* architecture qwen2/],
		['one that PEFT cannot name', contentOf('phi3', []), 'phi3', /for phi3 cannot be exported/],
		['no matrices', contentOf('llama', []), 'llama', /has no matrices/],
		[
			'an unknown matrix',
			contentOf('llama', [['token_embd.weight', 2]]),
			'llama',
			/"token_embd\.weight" is no module/,
		],
		['a layer too many', contentOf('llama', [['blk.2.attn_q.weight', 2]]), 'llama', /made for another base/],
	] as const) {
		it(`refuses ${what}`, () => {
			assert.throws(() => exportPeft(content, folder, baseOf(architecture)), reason);
			assert.ok(!fs.existsSync(path.join(folder, 'adapter_config.json')));
		});
	}
});
