/** Reads an adapter that PEFT or mlx-lm saved, as one for the GGUF of its base. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import { keepStart } from '../../inference/clip';
import { isRecord } from '../../inference/record';
import type { AdapterContent, AdapterMatrix } from '../adapter/content';
import { AdapterFileError } from './adapterFileError';
import { type FactorPair, factorPairs, MLX_NAMES, PEFT_NAMES } from './factorPairs';
import { factsOf, LONGEST_NAME } from './facts';
import { type AdaptedModule, type AdapterBase, knownArchitectures, moduleOfPath } from './modules';
import { mlxScales, peftScales, type Scales } from './peftConfig';
import { toNeighbours, transpose } from './rowOrder';
import { type SafeTensor, type Safetensors, withSafetensors } from './safetensors';

/** PEFT's names of the files in an adapter's folder. */
export const CONFIG_FILE = 'adapter_config.json';
export const WEIGHTS_FILE = 'adapter_model.safetensors';
const PICKLE_FILE = 'adapter_model.bin';
const MLX_WEIGHTS_FILE = 'adapters.safetensors';

const MAX_CONFIG_BYTES = 4 << 20;

/** Who saved an adapter: they differ in names, in the configuration and in the order of the factors' numbers. */
interface Layout {
	readonly weightsFile: string;
	readonly names: RegExp;
	readonly scalesOf: typeof peftScales;
	/** A is stored as [inputs, rank] and B as [rank, outputs]. */
	readonly transposed: boolean;
}

const LAYOUTS: readonly Layout[] = [
	{ weightsFile: WEIGHTS_FILE, names: PEFT_NAMES, scalesOf: peftScales, transposed: false },
	{ weightsFile: MLX_WEIGHTS_FILE, names: MLX_NAMES, scalesOf: mlxScales, transposed: true },
];

/**
 * Reads a folder with adapter_config.json and adapter_model.safetensors (PEFT) or adapters.safetensors (mlx-lm).
 * The scale of each module is folded into its B, so that one alpha holds for all.
 * Throws an `AdapterFileError` that names the file, the reason and the remedy for what cannot be imported.
 */
export function importPeft(folder: string, base: AdapterBase): AdapterContent {
	if (!knownArchitectures().includes(base.architecture)) {
		throw new AdapterFileError(
			`Adapters for the architecture "${base.architecture}" cannot be imported; known are ${knownArchitectures().join(', ')}`,
		);
	}
	const layout = layoutOf(folder);
	const configFile = path.join(folder, CONFIG_FILE);
	const config = readConfig(configFile);
	return withSafetensors(path.join(folder, layout.weightsFile), (weights) => {
		const pairs = factorPairs(weights, layout.names);
		const paths = pairs.map((pair) => pair.path);
		const scales = layout.scalesOf(config, paths, configFile);
		// Everything is checked by its header before the first number is read.
		const plans = pairs.map((pair) => planOf(pair, weights.file, base, scales, layout.transposed));
		const twice = plans.find(({ target }, index) => index > firstOf(target.tensor, plans));
		if (twice !== undefined) {
			throw new AdapterFileError(
				`${weights.file}: "${twice.path}" is there a second time under another name`,
			);
		}
		return {
			architecture: base.architecture,
			alpha: scales.alpha,
			matrices: plans.map((plan) => readMatrix(plan, weights, layout.transposed)),
			facts: factsFrom(weights, config, folder),
		};
	});
}

function firstOf(tensor: string, plans: readonly Plan[]): number {
	return plans.findIndex(({ target }) => target.tensor === tensor);
}

function layoutOf(folder: string): Layout {
	const has = (name: string) => fs.existsSync(path.join(folder, name));
	const layout = LAYOUTS.find(({ weightsFile }) => has(weightsFile));
	if (layout !== undefined) {
		return layout;
	}
	throw new AdapterFileError(
		has(PICKLE_FILE)
			? `${path.join(folder, PICKLE_FILE)} is a Python pickle, which can run any code when it is read. Save the adapter as safetensors: save_pretrained(folder, safe_serialization=True)`
			: `${folder} has no ${WEIGHTS_FILE}: choose the folder that PEFT's save_pretrained or mlx-lm wrote`,
	);
}

