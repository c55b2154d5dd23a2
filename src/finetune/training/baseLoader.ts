/** Brings a base model onto the device, step by step, and leaves nothing there when it is stopped half way. */

import type { GgufTensor } from '../../inference/gguf/ggufTensors';
import { Arena, type Tensor, type TypeName } from '../ggml/arena';
import type { Device } from '../ggml/device';
import { constant } from '../tape/transformer';
import { Variable } from '../tape/variable';
import { Placements } from './placement';
import { Slabs } from './slabs';
import type { TensorFile } from './tensorFile';

export interface BaseOptions {
	/** Type of the transposed copies; a matrix whose rows it cannot hold gets BF16. */
	readonly copies: TypeName;
	/** Whether the CPU's repacked layouts may be used. */
	readonly repack: boolean;
	/** Layers below this one run forward only and need no copies; 0 = none. */
	readonly firstTrained: number;
	/** Token ids that will be read, or all: the embeddings of the others stay on disk. */
	readonly tokens: readonly number[] | 'all';
	/** All numbers are trained, in F32: no copies, no quantisation. */
	readonly trainAll: boolean;
}

/** Tensors on the device, and what says where they are. */
export interface BaseParts {
	/** By tensor name. */
	readonly values: ReadonlyMap<string, Variable>;
	/** Copies of matrices by the name of the matrix. */
	readonly transposed: ReadonlyMap<string, Tensor>;
	/** F32 [width, tokens that occur]. */
	readonly embedding: Variable;
	/** Column of a token in the embedding; undefined = its id. */
	readonly rowOfToken: ReadonlyMap<number, number> | undefined;
	/** Where the matrices lie, with their number. */
	readonly layout: ReadonlyMap<string, number>;
	/** Bytes on the device. */
	readonly bytes: number;
	/** Their memory, to be disposed from the last to the first. */
	readonly owned: readonly { dispose(): void }[];
}

const EMBEDDING = 'token_embd.weight';
/** Bytes of a block row that quantised types need; a row is a multiple of it. */
const BLOCK = 32;

export class BaseLoader {
	/** Matrices that are to be loaded. */
	readonly matrices: number;
	#loaded = 0;
	readonly #tensors: readonly GgufTensor[];
	readonly #slabs: Slabs;
	readonly #placements: Placements;
	readonly #values = new Map<string, Variable>();
	readonly #transposed = new Map<string, Tensor>();
	readonly #layout = new Map<string, number>();
	readonly #owned: { dispose(): void }[] = [];
	#bytes = 0;

	/** @param stage a CPU: types that a GPU cannot convert are converted there. */
	constructor(
		private readonly device: Device,
		stage: Device,
		private readonly file: TensorFile,
		private readonly options: BaseOptions,
	) {
		this.#slabs = new Slabs(file, stage, device);
		this.#placements = new Placements(device, options.repack);
		this.#tensors = file.header.tensors.filter(
			({ name }) => name !== EMBEDDING || !(file.has('output.weight') || options.trainAll),
		);
		this.matrices = this.#tensors.filter(isMatrix).length;
	}

	/** Matrices that are there, with their copies. */
	get loaded(): number {
		return this.#loaded;
	}

	/**
	 * Yields several times a second.
	 * @throws OutOfMemory, or an error of the file. Nothing is left behind then, nor when it is left at a yield.
	 */
	*steps(): Generator<void, BaseParts> {
		let isWhole = false;
		try {
			for (const tensor of this.#tensors) {
				if (this.options.trainAll || !isMatrix(tensor)) {
					yield* this.plain(tensor);
				} else {
					yield* this.frozen(tensor);
				}
				this.#loaded += isMatrix(tensor) ? 1 : 0;
			}
			const embedding = yield* this.embedding();
			isWhole = true;
			return {
				...embedding,
				values: this.#values,
				transposed: this.#transposed,
				layout: this.#layout,
				bytes: this.#bytes,
				owned: this.#owned,
			};
		} finally {
			this.#slabs.dispose();
			if (!isWhole) {
				for (const one of this.#owned.toReversed()) {
					one.dispose();
				}
			}
		}
	}

	/** A norm or a bias, or a matrix that is trained itself. */
	private *plain(tensor: GgufTensor): Generator<void, void> {
		const { name, shape } = tensor;
		const target = this.place('F32', shape, name);
		yield* this.#slabs.floats(tensor, target);
		this.#values.set(name, new Variable(target, this.options.trainAll && name !== 'rope_freqs.weight'));
	}

	/** A matrix as it is in the file and, where a gradient passes it, its copy. */
	private *frozen(tensor: GgufTensor): Generator<void, void> {
		const { name, shape, type } = tensor;
		const [inputs = 1, outputs = 1] = shape;
		const forward = this.placeMatrix(type.name, shape, name);
		yield* this.#slabs.copy(tensor, forward);
		this.#values.set(name, constant(forward));
		const layer = layerOf(name);
		if (layer === undefined || layer >= this.options.firstTrained) {
			const copyType = outputs % BLOCK === 0 ? this.options.copies : 'BF16';
			const copy = this.placeMatrix(copyType, [outputs, inputs], `${name} transposed`);
			yield* this.#slabs.transpose(tensor, copy, copyType);
			this.#transposed.set(name, copy);
		}
	}

	private *embedding(): Generator<void, Pick<BaseParts, 'embedding' | 'rowOfToken'>> {
		const tensor = this.file.tensor(EMBEDDING);
		const { trainAll, tokens } = this.options;
		if (tokens === 'all' || trainAll) {
			const target = this.place('F32', tensor.shape, tensor.name);
			yield* this.#slabs.floats(tensor, target);
			const embedding = new Variable(target, trainAll);
			if (trainAll) {
				this.#values.set(tensor.name, embedding);
			}
			return { embedding, rowOfToken: undefined };
		}
		const chosen = [...new Set(tokens)].sort((one, other) => one - other);
		const target = this.place('F32', [tensor.shape[0] ?? 1, chosen.length], 'embeddings');
		yield* this.#slabs.floats(tensor, target, chosen);
		return {
			embedding: constant(target),
			rowOfToken: new Map(chosen.map((token, index) => [token, index])),
		};
	}

	private placeMatrix(type: TypeName, shape: readonly number[], name: string): Tensor {
		const placement = this.#placements.of(type, shape[0] ?? 1, shape[1] ?? 1);
		const where = `${type} ${placement.name ?? 'plain'}`;
		this.#layout.set(where, (this.#layout.get(where) ?? 0) + 1);
		return this.place(type, shape, name, placement.buffers);
	}

	private place(
		type: TypeName,
		shape: readonly number[],
		name: string,
		buffers = this.device.defaultBuffers,
	): Tensor {
		const arena = new Arena(this.device.ggml, 1);
		this.#owned.push(arena);
		const tensor = arena.tensor(type, shape, name);
		const memory = this.device.allocate(arena, buffers);
		this.#owned.push(memory);
		this.#bytes += memory.bytes;
		return tensor;
	}
}

function isMatrix({ shape }: GgufTensor): boolean {
	return shape.length > 1 && (shape[1] ?? 1) > 1;
}

function layerOf(name: string): number | undefined {
	const found = /^blk\.(\d+)\./.exec(name);
	return found === null ? undefined : Number(found[1]);
}
