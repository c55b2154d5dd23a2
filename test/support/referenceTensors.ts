/** What the reference reads from a GGUF file: hyper-parameters, and tensors as double-precision numbers. */
import * as fs from 'node:fs';
import { type GgufHeader, readGgufFile } from '../../src/inference/gguf/gguf';
import { decodeValues, tensorTypeOf } from './tensorDecoding';

/** `outputs` rows of `inputs` numbers; a vector is one row. The values may be changed, for finite differences. */
export interface Matrix {
	readonly inputs: number;
	readonly outputs: number;
	readonly values: Float64Array;
}

export class ReferenceFile {
	readonly tensors: Map<string, Matrix>;
	readonly architecture: string;
	readonly #header: GgufHeader;

	constructor(file: string) {
		this.#header = readGgufFile(file);
		this.tensors = readTensors(file, this.#header);
		this.architecture = this.text('general.architecture') ?? '';
	}

	/** A number of the model, by its key without the architecture. Throws where neither the key nor a default is. */
	number(key: string, byDefault?: number): number {
		const entry = this.#header.metadata.get(`${this.architecture}.${key}`);
		const value = entry !== undefined && 'value' in entry ? entry.value : byDefault;
		if (typeof value !== 'number') {
			throw new Error(`No number ${this.architecture}.${key}`);
		}
		return value;
	}

	text(key: string): string | undefined {
		const entry = this.#header.metadata.get(key);
		return entry?.type === 'string' ? entry.value : undefined;
	}

	/** A number by its whole key; for adapters. */
	plainNumber(key: string): number {
		const entry = this.#header.metadata.get(key);
		if (entry?.type !== 'float32') {
			throw new Error(`No number ${key}`);
		}
		return entry.value;
	}
}

function readTensors(file: string, header: GgufHeader): Map<string, Matrix> {
	const data = fs.readFileSync(file).subarray(header.dataStart);
	return new Map(
		header.tensors.map(({ name, shape, type, offset, bytes }) => {
			const inputs = shape[0] ?? 0;
			const count = shape.reduce((product, size) => product * size, 1);
			const values = decodeValues(data.subarray(offset, offset + bytes), tensorTypeOf(type.name), count);
			return [name, { inputs, outputs: count / inputs, values }];
		}),
	);
}
