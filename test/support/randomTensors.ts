/** The tensors of generated models: which ones an architecture has, their shapes, and what fills them. */
import type { WrittenTensor } from './ggufWriter';
import type { Architecture, ModelShape, RandomModelOptions } from './randomModel';

type Fill = WrittenTensor['fill'];
/** Makes fillers of normally distributed numbers with a deviation. */
type Gaussian = (deviation: number) => Fill;

/** Architectures whose queries, keys and values always have biases. */
const BIASED_ATTENTION: ReadonlySet<Architecture> = new Set<Architecture>(['qwen2', 'starcoder2']);

/** Deviation of norm weights around 1, and of biases, where a forgotten term shall show. */
const VARIED = 0.2;

const ones: Fill = (values) => {
	values.fill(1);
};

function around1(gaussian: Fill): Fill {
	return (values, first) => {
		gaussian(values, first);
		for (let index = 0; index < values.length; index++) {
			values[index] = 1 + (values[index] ?? 0);
		}
	};
}

/** From 1 for the fastest pair of a head to 8 for the slowest, as Llama 3 stretches what turns slowly. */
function stretched(pairs: number): Fill {
	return (values, first) => {
		for (let index = 0; index < values.length; index++) {
			values[index] = 8 ** ((first + index) / Math.max(1, pairs - 1));
		}
	};
}

/** Rows of the vocabulary; control tokens get weights near zero, so that greedy text never ends by chance. */
function vocabularyFill(gaussian: Fill, width: number, firstControl: number): Fill {
	return (values, first) => {
		gaussian(values, first);
		for (let index = Math.max(0, firstControl * width - first); index < values.length; index++) {
			values[index] = (values[index] ?? 0) * 0.01;
		}
	};
}

/** Length of a head. */
export function headSizeOf(shape: ModelShape): number {
	return shape.headSize ?? shape.width / shape.heads;
}

/** The matrices of a layer that an adapter can target: input and output size. */
export function matrices(
	shape: ModelShape,
): Readonly<Record<string, readonly [input: number, output: number]>> {
	const { width, feedForward } = shape;
	const queries = headSizeOf(shape) * shape.heads;
	const keyValue = headSizeOf(shape) * shape.keyValueHeads;
	return {
		attn_q: [width, queries],
		attn_k: [width, keyValue],
		attn_v: [width, keyValue],
		attn_output: [queries, width],
		...(shape.architecture === 'starcoder2' ? {} : { ffn_gate: [width, feedForward] }),
		ffn_up: [width, feedForward],
		ffn_down: [feedForward, width],
	};
}

/** What the options come to, for each kind of tensor. */
class Fillers {
	constructor(
		private readonly options: RandomModelOptions,
		private readonly gaussian: Gaussian,
		private readonly controls: number,
	) {}

	matrix(name: string, input: number): Fill {
		// What adds to the residual stream is scaled down with the depth, as GPT-2's initialisation does.
		const depth = name === 'attn_output' || name === 'ffn_down' ? 2 * this.options.layers : 1;
		return this.gaussian(1 / Math.sqrt(input * depth));
	}

	norm(name: string, size = this.options.width): WrittenTensor {
		const fill = this.options.varied === true ? around1(this.gaussian(VARIED)) : ones;
		return { name: `${name}.weight`, shape: [size], type: 'F32', fill };
	}

	bias(name: string, size: number): WrittenTensor {
		const fill = this.gaussian(this.options.varied === true ? VARIED : 0.02);
		return { name: `${name}.bias`, shape: [size], type: 'F32', fill };
	}

	/** A norm of the residual stream: starcoder2's subtract the mean and have biases, all others do not. */
	layerNorm(name: string): readonly WrittenTensor[] {
		const { architecture, width } = this.options;
		return [this.norm(name), ...(architecture === 'starcoder2' ? [this.bias(name, width)] : [])];
	}

	vocabulary(name: string): WrittenTensor {
		const { type, width, vocabulary, varied } = this.options;
		const gaussian = this.gaussian(varied === true ? 2 / Math.sqrt(width) : 0.02);
		const fill = vocabularyFill(gaussian, width, vocabulary - this.controls);
		return { name: `${name}.weight`, shape: [width, vocabulary], type, fill };
	}

	hasBias(name: string): boolean {
		const { architecture, biases } = this.options;
		return (
			biases === true ||
			architecture === 'starcoder2' ||
			(BIASED_ATTENTION.has(architecture) && /^attn_[qkv]$/.test(name))
		);
	}
}

/** All tensors, in the order of the file. `controls` counts the control tokens at the end of the vocabulary. */
export function modelTensors(
	options: RandomModelOptions,
	gaussian: Gaussian,
	controls: number,
): readonly WrittenTensor[] {
	const { architecture } = options;
	const headSize = headSizeOf(options);
	const fillers = new Fillers(options, gaussian, controls);
	const tensors: WrittenTensor[] = [fillers.vocabulary('token_embd')];
	for (let layer = 0; layer < options.layers; layer++) {
		const block = `blk.${layer}`;
		tensors.push(...fillers.layerNorm(`${block}.attn_norm`), ...fillers.layerNorm(`${block}.ffn_norm`));
		for (const [name, [input, output]] of Object.entries(matrices(options))) {
			tensors.push({
				name: `${block}.${name}.weight`,
				shape: [input, output],
				type: options.type,
				fill: fillers.matrix(name, input),
			});
			if (fillers.hasBias(name)) {
				tensors.push(fillers.bias(`${block}.${name}`, output));
			}
		}
		if (architecture === 'qwen3') {
			const norms = ['attn_q_norm', 'attn_k_norm'];
			tensors.push(...norms.map((name) => fillers.norm(`${block}.${name}`, headSize)));
		}
		if (architecture === 'gemma2') {
			const norms = ['post_attention_norm', 'post_ffw_norm'];
			tensors.push(...norms.map((name) => fillers.norm(`${block}.${name}`)));
		}
	}
	tensors.push(...fillers.layerNorm('output_norm'));
	// Qwen2's small models share the embedding, llama's have an output of their own.
	if (options.ownOutput ?? architecture === 'llama') {
		tensors.push(fillers.vocabulary('output'));
	}
	if (options.rope?.factors === true) {
		const pairs = headSize / 2;
		tensors.push({ name: 'rope_freqs.weight', shape: [pairs], type: 'F32', fill: stretched(pairs) });
	}
	return tensors;
}
