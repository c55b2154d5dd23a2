/** The base model on the device: frozen matrices with their transposed copies, norms and biases, and the embeddings that occur. */

import type { ModelShape } from '../architectures/architecture';
import { readShape } from '../architectures/shape';
import { Arena, type Tensor, type TypeName } from '../ggml/arena';
import type { Device, Memory } from '../ggml/device';
import { Graph } from '../ggml/graph';
import type { Matrix } from '../tape/linear';
import type { NormWeights } from '../tape/norm';
import { constant } from '../tape/transformer';
import { Variable } from '../tape/variable';
import { Placements } from './placement';
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

/** Bytes of a block row that quantised types need; a row is a multiple of it. */
const BLOCK = 32;

export class BaseModel {
	readonly shape: ModelShape;
	/** Bytes on the device. */
	readonly bytes: number;
	/** Where the matrices lie, with their number: for the log. */
	readonly layout: ReadonlyMap<string, number>;
	/** F32 or quantised [width, tokens that occur]. */
	readonly embedding: Variable;
	readonly #rowOfToken: ReadonlyMap<number, number> | undefined;
	readonly #values = new Map<string, Variable>();
	readonly #transposed = new Map<string, Tensor>();
	readonly #owned: { dispose(): void }[] = [];

	private constructor(
		readonly device: Device,
		private readonly file: TensorFile,
		options: BaseOptions,
		private readonly stage: Device,
	) {
		this.shape = readShape(file.header);
		const placements = new Placements(device, options.repack);
		const layout = new Map<string, number>();
		let bytes = 0;
		const place = (type: TypeName, shape: readonly number[], name: string, isMatrix: boolean): Tensor => {
			const placement = isMatrix ? placements.of(type, shape[0] ?? 1, shape[1] ?? 1) : undefined;
			const arena = new Arena(device.ggml, 1);
			const tensor = arena.tensor(type, shape, name);
			const memory = device.allocate(arena, placement?.buffers);
			this.#owned.push(memory, arena);
			bytes += memory.bytes;
			if (isMatrix) {
				const where = `${type} ${placement?.name ?? 'plain'}`;
				layout.set(where, (layout.get(where) ?? 0) + 1);
			}
			return tensor;
		};

		for (const { name, shape, type } of file.header.tensors) {
			if (name === 'token_embd.weight' && (file.has('output.weight') || options.trainAll)) {
				continue;
			}
			const isMatrix = shape.length > 1 && (shape[1] ?? 1) > 1;
			if (options.trainAll || !isMatrix) {
				const values = this.floats(name);
				const tensor = place('F32', shape, name, false);
				device.write(tensor, values);
				this.#values.set(name, new Variable(tensor, options.trainAll && name !== 'rope_freqs.weight'));
				continue;
			}
			const data = file.read(file.tensor(name));
			const forward = place(type.name, shape, name, true);
			device.write(forward, data);
			this.#values.set(name, constant(forward));
			const layer = layerOf(name);
			if (layer === undefined || layer >= options.firstTrained) {
				const copyType = (shape[1] ?? 1) % BLOCK === 0 ? options.copies : 'BF16';
				const copy = place(copyType, [shape[1] ?? 1, shape[0] ?? 1], `${name} transposed`, true);
				device.write(copy, this.transposedBytes(type.name, shape, data, copyType));
				this.#transposed.set(name, copy);
			}
		}
		const embedding = file.tensor('token_embd.weight');
		if (options.tokens === 'all' || options.trainAll) {
			const tensor = place('F32', embedding.shape, embedding.name, false);
			device.write(tensor, this.floats(embedding.name));
			this.embedding = new Variable(tensor, options.trainAll);
			this.#rowOfToken = undefined;
			if (options.trainAll) {
				this.#values.set(embedding.name, this.embedding);
			}
		} else {
			const tokens = [...new Set(options.tokens)].sort((one, other) => one - other);
			const row = embedding.bytes / (embedding.shape[1] ?? 1);
			const rows = Buffer.concat(tokens.map((token) => file.read(embedding, token * row, row)));
			const tensor = place('F32', [this.shape.width, tokens.length], 'embeddings', false);
			device.write(tensor, this.toFloats(embedding.type.name, [this.shape.width, tokens.length], rows));
			this.embedding = constant(tensor);
			this.#rowOfToken = new Map(tokens.map((token, index) => [token, index]));
		}
		this.bytes = bytes;
		this.layout = layout;
	}

