/** Turns numbers into tensor data as ggml stores it: F32, F16 and Q8_0. */

export type TensorType = 'F32' | 'F16' | 'Q8_0';

/** Number of the type in a file, elements in a block, bytes of a block. */
export const TENSOR_TYPES = {
	F32: { id: 0, block: 1, bytes: 4 },
	F16: { id: 1, block: 1, bytes: 2 },
	Q8_0: { id: 8, block: 32, bytes: 34 },
} as const;

/** Bytes of the values, whole blocks of the type. */
export function encodeValues(values: Float32Array, type: TensorType): Uint8Array {
	switch (type) {
		case 'F32':
			return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
		case 'F16':
			return encodeHalf(values);
		case 'Q8_0':
			return quantise(values);
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

function encodeHalf(values: Float32Array): Uint8Array {
	const halves = new Uint16Array(values.length);
	for (let index = 0; index < values.length; index++) {
		halves[index] = toHalf(values[index] ?? 0);
	}
	return new Uint8Array(halves.buffer);
}

/** Q8_0: blocks of 32, each a half-precision scale and 32 signed bytes, as ggml's quantize_row_q8_0_ref. */
function quantise(values: Float32Array): Uint8Array {
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
