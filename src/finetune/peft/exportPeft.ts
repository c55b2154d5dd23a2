/** Writes an adapter as a folder that PEFT loads, so that it can be used or trained further elsewhere. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import type { AdapterContent, AdapterMatrix } from '../adapter/content';
import { AdapterFileError } from './adapterFileError';
import { textsOf } from './facts';
import { CONFIG_FILE, WEIGHTS_FILE } from './importPeft';
import { modelCard } from './modelCard';
import { type AdaptedModule, type AdapterBase, knownArchitectures, moduleOfTensor } from './modules';
import { toHalves } from './rowOrder';
import { type TensorToWrite, writeSafetensors } from './safetensors';
import { writeWholeFile } from './wholeFile';

const CARD_FILE = 'README.md';

interface Adapted extends AdaptedModule {
	readonly matrix: AdapterMatrix;
}

/**
 * Writes adapter_config.json, adapter_model.safetensors (F32) and README.md into the folder, which is made where it
 * is missing. `importPeft` gets the same adapter back, to the bit.
 * Throws an `AdapterFileError` if one of the files is there already, or if the adapter does not fit the base.
 */
export function exportPeft(content: AdapterContent, folder: string, base: AdapterBase): void {
	const { architecture } = content;
	if (architecture !== base.architecture || !knownArchitectures().includes(architecture)) {
		throw new AdapterFileError(
			`An adapter for ${architecture} cannot be exported with a base of the architecture ${base.architecture}; known are ${knownArchitectures().join(', ')}`,
		);
	}
	const adapted = content.matrices.map((matrix) => adaptedBy(matrix, base));
	fs.mkdirSync(folder, { recursive: true });
	const files = [WEIGHTS_FILE, CARD_FILE, CONFIG_FILE].map((name) => path.join(folder, name));
	const existing = files.find((file) => fs.existsSync(file));
	if (existing !== undefined) {
		throw new AdapterFileError(`${existing} is there already: choose another folder`);
	}
	const metadata = new Map([
		// transformers reads it to know which library wrote the tensors.
		['format', 'pt'],
		['general.name', content.facts.name],
		...textsOf(content.facts),
	]);
	const json = `${JSON.stringify(configOf(content, adapted, base.layers), null, 2)}\n`;
	try {
		writeSafetensors(path.join(folder, WEIGHTS_FILE), adapted.flatMap(factorsOf), metadata);
		writeWholeFile(path.join(folder, CARD_FILE), [Buffer.from(modelCard(content))]);
		// Last: a folder without it is no adapter.
		writeWholeFile(path.join(folder, CONFIG_FILE), [Buffer.from(json)]);
	} catch (error) {
		for (const file of files) {
			fs.rmSync(file, { force: true });
		}
		throw error;
	}
}

function adaptedBy(matrix: AdapterMatrix, base: AdapterBase): Adapted {
	const module = moduleOfTensor(matrix.name, base);
	if (module === undefined) {
		throw new AdapterFileError(`"${matrix.name}" is no module of ${base.architecture} that PEFT could name`);
	}
	const [inputs, outputs] = base.shapeOf(matrix.name) ?? [];
	if (module.layer >= base.layers || inputs !== matrix.inputs || outputs !== matrix.outputs) {
		throw new AdapterFileError(
			`"${matrix.name}" goes from ${matrix.inputs} inputs to ${matrix.outputs} outputs, which the base has not: the adapter was made for another base`,
		);
	}
	return { ...module, matrix };
}

/** The path within `model.`, as PEFT compares it behind a dot. */
function pathOf({ layer, module }: Adapted): string {
	return `layers.${layer}.${module}`;
}

function factorsOf(adapted: Adapted): readonly TensorToWrite[] {
	const { inputs, outputs, rank, a, b } = adapted.matrix;
	const { permutedHeads } = adapted;
	const name = (letter: string) => `base_model.model.model.${pathOf(adapted)}.lora_${letter}.weight`;
	return [
		{ name: name('A'), shape: [rank, inputs], values: a },
		{
			name: name('B'),
			shape: [outputs, rank],
			values: permutedHeads === undefined ? b : toHalves(b, outputs, permutedHeads),
		},
	];
}

/** All that `LoraConfig` needs; its defaults are written too where they change the result. */
function configOf(content: AdapterContent, adapted: readonly Adapted[], layers: number): object {
	const rank = commonRank(adapted);
	const others = adapted.filter(({ matrix }) => matrix.rank !== rank);
	return {
		peft_type: 'LORA',
		task_type: 'CAUSAL_LM',
		base_model_name_or_path: content.facts.baseName ?? null,
		inference_mode: true,
		r: rank,
		lora_alpha: content.alpha,
		lora_dropout: 0,
		use_rslora: false,
		use_dora: false,
		rank_pattern: Object.fromEntries(others.map((one) => [pathOf(one), one.matrix.rank])),
		alpha_pattern: {},
		bias: 'none',
		fan_in_fan_out: false,
		init_lora_weights: true,
		modules_to_save: null,
		...targetsOf(adapted, layers),
	};
}

function commonRank(adapted: readonly Adapted[]): number {
	const counts = new Map<number, number>();
	for (const { matrix } of adapted) {
		counts.set(matrix.rank, (counts.get(matrix.rank) ?? 0) + 1);
	}
	const [common] = [...counts].sort(([, one], [, other]) => other - one);
	if (common === undefined) {
		throw new AdapterFileError('The adapter has no matrices');
	}
	return common[0];
}

/** PEFT would fill whatever else these name with random numbers, and say that weights are missing. */
function targetsOf(adapted: readonly Adapted[], layers: number): object {
	const modules = new Set(adapted.map(({ module }) => module));
	const used = [...new Set(adapted.map(({ layer }) => layer))].sort((one, other) => one - other);
	if (adapted.length < modules.size * used.length) {
		return { target_modules: adapted.map(pathOf), layers_to_transform: null };
	}
	return {
		target_modules: [...modules].map((module) => module.slice(module.indexOf('.') + 1)),
		layers_to_transform: used.length === layers ? null : used,
	};
}
