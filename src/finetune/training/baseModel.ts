/** The base model on the device: frozen matrices with their transposed copies, norms and biases, and the embeddings that occur. */

import type { ModelShape } from '../architectures/architecture';
import { readShape } from '../architectures/shape';
import type { Tensor } from '../ggml/arena';
import type { Device } from '../ggml/device';
import type { Matrix } from '../tape/linear';
import type { NormWeights } from '../tape/norm';
import type { Variable } from '../tape/variable';
import { BaseLoader, type BaseOptions, type BaseParts } from './baseLoader';
import { finish, finishInSteps } from './steps';
import type { TensorFile } from './tensorFile';

export class BaseModel {
	/** Bytes on the device. */
	readonly bytes: number;
	/** Where the matrices lie, with their number: for the log. */
	readonly layout: ReadonlyMap<string, number>;
	/** F32 or quantised [width, tokens that occur]. */
	readonly embedding: Variable;

	private constructor(
		readonly device: Device,
		readonly shape: ModelShape,
		private readonly file: Pick<TensorFile, 'path' | 'has'>,
		private readonly parts: BaseParts,
	) {
		({ bytes: this.bytes, layout: this.layout, embedding: this.embedding } = parts);
	}

	/**
	 * Loads in one go, which blocks the event loop for seconds.
	 * @param stage a CPU: types that a GPU cannot convert are converted there.
	 * @throws UntrainableModel, OutOfMemory, or an error of the file; nothing is left behind.
	 */
	static load(device: Device, stage: Device, file: TensorFile, options: BaseOptions): BaseModel {
		const shape = readShape(file.header);
		return new BaseModel(device, shape, file, finish(new BaseLoader(device, stage, file, options).steps()));
	}

	/**
	 * Loads and lets everybody else have a turn several times a second.
	 * @param onProgress hears, at each turn, how many matrices of how many are there.
	 * @throws as `load` does, or AbortError when the signal fires; nothing is left behind.
	 */
	static async loadInSteps(
		device: Device,
		stage: Device,
		file: TensorFile,
		options: BaseOptions,
		onProgress: (loaded: number, matrices: number) => void | Promise<void>,
		signal: AbortSignal,
	): Promise<BaseModel> {
		const shape = readShape(file.header);
		const loader = new BaseLoader(device, stage, file, options);
		const parts = await finishInSteps(
			loader.steps(),
			() => onProgress(loader.loaded, loader.matrices),
			signal,
		);
		return new BaseModel(device, shape, file, parts);
	}

	/** Column of a token in `embedding`. @throws Error for a token that was not announced. */
	rowOf(token: number): number {
		const { rowOfToken } = this.parts;
		const row = rowOfToken === undefined ? token : rowOfToken.get(token);
		if (row === undefined) {
			throw new Error(`Token ${token} occurs in the data but was not announced to the model.`);
		}
		return row;
	}

	/** Every trained number by tensor name; empty unless all are trained. */
	get trained(): ReadonlyMap<string, Variable> {
		return new Map([...this.parts.values].filter(([, value]) => value.needsGradient));
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
		return this.parts.values.get('rope_freqs.weight')?.tensor;
	}

	dispose(): void {
		for (const one of this.parts.owned.toReversed()) {
			one.dispose();
		}
	}

	private matrixOf(stem: string): Matrix {
		return {
			weight: this.value(`${stem}.weight`),
			transposed: this.parts.transposed.get(`${stem}.weight`),
			bias: this.parts.values.get(`${stem}.bias`),
		};
	}

	private normOf(stem: string): NormWeights {
		return { weight: this.value(`${stem}.weight`), bias: this.parts.values.get(`${stem}.bias`) };
	}

	private value(name: string): Variable {
		const found = this.parts.values.get(name);
		if (found === undefined) {
			throw new Error(`${this.file.path} has no tensor ${name}, which ${this.shape.architecture} needs.`);
		}
		return found;
	}
}
