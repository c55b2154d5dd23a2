/** Moves tensors from a file to a device, in other types where asked, a slab of rows at a time: memory stays small. */

import type { GgufTensor } from '../../inference/gguf/ggufTensors';
import type { Tensor, TypeName } from '../ggml/arena';
import type { Device } from '../ggml/device';
import { Conversion, type ConversionOptions } from './conversion';
import { Scratch } from './scratch';
import type { TensorFile } from './tensorFile';

/** Bytes of a slab's numbers in F32: larger ones are slower, for they do not fit the processor's cache. */
const SLAB_BYTES = 8 << 20;
/** Rows of a slab are a multiple of it, so that a piece of a transposed row is a whole number of blocks of any type. */
const LARGEST_BLOCK = 256;
/** Bytes that are read between two steps. */
const PIECE_BYTES = 32 << 20;
/**
 * Bytes of a slab in all its forms, as a multiple of its bytes in F32: as read, on the CPU, in F32 both ways, the result
 * twice; and as much as the C library was measured to keep of what it was given back.
 */
const FORMS = 9;
const FLOAT = 4;

/** The generators yield where others may have a turn. Each of them may be left at any yield; only `dispose` is owed. */
export class Slabs {
	/** A whole tensor as the device gets it: repacked memory takes it in one piece. */
	readonly #whole = new Scratch();
	readonly #source = new Scratch();
	readonly #result = new Scratch();
	#conversion: { readonly key: string; readonly conversion: Conversion } | undefined;

	/** @param stage a CPU. */
	constructor(
		private readonly file: Pick<TensorFile, 'read'>,
		private readonly stage: Device,
		private readonly device: Device,
	) {}

	/** The tensor as it is. */
	*copy(tensor: GgufTensor, target: Tensor): Generator<void, void> {
		const whole = this.#whole.take(tensor.bytes);
		for (let from = 0; from < tensor.bytes; from += PIECE_BYTES) {
			this.file.read(tensor, from, whole.subarray(from, from + PIECE_BYTES));
			yield;
		}
		this.device.write(target, whole);
	}

	/** The tensor [inputs, outputs] transposed, as `target` [outputs, inputs] of that type. */
	*transpose(tensor: GgufTensor, target: Tensor, to: TypeName): Generator<void, void> {
		const { length: inputs, rows: outputs, rowBytes } = rowsOf(tensor);
		const targetRow = this.device.bytesOf(target) / inputs;
		const whole = this.#whole.take(targetRow * inputs);
		for (const { first, count } of slabsOf(outputs, inputs)) {
			const source = this.#source.take(count * rowBytes);
			this.file.read(tensor, first * rowBytes, source);
			const result = this.convert(
				{ from: tensor.type.name, shape: [inputs, count], to, transposes: true },
				source,
			);
			const start = (targetRow / outputs) * first;
			const piece = result.length / inputs;
			for (let row = 0; row < inputs; row++) {
				whole.set(result.subarray(row * piece, (row + 1) * piece), row * targetRow + start);
			}
			yield;
		}
		this.device.write(target, whole);
	}

	/** Rows of the tensor in F32. @param chosen their numbers; default all. */
	*floats(tensor: GgufTensor, target: Tensor, chosen?: readonly number[]): Generator<void, void> {
		const { length, rows, rowBytes } = rowsOf(tensor);
		for (const { first, count } of slabsOf(chosen?.length ?? rows, length)) {
			const source = this.#source.take(count * rowBytes);
			if (chosen === undefined) {
				this.file.read(tensor, first * rowBytes, source);
			} else {
				for (const [index, row] of chosen.slice(first, first + count).entries()) {
					this.file.read(tensor, row * rowBytes, source.subarray(index * rowBytes, (index + 1) * rowBytes));
				}
			}
			const floats =
				tensor.type.name === 'F32'
					? source
					: this.convert(
							{ from: tensor.type.name, shape: [length, count], to: 'F32', transposes: false },
							source,
						);
			this.device.write(target, floats, first * length * FLOAT);
			yield;
		}
	}

	/** Gives all memory back; nothing is moved after it. */
	dispose(): void {
		this.#conversion?.conversion.dispose();
		this.#conversion = undefined;
		for (const scratch of [this.#whole, this.#source, this.#result]) {
			scratch.dispose();
		}
	}

	/** The last conversion is kept: most slabs are like the one before. */
	private convert(options: ConversionOptions, source: Uint8Array): Uint8Array {
		const key = JSON.stringify(options);
		if (this.#conversion?.key !== key) {
			this.#conversion?.conversion.dispose();
			this.#conversion = undefined;
			this.#conversion = { key, conversion: new Conversion(this.stage, options) };
		}
		const { conversion } = this.#conversion;
		const result = this.#result.take(conversion.bytes);
		conversion.run(source, result);
		return result;
	}
}

/**
 * Most bytes that moving takes beside the tensors on the device.
 * @param bytes of the largest tensor that is copied or transposed, as it comes or as it goes.
 * @param numbers in the largest tensor.
 * @param length of the longest rows.
 */
export function movingBytes(bytes: number, numbers: number, length: number): number {
	return bytes + FORMS * Math.min(numbers * FLOAT, Math.max(SLAB_BYTES, LARGEST_BLOCK * length * FLOAT));
}

function slabRows(length: number): number {
	return LARGEST_BLOCK * Math.max(1, Math.floor(SLAB_BYTES / (FLOAT * length * LARGEST_BLOCK)));
}

function* slabsOf(
	rows: number,
	length: number,
): Iterable<{ readonly first: number; readonly count: number }> {
	const most = slabRows(length);
	for (let first = 0; first < rows; first += most) {
		yield { first, count: Math.min(most, rows - first) };
	}
}

function rowsOf({ shape, bytes }: GgufTensor): {
	readonly length: number;
	readonly rows: number;
	readonly rowBytes: number;
} {
	const [length = 1] = shape;
	const rows = shape.reduce((product, size) => product * size, 1) / length;
	return { length, rows, rowBytes: bytes / rows };
}
