/** Reads numbers from an open file as GGUF and safetensors store them, as 32-bit floats. */

import * as fs from 'node:fs';
import { AdapterFileError } from './adapterFileError';

export type NumberFormat = 'F32' | 'F16' | 'BF16';

/** Bytes of a number. */
export const NUMBER_BYTES: Readonly<Record<NumberFormat, number>> = { F32: 4, F16: 2, BF16: 2 };

/** Bytes that are read at once. */
const CHUNK = 1 << 20;

export function isNumberFormat(name: string): name is NumberFormat {
	return Object.hasOwn(NUMBER_BYTES, name);
}

/**
 * Reads `count` little-endian numbers at a byte offset. The caller has checked that they lie within the file.
 * Throws an `AdapterFileError` that begins with `what` if one of them is not finite, or if the file has become shorter.
 */
export function readNumbers(
	descriptor: number,
	offset: number,
	count: number,
	format: NumberFormat,
	what: string,
): Float32Array {
	const values = new Float32Array(count);
	if (format === 'F32') {
		// Every platform that the native libraries are built for is little-endian.
		fillFrom(descriptor, new Uint8Array(values.buffer), offset, what);
	} else {
		const chunk = new Uint16Array(CHUNK / 2);
		const decode = format === 'F16' ? fromHalf : fromBrain;
		for (let start = 0; start < count; start += chunk.length) {
			const part = chunk.subarray(0, Math.min(chunk.length, count - start));
			fillFrom(descriptor, new Uint8Array(part.buffer, 0, part.byteLength), offset + start * 2, what);
			for (const [index, bits] of part.entries()) {
				values[start + index] = decode(bits);
			}
		}
	}
	const bad = values.findIndex((value) => !Number.isFinite(value));
	if (bad >= 0) {
		throw new AdapterFileError(
			`${what} holds ${values[bad]} at index ${bad}: the training that wrote it diverged, take an earlier checkpoint`,
		);
	}
	return values;
}

function fillFrom(descriptor: number, bytes: Uint8Array, offset: number, what: string): void {
	for (let at = 0; at < bytes.length; ) {
		const read = fs.readSync(descriptor, bytes, at, Math.min(CHUNK, bytes.length - at), offset + at);
		if (read === 0) {
			throw new AdapterFileError(`${what} ends too early: the file became shorter while it was read`);
		}
		at += read;
	}
}

/** IEEE 754 half precision: 1 sign, 5 exponent and 10 fraction bits. */
function fromHalf(bits: number): number {
	const sign = bits & 0x8000 ? -1 : 1;
	const exponent = (bits >>> 10) & 0x1f;
	const fraction = bits & 0x3ff;
	if (exponent === 0x1f) {
		return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
	}
	return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (fraction + 0x400) * 2 ** (exponent - 25);
}

const word = new DataView(new ArrayBuffer(4));

/** bfloat16: the upper half of a 32-bit float. */
function fromBrain(bits: number): number {
	word.setUint32(0, bits << 16);
	return word.getFloat32(0);
}
