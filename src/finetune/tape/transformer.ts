/** The forward pass of every architecture: one loop, which reads its terms from the model's shape. */

import type { ModelShape } from '../architectures/architecture';
import type { Tensor } from '../ggml/arena';
import { activation, gatedUnit } from './activation';
import { attention } from './attention';
import { add, scale, splitHeads } from './elementwise';
import { type LoraPair, linear, type Matrix } from './linear';
import { layerNorm, type NormWeights, rmsNorm } from './norm';
import { type Positions, rope } from './rope';
import type { Tape } from './tape';
import { Variable } from './variable';

/** Where the forward pass finds the model's numbers. Names are GGUF's, without `blk.N.` and `.weight`. */
interface Weights {
	matrix(layer: number, name: string): Matrix;
	norm(layer: number, name: string): NormWeights;
	lora(layer: number, name: string): LoraPair | undefined;
	/** Norm behind the last layer. */
	readonly outputNorm: NormWeights;
	/** [width, vocabulary]: the head; with tied embeddings these. */
	readonly output: Matrix;
}

interface ForwardInputs {
	readonly positions: Positions;
	/** One for each block of queries, for a window of so many tokens; 0 = all that came before in the document. */
	masks(window: number): readonly Tensor[];
	/** I32 [rows]: the positions whose next token counts. */
	readonly rows: Tensor;
	/** I32 [m]: for each position its index in `rows`, or the number of rows. */
	readonly rowOfPosition: Tensor;
	/** F32 [width, 1] of zeros. */
	readonly zeros: Tensor;
}

/**
 * x [width, m]: embeddings → [width, rows]: what the head multiplies, normalised.
 * @param checkpointing keeps only the input of each layer and computes it again backwards.
 */
export function transformer(
	tape: Tape,
	shape: ModelShape,
	weights: Weights,
	inputs: ForwardInputs,
	embeddings: Variable,
	checkpointing: boolean,
): Variable {
	let x = scale(tape, embeddings, shape.embeddingScale);
	for (let layer = 0; layer < shape.layers; layer++) {
		const part = (on: Tape, input: Variable) => layerOf(on, shape, weights, inputs, layer, input);
		x = checkpointing ? tape.checkpoint(part, x) : part(tape, x);
	}
	return normalise(tape, shape, selectRows(tape, x, inputs), weights.outputNorm);
}

function layerOf(
	tape: Tape,
	shape: ModelShape,
	weights: Weights,
	inputs: ForwardInputs,
	layer: number,
	x: Variable,
): Variable {
	const project = (value: Variable, name: string) =>
		linear(tape, value, weights.matrix(layer, name), weights.lora(layer, name));
	const norm = (value: Variable, name: string) => normalise(tape, shape, value, weights.norm(layer, name));
	const turned = (value: Variable, name: string) =>
		rope(
			tape,
			shape.queryKeyNorm ? rmsNorm(tape, value, weights.norm(layer, name), shape.epsilon) : value,
			inputs.positions,
			shape.rope,
		);
	const heads = (value: Variable) => splitHeads(tape, value, shape.headSize);
	const added = (value: Variable, post: string, to: Variable) =>
		add(tape, scale(tape, shape.postNorms ? norm(value, post) : value, shape.residualScale), to);

	const before = norm(x, 'attn_norm');
	const q = turned(heads(project(before, 'attn_q')), 'attn_q_norm');
	const k = turned(heads(project(before, 'attn_k')), 'attn_k_norm');
	const v = heads(project(before, 'attn_v'));
	const mixed = attention(tape, q, k, v, {
		masks: inputs.masks(shape.windows[layer] ?? 0),
		scale: shape.attentionScale,
		softCap: shape.attentionSoftCap,
	});
	const middle = added(project(mixed, 'attn_output'), 'post_attention_norm', x);

	const normed = norm(middle, 'ffn_norm');
	const active = shape.gated
		? gatedUnit(tape, project(normed, 'ffn_gate'), project(normed, 'ffn_up'), shape.activation)
		: activation(tape, project(normed, 'ffn_up'), shape.activation);
	return added(project(active, 'ffn_down'), 'post_ffw_norm', middle);
}

function normalise(tape: Tape, shape: ModelShape, x: Variable, weights: NormWeights): Variable {
	return shape.norm === 'rms'
		? rmsNorm(tape, x, weights, shape.epsilon)
		: layerNorm(tape, x, weights, shape.epsilon);
}

/** x [width, m] → [width, rows]; backwards, positions that do not count get the row of zeros. */
function selectRows(tape: Tape, x: Variable, inputs: ForwardInputs): Variable {
	const { graph } = tape;
	return tape.record(graph.rows(x.tensor, inputs.rows), [x], (dy) =>
		tape.give(x, () => graph.rows(graph.concatenate(dy, inputs.zeros, 1), inputs.rowOfPosition)),
	);
}

/** A number of the model as a value of the tape. */
export function constant(tensor: Tensor): Variable {
	return new Variable(tensor, false);
}