	/**
	 * @param stage a CPU: types that a GPU cannot convert are converted there.
	 * @throws UntrainableModel, OutOfMemory, or an error of the file; nothing is left behind.
	 */
	static load(device: Device, stage: Device, file: TensorFile, options: BaseOptions): BaseModel {
		return new BaseModel(device, file, options, stage);
	}

	/** Column of a token in `embedding`. @throws Error for a token that was not announced. */
	rowOf(token: number): number {
		const row = this.#rowOfToken === undefined ? token : this.#rowOfToken.get(token);
		if (row === undefined) {
			throw new Error(`Token ${token} occurs in the data but was not announced to the model.`);
		}
		return row;
	}

	/** Every trained number by tensor name; empty unless all are trained. */
	get trained(): ReadonlyMap<string, Variable> {
		return new Map([...this.#values].filter(([, value]) => value.needsGradient));
	}

	matrix(layer: number, name: string): Matrix {
		return this.matrixOf(`blk.${layer}.${name}`);
	}

	/** The vocabulary's matrix. */
	get output(): Matrix {
		return this.matrixOf(this.file.has('output.weight') ? 'output' : 'token_embd');
	}

	norm(layer: number, name: string): NormWeights {
		return this.normOf(`blk.${layer}.${name}`);
	}

	get outputNorm(): NormWeights {
		return this.normOf('output_norm');
	}

	get ropeFactors(): Tensor | undefined {
		return this.#values.get('rope_freqs.weight')?.tensor;
	}

	dispose(): void {
		for (const one of this.#owned) {
			one.dispose();
		}
	}

	private matrixOf(stem: string): Matrix {
		return {
			weight: this.value(`${stem}.weight`),
			transposed: this.#transposed.get(`${stem}.weight`),
			bias: this.#values.get(`${stem}.bias`),
		};
	}

	private normOf(stem: string): NormWeights {
		return { weight: this.value(`${stem}.weight`), bias: this.#values.get(`${stem}.bias`) };
	}

	private value(name: string): Variable {
		const found = this.#values.get(name);
		if (found === undefined) {
			throw new Error(`${this.file.path} has no tensor ${name}, which ${this.shape.architecture} needs.`);
		}
		return found;
	}

	private floats(name: string): Float32Array {
		const tensor = this.file.tensor(name);
		return this.toFloats(tensor.type.name, tensor.shape, this.file.read(tensor));
	}

	/** Converts bytes of any type on the CPU. */
	private toFloats(type: TypeName, shape: readonly number[], data: Buffer): Float32Array {
		const [bytes] = this.convert(type, shape, data, (graph, source) => [graph.cast(source, 'F32')]);
		return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
	}

	private transposedBytes(type: TypeName, shape: readonly number[], data: Buffer, to: TypeName): Uint8Array {
		const [bytes] = this.convert(type, shape, data, (graph, source) => {
			const transposed = graph.transpose(type === 'F32' ? source : graph.cast(source, 'F32'));
			return [to === 'F32' ? transposed : graph.cast(transposed, to)];
		});
		return bytes;
	}

	private convert(
		type: TypeName,
		shape: readonly number[],
		data: Buffer,
		build: (graph: Graph, source: Tensor) => readonly [Tensor],
	): [Uint8Array] {
		const owned: { dispose(): void }[] = [];
		try {
			const arena = new Arena(this.stage.ggml, 1);
			owned.push(arena);
			const source = arena.tensor(type, shape);
			const memory: Memory = this.stage.allocate(arena);
			owned.push(memory);
			this.stage.write(source, data);
			const graph = new Graph(this.stage, 8);
			owned.push(graph);
			const [result] = build(graph, source);
			graph.output(result);
			graph.allocate();
			this.stage.computeNow(graph.handle);
			return [this.stage.readBytes(result)];
		} finally {
			for (const one of owned.reverse()) {
				one.dispose();
			}
		}
	}
}

function layerOf(name: string): number | undefined {
	const found = /^blk\.(\d+)\./.exec(name);
	return found === null ? undefined : Number(found[1]);
}
