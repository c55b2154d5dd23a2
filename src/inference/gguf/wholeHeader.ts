/** The header of a model that may lie in several files. */

import { partsOf } from '../modelFile';
import { type GgufHeader, readGgufFile } from './gguf';

/**
 * The first part says what the model is, each names its own tensors.
 * @throws as `readGgufFile`.
 */
export function readWholeHeader(file: string): GgufHeader {
	const [first, ...others] = (partsOf(file) ?? [file]).map((part) => readGgufFile(part));
	if (first === undefined) {
		throw new Error(`${file} has no parts.`);
	}
	return { ...first, tensors: [first, ...others].flatMap(({ tensors }) => tensors) };
}