/** What an export of ours kept beside the numbers; of others, the names alone. */
function factsFrom(
	weights: Safetensors,
	{ base_model_name_or_path: baseName }: Readonly<Record<string, unknown>>,
	folder: string,
): AdapterContent['facts'] {
	const name = weights.metadata.get('general.name') ?? path.basename(path.resolve(folder));
	const facts = factsOf((key) => weights.metadata.get(key), name);
	return typeof baseName === 'string' && baseName !== ''
		? { ...facts, baseName: facts.baseName ?? keepStart(baseName, LONGEST_NAME) }
		: facts;
}

function readConfig(file: string): Readonly<Record<string, unknown>> {
	const stats = fs.statSync(file, { throwIfNoEntry: false });
	if (stats?.isFile() !== true) {
		throw new AdapterFileError(`${file} is missing: it holds the adapter's rank and alpha`);
	}
	if (stats.size > MAX_CONFIG_BYTES) {
		throw new AdapterFileError(`${file} has ${stats.size} bytes (limit ${MAX_CONFIG_BYTES})`);
	}
	try {
		const config: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
		if (isRecord(config)) {
			return config;
		}
	} catch (error) {
		if (!(error instanceof SyntaxError)) {
			throw error;
		}
	}
	throw new AdapterFileError(`${file} is not a JSON object`);
}

/** Why a shape does not fit, and what helps. */
const ANOTHER_BASE =
	'the adapter was made for another base. Load the model that it was made for, then import it again';

interface Plan extends FactorPair {
	readonly target: AdaptedModule;
	readonly inputs: number;
	readonly outputs: number;
	readonly rank: number;
	readonly factor: number;
}

function planOf(
	pair: FactorPair,
	file: string,
	base: AdapterBase,
	scales: Scales,
	transposed: boolean,
): Plan {
	const refuse = (reason: string): never => {
		throw new AdapterFileError(`${file}: "${pair.path}" ${reason}`);
	};
	const target =
		moduleOfPath(pair.path, base) ??
		refuse(`is no module that an adapter for ${base.architecture} can change`);
	if (target.layer >= base.layers) {
		refuse(`is beyond the base's ${base.layers} layers: ${ANOTHER_BASE}`);
	}
	if (scales.layers?.includes(target.layer) === false) {
		refuse(
			`is in a layer that layers_to_transform does not name: configuration and weights do not belong together`,
		);
	}
	const [inputs, outputs] =
		base.shapeOf(target.tensor) ?? refuse(`would change ${target.tensor}, which the base does not have`);
	const [rank, given] = factorShape(pair.a, transposed);
	const [takes, rankB] = factorShape(pair.b, transposed);
	if (rank !== rankB || rank === 0) {
		refuse(`has the rank ${rank} in A and ${rankB} in B`);
	}
	if (given !== inputs || takes !== outputs) {
		refuse(
			`goes from ${given} inputs to ${takes} outputs, but ${target.tensor} of the base from ${inputs} to ${outputs}: ${ANOTHER_BASE}`,
		);
	}
	if (rank !== scales.rankOf(pair.path)) {
		refuse(`has the rank ${rank}, but the configuration says ${scales.rankOf(pair.path)}`);
	}
	if (target.permutedHeads !== undefined && outputs % (2 * target.permutedHeads) !== 0) {
		refuse(`has ${outputs} outputs, which ${target.permutedHeads} heads do not share evenly`);
	}
	return { ...pair, target, inputs, outputs, rank, factor: scales.factorOf(pair.path) };
}

/** Rows and columns as PEFT has them; mlx-lm stores both transposed. */
function factorShape(tensor: SafeTensor, transposed: boolean): readonly [rows: number, columns: number] {
	const [first = 0, second = 0] = tensor.shape;
	return transposed ? [second, first] : [first, second];
}

function readMatrix(plan: Plan, weights: Safetensors, transposed: boolean): AdapterMatrix {
	const { target, inputs, outputs, rank, factor } = plan;
	const read = (tensor: SafeTensor) => {
		const values = weights.read(tensor);
		const [rows = 0, columns = 0] = tensor.shape;
		return transposed ? transpose(values, rows, columns) : values;
	};
	const a = read(plan.a);
	const whole = read(plan.b);
	const scaled = factor === 1 ? whole : whole.map((value) => value * factor);
	const { permutedHeads } = target;
	const b = permutedHeads === undefined ? scaled : toNeighbours(scaled, outputs, permutedHeads);
	return { name: target.tensor, inputs, outputs, rank, a, b };
}
