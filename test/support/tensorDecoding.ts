/** Turns tensor data as ggml stores it back into numbers, exactly: what a model's weights really are. */
import { TENSOR_TYPES, type TensorType } from './tensorEncoding';

/** The number that half a precision's 16 bits stand for. */
export function fromHalf(word: number): number {
	const sign = (word & 0x8000) === 0 ? 1 : -1;
	const exponent = (word >>> 10) & 0x1f;
	const fraction = word & 0x3ff;
	if (exponent === 0) {
		return sign * fraction * 2 ** -24;
	}
	if (exponent === 31) {
		return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
	}
	return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The type of that name. Throws a RangeError for those that only ggml itself can write. */
export function tensorTypeOf(name: string): TensorType {
	for (const type of ['F32', 'F16', 'BF16', 'Q8_0', 'Q4_0'] as const) {
		if (type === name) {
			return type;
		}
	}
	throw new RangeError(`No decoder for ${name}`);
}

/** `count` numbers, whole blocks of the type. */
export function decodeValues(data: Buffer, type: TensorType, count: number): Float64Array {
	const values = new Float64Array(count);
	const { block, bytes } = TENSOR_TYPES[type];
	for (let start = 0, at = 0; start < count; start += block, at += bytes) {
		switch (type) {
			case 'F32':
				values[start] = data.readFloatLE(at);
				break;
			case 'F16':
				values[start] = fromHalf(data.readUInt16LE(at));
				break;
			case 'BF16':
				values[start] = upperHalf(data.readUInt16LE(at));
				break;
			case 'Q8_0':
				for (let index = 0; index < 32; index++) {
					values[start + index] = fromHalf(data.readUInt16LE(at)) * data.readInt8(at + 2 + index);
				}
				break;
			case 'Q4_0':
				for (let index = 0; index < 16; index++) {
					const scale = fromHalf(data.readUInt16LE(at));
					const pair = data.readUInt8(at + 2 + index);
					values[start + index] = scale * ((pair & 15) - 8);
					values[start + 16 + index] = scale * ((pair >>> 4) - 8);
				}
				break;
		}
	}
	return values;
}

const bits = new DataView(new ArrayBuffer(4));

function upperHalf(word: number): number {
	bits.setUint16(0, word);
	return bits.getFloat32(0);
}
