/** Adapters as other programs write them, for tests: safetensors byte by byte, PEFT's configuration, a base to fit. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { AdapterContent } from '../../../../src/finetune/adapter/content';
import { importPeft } from '../../../../src/finetune/peft/importPeft';
import type { AdapterBase } from '../../../../src/finetune/peft/modules';
import { seededRandom } from '../../../support/randomModel';

export interface StoredTensor {
	readonly dtype: string;
	readonly shape: readonly number[];
	readonly bytes: Uint8Array;
}

export function float32(shape: readonly number[], values: readonly number[]): StoredTensor {
	return { dtype: 'F32', shape, bytes: new Uint8Array(new Float32Array(values).buffer) };
}

/** Random numbers, the same for the same seed. */
export function randomTensor(shape: readonly number[], seed: number): StoredTensor {
	const random = seededRandom(seed);
	const count = shape.reduce((product, size) => product * size, 1);
	return float32(
		shape,
		Array.from({ length: count }, () => random() - 0.5),
	);
}

/** `change` may spoil the header. */
export function safetensorsBytes(
	tensors: Readonly<Record<string, StoredTensor>>,
	change: (header: Record<string, object>) => object = (header) => header,
): Buffer {
	const header: Record<string, object> = {};
	let end = 0;
	for (const [name, { dtype, shape, bytes }] of Object.entries(tensors)) {
		header[name] = { dtype, shape, data_offsets: [end, end + bytes.length] };
		end += bytes.length;
	}
	const json = Buffer.from(JSON.stringify(change(header)));
	const length = Buffer.alloc(8);
	length.writeBigUInt64LE(BigInt(json.length));
	return Buffer.concat([length, json, ...Object.values(tensors).map(({ bytes }) => bytes)]);
}

/** Width 8, 2 heads of 6 rows (4 would be put back by being permuted again), 1 key-value head, 2 layers. */
export function baseOf(architecture: string): AdapterBase {
	const shapes: Readonly<Record<string, readonly [number, number]>> = {
		attn_q: [8, 12],
		attn_k: [8, 6],
		attn_v: [8, 6],
		attn_output: [12, 8],
		ffn_up: [8, 20],
		ffn_down: [20, 8],
		...(architecture === 'starcoder2' ? {} : { ffn_gate: [8, 20] }),
	};
	return {
		architecture,
		layers: 2,
		heads: 2,
		keyValueHeads: 1,
		shapeOf: (name) => shapes[/^blk\.[01]\.(\w+)\.weight$/.exec(name)?.[1] ?? ''],
	};
}

/** What PEFT writes for a plain LoRA of rank 2 and alpha 4. */
export const PLAIN_CONFIG = {
	peft_type: 'LORA',
	task_type: 'CAUSAL_LM',
	base_model_name_or_path: 'someone/base',
	r: 2,
	lora_alpha: 4,
	use_rslora: false,
	use_dora: false,
	rank_pattern: {},
	alpha_pattern: {},
	bias: 'none',
	fan_in_fan_out: false,
	init_lora_weights: true,
	modules_to_save: null,
	layers_to_transform: null,
	layers_pattern: null,
	target_modules: ['q_proj', 'v_proj'],
} as const;

/** Both factors of a module under PEFT's names. */
export function factors(
	module: string,
	inputs: number,
	outputs: number,
	rank = 2,
): Record<string, StoredTensor> {
	const name = `base_model.model.${module}`;
	return {
		[`${name}.lora_A.weight`]: randomTensor([rank, inputs], 1),
		[`${name}.lora_B.weight`]: randomTensor([outputs, rank], 2),
	};
}

export interface AdapterFolder {
	readonly config?: object;
	readonly tensors?: Readonly<Record<string, StoredTensor>>;
	/** Default adapter_model.safetensors. */
	readonly weightsFile?: string;
}

/** Writes a folder of its own in `parent`. */
export function writeAdapterFolder(parent: string, { config, tensors, weightsFile }: AdapterFolder): string {
	const folder = fs.mkdtempSync(path.join(parent, 'adapter-'));
	fs.writeFileSync(path.join(folder, 'adapter_config.json'), JSON.stringify(config ?? PLAIN_CONFIG));
	const bytes = safetensorsBytes(tensors ?? factors('model.layers.0.self_attn.q_proj', 8, 12));
	fs.writeFileSync(path.join(folder, weightsFile ?? 'adapter_model.safetensors'), bytes);
	return folder;
}

export function imported(parent: string, folder: AdapterFolder, architecture = 'qwen2'): AdapterContent {
	return importPeft(writeAdapterFolder(parent, folder), baseOf(architecture));
}

/** ΔW as [outputs, inputs] rows: scale·B·A, in 64 bits. */
export function change(
	{ inputs, outputs, rank, a, b }: AdapterContent['matrices'][number],
	scale: number,
): readonly number[] {
	return Array.from({ length: outputs * inputs }, (_, index) => {
		const [row, column] = [Math.floor(index / inputs), index % inputs];
		let sum = 0;
		for (let inner = 0; inner < rank; inner++) {
			sum += (b[row * rank + inner] ?? Number.NaN) * (a[inner * inputs + column] ?? Number.NaN);
		}
		return scale * sum;
	});
}
