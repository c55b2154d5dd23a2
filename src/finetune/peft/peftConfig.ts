/** What adapter_config.json says: the rank and the scale of every module, and all that no GGUF can hold refused. */

import { isRecord } from '../../inference/record';
import { number } from '../../inference/wire/shapes';
import { AdapterFileError } from './adapterFileError';
import { valuesByPattern } from './patterns';

type Config = Readonly<Record<string, unknown>>;

/** How strong an adapter is, module by module. */
export interface Scales {
	/** The one alpha of the GGUF: a matrix there has the scale alpha / rank. */
	readonly alpha: number;
	readonly rankOf: (module: string) => number;
	/** What B has to be multiplied with, so that alpha / rank is the module's scale. */
	readonly factorOf: (module: string) => number;
	/** The only layers that may have adapters; undefined for all. */
	readonly layers: readonly number[] | undefined;
}

/** Strengths outside of this are mistakes, and overflow or vanish in 32 bits. */
const LEAST = 1e-6;
const MOST = 1e6;

/** Settings that change what is computed in a way that llama.cpp does not know, with the reason. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
	use_dora: 'DoRA also scales the columns of the base, which a GGUF adapter cannot; train without use_dora',
	fan_in_fan_out: 'its matrices are transposed (Conv1D), which none of the supported models has',
	modules_to_save: 'whole modules were trained beside the adapter; train without modules_to_save',
	layer_replication: 'it repeats layers of the base; that model would have to be converted as a whole',
	trainable_token_indices: 'it changes embeddings; train without trainable_token_indices',
	target_parameters: 'it changes single parameters instead of linear layers; use target_modules',
	lora_bias: 'its B has a bias, which a GGUF adapter cannot hold; train without lora_bias',
	alora_invocation_tokens: 'an activated adapter (aLoRA) only works behind certain tokens',
	use_qalora: 'QA-LoRA pools the inputs, which a GGUF adapter cannot; train without use_qalora',
	use_bdlora: 'its matrices are block-diagonal; train without use_bdlora',
};

/** Initialisations that take what A and B begin with off the base's own weights. */
const CHANGES_BASE = /^(pissa|olora|corda|loftq|lora_ga)/i;

/** Whether a setting is switched on: PEFT writes null, false or nothing for those that are not. */
function isSet(value: unknown): boolean {
	const isEmpty =
		(Array.isArray(value) && value.length === 0) || (isRecord(value) && !Object.keys(value).length);
	return value !== undefined && value !== null && value !== false && value !== '' && !isEmpty;
}

function checkPeftConfig(config: Config, file: string): void {
	const { peft_type: type, init_lora_weights: start } = config;
	if (type !== 'LORA') {
		throw new AdapterFileError(
			`${file}: peft_type is ${JSON.stringify(type)?.slice(0, 40) ?? 'missing'}; only "LORA" can be imported`,
		);
	}
	for (const [name, reason] of Object.entries(UNSUPPORTED)) {
		if (isSet(config[name])) {
			throw new AdapterFileError(`${file}: ${name} is set: ${reason}`);
		}
	}
	if (typeof start === 'string' && CHANGES_BASE.test(start)) {
		throw new AdapterFileError(
			`${file}: init_lora_weights is "${start.slice(0, 40)}": the adapter belongs to a base with changed weights. Save it with path_initial_model_for_weight_conversion, which makes it fit the original`,
		);
	}
	const { layers_pattern: pattern } = config;
	const containers = isSet(pattern) ? [pattern].flat() : [];
	if (!containers.every((name) => name === 'layers')) {
		throw new AdapterFileError(
			`${file}: layers_pattern is ${JSON.stringify(pattern).slice(0, 100)}; the layers of the supported models are called "layers"`,
		);
	}
}

function chosenLayers(config: Config, file: string): readonly number[] | undefined {
	const { layers_to_transform: chosen } = config;
	if (!isSet(chosen)) {
		return undefined;
	}
	const layers: readonly unknown[] = [chosen].flat();
	if (!layers.every(number)) {
		throw new AdapterFileError(
			`${file}: layers_to_transform is ${JSON.stringify(chosen).slice(0, 100)} instead of numbers of layers`,
		);
	}
	return layers;
}

/**
 * Of PEFT. `modules` are full paths in the base, as patterns match them.
 * Throws an `AdapterFileError` that begins with `file` for what cannot be imported.
 */
export function peftScales(config: Config, modules: readonly string[], file: string): Scales {
	checkPeftConfig(config, file);
	const rank = positive(config, 'r', file);
	const alpha = positive(config, 'lora_alpha', file);
	const ranks = valuesByPattern(patternsIn(config, 'rank_pattern', file), modules, `${file}: rank_pattern`);
	const alphas = valuesByPattern(
		patternsIn(config, 'alpha_pattern', file),
		modules,
		`${file}: alpha_pattern`,
	);
	// rsLoRA: alpha / √rank = (alpha·√rank) / rank.
	const strength = (alpha: number, rank: number) =>
		config['use_rslora'] === true ? alpha * Math.sqrt(rank) : alpha;
	const whole = strength(alpha, rank);
	const rankOf = (module: string) => ranks.get(module) ?? rank;
	const factorOf = (module: string) => strength(alphas.get(module) ?? alpha, rankOf(module)) / whole;
	return { alpha: whole, rankOf, factorOf, layers: chosenLayers(config, file) };
}

function positive(config: Config, name: string, file: string): number {
	const value = config[name];
	if (!number(value) || value < LEAST || value > MOST) {
		throw new AdapterFileError(
			`${file}: ${name} is ${JSON.stringify(value)?.slice(0, 40) ?? 'missing'} instead of a number from ${LEAST} to ${MOST}`,
		);
	}
	return value;
}

function patternsIn(config: Config, name: string, file: string): ReadonlyMap<string, number> {
	const patterns = config[name];
	if (!isSet(patterns)) {
		return new Map();
	}
	if (!isRecord(patterns)) {
		throw new AdapterFileError(`${file}: ${name} is not an object of names and numbers`);
	}
	return new Map(Object.keys(patterns).map((key) => [key, positive(patterns, key, `${file}: ${name}`)]));
}

/**
 * Of mlx-lm: `scale` is the whole strength, whatever the rank. Throws an `AdapterFileError` that begins with `file`.
 */
export function mlxScales(config: Config, _modules: readonly string[], file: string): Scales {
	const { fine_tune_type: kind = 'lora', lora_parameters: parameters } = config;
	if (kind !== 'lora') {
		throw new AdapterFileError(
			`${file}: fine_tune_type is ${JSON.stringify(kind).slice(0, 40)}; only "lora" can be imported`,
		);
	}
	if (!isRecord(parameters)) {
		throw new AdapterFileError(`${file}: lora_parameters is missing; mlx-lm writes rank and scale there`);
	}
	if (parameters['alpha'] !== undefined) {
		throw new AdapterFileError(
			`${file}: lora_parameters has alpha and scale; versions of mlx-lm disagree on what that means. Leave alpha out, and set scale to what the layer multiplies with`,
		);
	}
	const rank = positive(parameters, 'rank', file);
	const alpha = positive(parameters, 'scale', file) * rank;
	return { alpha, rankOf: () => rank, factorOf: () => 1, layers: undefined };
}
