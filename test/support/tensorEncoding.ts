/** Turns numbers into tensor data as ggml stores it: F32, F16, BF16, Q8_0 and Q4_0. */

export type TensorType = keyof typeof TENSOR_TYPES;

/** Number of the type in a file, elements in a block, bytes of a block. */
export const TENSOR_TYPES = {
	F32: { id: 0, block: 1, bytes: 4 },
	F16: { id: 1, block: 1, bytes: 2 },
	Q4_0: { id: 2, block: 32, bytes: 18 },
	Q8_0: { id: 8, block: 32, bytes: 34 },
	BF16: { id: 30, block: 1, bytes: 2 },
} as const;

/** Bytes of the values, whole blocks of the type. */
export function encodeValues(values: Float32Array, type: TensorType): Uint8Array {
	switch (type) {
		case 'F32':
			return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
		case 'F16':
			return encodeWords(values, toHalf);
		case 'BF16':
			return encodeWords(values, toBrainFloat);
		case 'Q8_0':
			return quantise8(values);
		case 'Q4_0':
			return quantise4(values);
	}
}

const bits = new DataView(new ArrayBuffer(4));

/** IEEE half precision of a number, rounded to nearest, ties to even; too large becomes infinity. */
export function toHalf(value: number): number {
	bits.setFloat32(0, value);
	const whole = bits.getUint32(0);
	const sign = (whole >>> 16) & 0x8000;
	const exponent = ((whole >>> 23) & 0xff) - 112;
	const fraction = whole & 0x7fffff;
	if (exponent >= 31) {
		return sign | 0x7c00 | (exponent === 143 && fraction !== 0 ? 0x200 : 0);
	}
	if (exponent <= 0) {
		// Subnormal: a multiple of 2^-24. `Math.abs` first, so that the rounding is symmetric.
		return sign | roundEven(Math.abs(value) * 2 ** 24);
	}
	// A fraction that rounds up to 2^10 carries into the exponent, which is what should happen.
	return sign | ((exponent << 10) + roundEven(fraction / 8192));
}

function roundEven(value: number): number {
	const down = Math.floor(value);
	const rest = value - down;
	return rest > 0.5 || (rest === 0.5 && down % 2 === 1) ? down + 1 : down;
}

/** The upper half of a finite single-precision number, rounded to nearest, ties to even. */
function toBrainFloat(value: number): number {
	bits.setFloat32(0, value);
	return roundEven(bits.getUint32(0) / 0x10000) & 0xffff;
}

function encodeWords(values: Float32Array, encode: (value: number) => number): Uint8Array {
	const words = new Uint16Array(values.length);
	for (let index = 0; index < values.length; index++) {
		words[index] = encode(values[index] ?? 0);
	}
	return new Uint8Array(words.buffer);
}

/** Q8_0: blocks of 32, each a half-precision scale and 32 signed bytes, as ggml's quantize_row_q8_0_ref. */
function quantise8(values: Float32Array): Uint8Array {
	const out = Buffer.alloc((values.length / 32) * 34);
	for (let start = 0, at = 0; start < values.length; start += 32, at += 34) {
		let largest = 0;
		for (let index = start; index < start + 32; index++) {
			largest = Math.max(largest, Math.abs(values[index] ?? 0));
		}
		const scale = largest / 127;
		const inverse = scale === 0 ? 0 : 1 / scale;
		out.writeUInt16LE(toHalf(scale), at);
		for (let index = 0; index < 32; index++) {
			out[at + 2 + index] = Math.round((values[start + index] ?? 0) * inverse);
		}
	}
	return out;
}

/**
 * Q4_0: blocks of 32, each a half-precision scale and 16 bytes with numbers 0 to 15 around 8, those of the first half
 * in the lower four bits, as ggml's quantize_row_q4_0_ref. The extreme of a block is always −8 times the scale.
 */
function quantise4(values: Float32Array): Uint8Array {
	const out = Buffer.alloc((values.length / 32) * 18);
	for (let start = 0, at = 0; start < values.length; start += 32, at += 18) {
		let extreme = 0;
		for (let index = start; index < start + 32; index++) {
			const value = values[index] ?? 0;
			extreme = Math.abs(value) > Math.abs(extreme) ? value : extreme;
		}
		const scale = extreme / -8;
		const inverse = scale === 0 ? 0 : 1 / scale;
		const level = (index: number) => Math.min(15, Math.floor((values[index] ?? 0) * inverse + 8.5));
		out.writeUInt16LE(toHalf(scale), at);
		for (let index = 0; index < 16; index++) {
			out[at + 2 + index] = level(start + index) | (level(start + 16 + index) << 4);
		}
	}
	return out;
}
