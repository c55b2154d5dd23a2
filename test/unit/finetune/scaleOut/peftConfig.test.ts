/** What PEFT would save with the exported configuration comes back as an adapter of ours. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { importPeft } from '../../../../src/finetune/peft/importPeft';
import type { AdapterBase } from '../../../../src/finetune/peft/modules';
import { writeSafetensors } from '../../../../src/finetune/peft/safetensors';
import { adapterPlanOf } from '../../../../src/finetune/scaleOut/adapterPlan';
import { writeScaleOut } from '../../../../src/finetune/scaleOut/write';
import { DEFAULT_SETTINGS, type TrainingSettings } from '../../../../src/finetune/settings';
import { readGgufFile } from '../../../../src/inference/gguf/gguf';
import { type Architecture, TINY_MODEL } from '../../../support/randomModel';
import { sampleCode, scaleOutSample } from '../../../support/scaleOutSample';

const tools = { findSecret: async () => undefined, version: '1.2.3' };
const never = new AbortController().signal;

describe('exported configuration of PEFT', () => {
	const folders: string[] = [];
	after(() => {
		for (const folder of folders) {
			fs.rmSync(folder, { recursive: true });
		}
	});

	/** As PEFT's `save_pretrained` after a training with the exported configuration: made-up weights. */
	async function trained(architecture: Architecture, settings: TrainingSettings) {
		const model = { ...TINY_MODEL, architecture };
		const sample = await scaleOutSample({ settings }, sampleCode(), model);
		const adapter = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-peft-'));
		folders.push(adapter, sample.folder);
		const { folder } = await writeScaleOut(sample.order, tools, () => undefined, never);
		const text = fs.readFileSync(path.join(folder, 'configs/peft.json'), 'utf8');
		const header = readGgufFile(sample.order.basePath);
		const shape = { ...model, architecture };
		const plan = adapterPlanOf(shape, header.tensors, settings);
		const base: AdapterBase = {
			...shape,
			shapeOf: (name) => {
				const [inputs = 0, outputs = 0] = header.tensors.find((one) => one.name === name)?.shape ?? [];
				return inputs === 0 ? undefined : [inputs, outputs];
			},
		};
		// PEFT saves its configuration with every default.
		const config = { ...JSON.parse(text), use_dora: false, modules_to_save: null, rank_pattern: {} };
		fs.writeFileSync(path.join(adapter, 'adapter_config.json'), JSON.stringify(config));
		const sizes: Readonly<Record<string, string>> = {
			'self_attn.q_proj': 'attn_q',
			'self_attn.k_proj': 'attn_k',
			'self_attn.v_proj': 'attn_v',
			'self_attn.o_proj': 'attn_output',
			'mlp.gate_proj': 'ffn_gate',
			'mlp.up_proj': 'ffn_up',
			'mlp.down_proj': 'ffn_down',
			'mlp.c_fc': 'ffn_up',
			'mlp.c_proj': 'ffn_down',
		};
		const layers = plan.layers ?? Array.from({ length: model.layers }, (_, index) => index);
		const tensors = layers.flatMap((layer) =>
			plan.paths.flatMap((module) => {
				const [inputs, outputs] = base.shapeOf(`blk.${layer}.${sizes[module]}.weight`) ?? [0, 0];
				const name = `base_model.model.model.layers.${layer}.${module}`;
				const values = (count: number) => Float32Array.from({ length: count }, (_, at) => at % 7);
				return [
					{
						name: `${name}.lora_A.weight`,
						shape: [settings.rank, inputs],
						values: values(settings.rank * inputs),
					},
					{
						name: `${name}.lora_B.weight`,
						shape: [outputs, settings.rank],
						values: values(settings.rank * outputs),
					},
				];
			}),
		);
		writeSafetensors(path.join(adapter, 'adapter_model.safetensors'), tensors, new Map([['format', 'pt']]));
		return { content: importPeft(adapter, base), plan };
	}

	for (const architecture of ['qwen2', 'llama', 'starcoder2'] as const) {
		it(`is imported for ${architecture}, with as many numbers as the manifest counts`, async () => {
			const { content, plan } = await trained(architecture, { ...DEFAULT_SETTINGS, rank: 8, alpha: 24 });
			assert.equal(content.alpha, 24);
			const numbers = content.matrices.reduce((sum, { a, b }) => sum + a.length + b.length, 0);
			assert.equal(numbers, plan.parameters);
			assert.equal(content.matrices.length, (architecture === 'starcoder2' ? 6 : 7) * TINY_MODEL.layers);
			assert.equal(content.facts.baseName, 'Example/Tiny-Coder-0.1B');
		});
	}

	it('keeps the chosen layers, the matrices and the scale of rsLoRA', async () => {
		const settings: TrainingSettings = {
			...DEFAULT_SETTINGS,
			rank: 4,
			alpha: 8,
			rankStabilised: true,
			topLayers: 1,
			targets: ['q', 'v'],
		};
		const { content } = await trained('qwen2', settings);
		assert.deepEqual(
			content.matrices.map(({ name }) => name),
			['blk.1.attn_q.weight', 'blk.1.attn_v.weight'],
		);
		// alpha / √4 is (8·2) / 4.
		assert.equal(content.alpha, 16);
	});
});
