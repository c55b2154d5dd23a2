/**
 * What a model computes, written once more in double precision and plain loops from the papers and llama.cpp's graphs
 * (src/models of v0.5.0): the judge of the trainer's logits, losses and gradients. It shares no code with the trainer.
 */
import { attention, type Places } from './referenceAttention';
import { type ReferenceConfig, referenceConfig } from './referenceConfig';
import { activate, addTo, multiply, type ReferenceAdapter, softCap, Weights } from './referenceLayers';
import { rotationOf } from './referenceRope';
import { type Matrix, ReferenceFile } from './referenceTensors';

export interface ReferenceModel {
	/** A copy with other values computes something else, for tests of what a term does. */
	readonly config: ReferenceConfig;
	/** By their names in the file. Values may be changed in place, for finite differences. */
	readonly tensors: ReadonlyMap<string, Matrix>;
}

/** Reads a model in F32, F16, BF16, Q8_0 or Q4_0. Throws an Error for an architecture that is not written. */
export function readReferenceModel(file: string): ReferenceModel {
	const read = new ReferenceFile(file);
	return { config: referenceConfig(read), tensors: read.tensors };
}

/** Reads a LoRA adapter as llama.cpp's converter writes it. */
export function readReferenceAdapter(file: string): ReferenceAdapter {
	const read = new ReferenceFile(file);
	const matrices = [...read.tensors].flatMap(([name, a]) => {
		const base = /^(.*)\.lora_a$/.exec(name)?.[1];
		const b = base === undefined ? undefined : read.tensors.get(`${base}.lora_b`);
		return base === undefined || b === undefined
			? []
			: [{ name: base, rank: a.outputs, a: a.values, b: b.values }];
	});
	return { alpha: read.plainNumber('adapter.lora.alpha'), matrices };
}

export interface ReferenceInput {
	readonly tokens: ArrayLike<number>;
	/** The token that each row predicts; read where the weight is not 0. */
	readonly targets: ArrayLike<number>;
	/** Weight of each row's loss; rows of weight 0 have no logits. */
	readonly weights: ArrayLike<number>;
	/** Position of each row within its document; default 0, 1, 2 … */
	readonly positions?: ArrayLike<number>;
	/** Index of the first row of each row's document, which sees no other; default 0: one document. */
	readonly starts?: ArrayLike<number>;
	readonly adapter?: ReferenceAdapter;
}

export interface ReferenceResult {
	/** Mean of −ln p(target) over the weights, in nats; 0 where all weights are 0. */
	readonly loss: number;
	/** For each row, one for each token of the vocabulary; undefined where the weight is 0. */
	readonly logits: readonly (Float64Array | undefined)[];
}

export function referenceLoss(model: ReferenceModel, input: ReferenceInput): ReferenceResult {
	const { config } = model;
	const weights = new Weights(config, model.tensors, input.adapter);
	const hidden = residualStream(config, weights, input);
	const output = weights.matrix(weights.has('output.weight') ? 'output.weight' : 'token_embd.weight');
	const logits: (Float64Array | undefined)[] = [];
	let loss = 0;
	let total = 0;
	for (let row = 0; row < input.tokens.length; row++) {
		const weight = input.weights[row] ?? 0;
		if (weight === 0) {
			logits.push(undefined);
			continue;
		}
		const normed = weights.norm(hidden.subarray(row * config.width, (row + 1) * config.width), 'output_norm');
		const scores = multiply(normed, output).map((score) =>
			softCap(score * config.logitScale, config.finalCap),
		);
		logits.push(scores);
		loss -= weight * logProbability(scores, input.targets[row] ?? 0);
		total += weight;
	}
	return { loss: total === 0 ? 0 : loss / total, logits };
}

/** Natural logarithm of the softmax at one place. */
export function logProbability(logits: Float64Array, token: number): number {
	const largest = logits.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
	const sum = logits.reduce((total, value) => total + Math.exp(value - largest), 0);
	return (logits[token] ?? Number.NaN) - largest - Math.log(sum);
}

/** Rows × width behind the last layer. */
function residualStream(config: ReferenceConfig, weights: Weights, input: ReferenceInput): Float64Array {
	const rows = input.tokens.length;
	const positions = input.positions ?? Array.from({ length: rows }, (_, row) => row);
	const places: Places = {
		positions,
		starts: input.starts ?? new Int32Array(rows),
		rotation: rotationOf(config.rope, positions),
	};
	const stream = embed(config, weights, input.tokens);
	for (let layer = 0; layer < config.layers; layer++) {
		const block = `blk.${layer}`;
		const add = (part: Float64Array, postNorm: string) => {
			// Gemma 2 norms what is added, too.
			const normed = weights.has(`${postNorm}.weight`) ? weights.norm(part, postNorm) : part;
			addTo(stream, normed, config.residualScale);
		};
		const attended = attention(config, weights, layer, weights.norm(stream, `${block}.attn_norm`), places);
		add(attended, `${block}.post_attention_norm`);
		const mixed = feedForward(config, weights, layer, weights.norm(stream, `${block}.ffn_norm`));
		add(mixed, `${block}.post_ffw_norm`);
	}
	return stream;
}

function embed(config: ReferenceConfig, weights: Weights, tokens: ArrayLike<number>): Float64Array {
	const { values } = weights.matrix('token_embd.weight');
	const stream = new Float64Array(tokens.length * config.width);
	for (let row = 0; row < tokens.length; row++) {
		const start = (tokens[row] ?? 0) * config.width;
		stream.set(values.subarray(start, start + config.width), row * config.width);
	}
	return stream.map((value) => value * config.embeddingScale);
}

/** Gated (Shazeer 2020) where the model has a gate, else plain. */
function feedForward(
	config: ReferenceConfig,
	weights: Weights,
	layer: number,
	input: Float64Array,
): Float64Array {
	const block = `blk.${layer}`;
	const up = weights.linear(input, `${block}.ffn_up`);
	const inner = weights.has(`${block}.ffn_gate.weight`)
		? weights
				.linear(input, `${block}.ffn_gate`)
				.map((g, index) => activate(config.activation, g) * (up[index] ?? 0))
		: up.map((value) => activate(config.activation, value));
	return weights.linear(inner, `${block}.ffn_down`);
}
