/** The LoRA matrices of a run: which matrices of the base have a pair, how they begin, and how they leave. */

import type { AdapterMatrix } from '../adapter/content';
import type { ModelShape } from '../architectures/architecture';
import { UntrainableModel } from '../architectures/shape';
import { Arena, type Tensor } from '../ggml/arena';
import type { Device, Memory } from '../ggml/device';
import { transpose } from '../peft/rowOrder';
import type { TrainingSettings } from '../settings';
import { TARGETS, type Target } from '../settings';
import type { LoraPair } from '../tape/linear';
import { Variable } from '../tape/variable';
import { randomFrom, seedFor } from './random';

/** GGUF's names of the matrices. */
const TENSORS: Readonly<Record<Target, string>> = {
	q: 'attn_q',
	k: 'attn_k',
	v: 'attn_v',
	o: 'attn_output',
	gate: 'ffn_gate',
	up: 'ffn_up',
	down: 'ffn_down',
};

export type LoraSettings = Pick<
	TrainingSettings,
	'rank' | 'alpha' | 'rankStabilised' | 'targets' | 'topLayers' | 'seed'
>;

/** A matrix of the base that gets a pair. */
interface Adapted {
	readonly layer: number;
	readonly name: string;
	readonly inputs: number;
	readonly outputs: number;
}

/** First layer that has pairs. */
export function firstTrainedLayer(shape: ModelShape, topLayers: number): number {
	return topLayers === 0 ? 0 : Math.max(0, shape.layers - topLayers);
}

/**
 * In the order of the adapter file. A plain MLP has no gate.
 * @throws UntrainableModel where the model has none of the targets.
 */
export function adaptedMatrices(shape: ModelShape, { targets, topLayers }: LoraSettings): readonly Adapted[] {
	const query = shape.heads * shape.headSize;
	const keyValue = shape.keyValueHeads * shape.headSize;
	const { width, feedForward } = shape;
	const sizes: Readonly<Record<Target, readonly [inputs: number, outputs: number]>> = {
		q: [width, query],
		k: [width, keyValue],
		v: [width, keyValue],
		o: [query, width],
		gate: [width, feedForward],
		up: [width, feedForward],
		down: [feedForward, width],
	};
	const wanted = TARGETS.filter((target) => targets.includes(target) && (shape.gated || target !== 'gate'));
	if (wanted.length === 0) {
		throw new UntrainableModel(
			`Nothing would be trained: targets names only ${targets.join(', ')}, and ${shape.architecture} models have no such matrix. Add ${TARGETS.filter((target) => target !== 'gate').join(', ')}.`,
		);
	}
	const first = firstTrainedLayer(shape, topLayers);
	return Array.from({ length: shape.layers - first }, (_, index) => index + first).flatMap((layer) =>
		wanted.map((target) => {
			const [inputs, outputs] = sizes[target];
			return { layer, name: TENSORS[target], inputs, outputs };
		}),
	);
}

export class Lora {
	/** What llama.cpp multiplies B·A by, times the rank: the rank-stabilised scale is folded in. */
	readonly alpha: number;
	readonly #pairs = new Map<string, { readonly adapted: Adapted; readonly a: Tensor; readonly b: Tensor }>();
	readonly #arena: Arena;
	readonly #memory: Memory;

	/**
	 * A uniform in ±1/√inputs (Kaiming's with a = √5, as in PEFT), B zero: the adapter begins as nothing.
	 */
	constructor(
		private readonly device: Device,
		shape: ModelShape,
		private readonly settings: LoraSettings,
	) {
		const { rank, alpha, rankStabilised, seed } = settings;
		this.alpha = rankStabilised ? alpha * Math.sqrt(rank) : alpha;
		const adapted = adaptedMatrices(shape, settings);
		this.#arena = new Arena(device.ggml, adapted.length * 2);
		for (const one of adapted) {
			const stem = stemOf(one);
			const a = this.#arena.tensor('F32', [one.inputs, rank], `${stem}.lora_a`);
			const b = this.#arena.tensor('F32', [one.outputs, rank], `${stem}.lora_b`);
			this.#pairs.set(stem, { adapted: one, a, b });
		}
		this.#memory = device.allocate(this.#arena);
		this.#memory.clear();
		const random = randomFrom(seedFor(seed, 'lora'));
		for (const { adapted: one, a } of this.#pairs.values()) {
			const bound = 1 / Math.sqrt(one.inputs);
			device.write(
				a,
				Float32Array.from({ length: one.inputs * rank }, () => (random.next() * 2 - 1) * bound),
			);
		}
	}

	/** By the names of their tensors: what the optimiser trains. */
	get variables(): ReadonlyMap<string, Variable> {
		return new Map(
			[...this.#pairs].flatMap(([stem, { a, b }]) => [
				[`${stem}.lora_a`, this.variable(a)],
				[`${stem}.lora_b`, this.variable(b)],
			]),
		);
	}

	/** Bytes of A and B. */
	get bytes(): number {
		return this.#memory.bytes;
	}

	readonly #variables = new Map<Tensor, Variable>();

	private variable(tensor: Tensor): Variable {
		const found = this.#variables.get(tensor) ?? new Variable(tensor, true);
		this.#variables.set(tensor, found);
		return found;
	}

	/** The pair of a matrix, undefined where it has none. @param mask see `LoraPair`. */
	pair(layer: number, name: string, mask: LoraPair['mask']): LoraPair | undefined {
		const found = this.#pairs.get(stemOf({ layer, name }));
		return found === undefined
			? undefined
			: {
					a: this.variable(found.a),
					b: this.variable(found.b),
					scale: this.alpha / this.settings.rank,
					mask,
				};
	}

	/** As an adapter holds them: B the other way round than it is trained. */
	content(): readonly AdapterMatrix[] {
		const { rank } = this.settings;
		return [...this.#pairs].map(([stem, { adapted, a, b }]) => ({
			name: `${stem}.weight`,
			inputs: adapted.inputs,
			outputs: adapted.outputs,
			rank,
			a: this.device.readFloats(a),
			b: transpose(this.device.readFloats(b), rank, adapted.outputs),
		}));
	}

	/** Takes over another adapter's numbers, for example to score it. @throws Error where ranks or names differ. */
	load(matrices: readonly AdapterMatrix[]): void {
		for (const matrix of matrices) {
			const found = this.#pairs.get(matrix.name.replace(/\.weight$/, ''));
			if (found === undefined || matrix.rank !== this.settings.rank) {
				throw new Error(`${matrix.name} has no pair of rank ${matrix.rank} in this run.`);
			}
			this.device.write(found.a, matrix.a);
			this.device.write(found.b, transpose(matrix.b, matrix.outputs, matrix.rank));
		}
	}

	dispose(): void {
		this.#memory.dispose();
		this.#arena.dispose();
	}
}

function stemOf({ layer, name }: { readonly layer: number; readonly name: string }): string {
	return `blk.${layer}.${name}`;
}
