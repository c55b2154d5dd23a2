/** Looks for numbers in tensors that are none: one of them turns every answer into nonsense. */
import type { FileHandle } from 'node:fs/promises';
import { throwIfAborted } from '../cancel';
import { GgufError } from './blockReader';
import type { GgufHeader } from './gguf';
import type { GgufTensor } from './ggufTensors';

/** Bytes looked at between two turns of the event loop; less than a millisecond. */
const PIECE = 1 << 20;

/**
 * Where the sixteen bits with the exponent of each number, or of each block's scale, lie: in units of sixteen bits
 * the distance from one to the next and the first one's place; all bits of `exponent` are set in infinities and NaN.
 */
const EXPONENTS: Readonly<
	Record<string, { readonly step: number; readonly at: number; readonly exponent: number }>
> = {
	F32: { step: 2, at: 1, exponent: 0x7f80 },
	F16: { step: 1, at: 0, exponent: 0x7c00 },
	BF16: { step: 1, at: 0, exponent: 0x7f80 },
	// 34 bytes: the scale in F16, then 32 whole numbers.
	Q8_0: { step: 17, at: 0, exponent: 0x7c00 },
};

/**
 * The first tensor that holds an infinite number or NaN, if any. Tensors of other types than F32, F16, BF16 and
 * Q8_0 are passed over.
 * @throws AbortError when the signal fires; GgufError when the file has become shorter.
 */
export async function findNonFinite(
	handle: FileHandle,
	{ tensors, dataStart }: Pick<GgufHeader, 'tensors' | 'dataStart'>,
	signal: AbortSignal,
): Promise<GgufTensor | undefined> {
	const piece = new Uint16Array(PIECE / 2);
	for (const tensor of tensors) {
		const numbers = EXPONENTS[tensor.type.name];
		if (numbers === undefined) {
			continue;
		}
		const most = Math.floor(PIECE / tensor.type.bytes) * tensor.type.bytes;
		for (let done = 0; done < tensor.bytes; ) {
			throwIfAborted(signal);
			const wanted = Math.min(most, tensor.bytes - done);
			const { bytesRead } = await handle.read(piece, 0, wanted, dataStart + tensor.offset + done);
			if (bytesRead < wanted) {
				throw new GgufError(`the file ends within tensor "${tensor.name}"`, 'truncated');
			}
			for (let index = numbers.at; index < wanted / 2; index += numbers.step) {
				if (((piece[index] ?? 0) & numbers.exponent) === numbers.exponent) {
					return tensor;
				}
			}
			done += wanted;
		}
	}
	return undefined;
}
