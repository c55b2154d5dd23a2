/** Checks the base model's file: what it is before anything of it is loaded, and that it stays the same. */

import { type GgufHeader, readGgufFile } from '../../inference/gguf/gguf';
import { checkModelFile } from '../../inference/gguf/ggufCheck';
import type { ModelShape } from '../architectures/architecture';
import { readShape, UntrainableModel } from '../architectures/shape';
import { RunFailure } from './runFailure';

/**
 * @throws RunFailure for a file that is damaged, in several parts, or of a kind that cannot be trained.
 */
export async function readBaseHeader(
	file: string,
): Promise<{ readonly header: GgufHeader; readonly shape: ModelShape }> {
	const problem = await checkModelFile(file);
	if (problem !== undefined) {
		throw new RunFailure(problem.code, problem.message);
	}
	const header = readGgufFile(file);
	const parts = header.metadata.get('split.count');
	if (parts !== undefined && 'value' in parts && typeof parts.value === 'number' && parts.value > 1) {
		throw new RunFailure(
			'parts',
			`${file} is one of ${parts.value} parts of a model; fine-tuning needs the model in one file. Merge the parts with llama-gguf-split.`,
		);
	}
	try {
		return { header, shape: readShape(header) };
	} catch (error) {
		throw error instanceof UntrainableModel ? new RunFailure('architecture', error.message) : error;
	}
}

/**
 * @param found sha256 of the tensor data as they are.
 * @param began what it was when the run began.
 * @throws RunFailure where they differ.
 */
export function sameBase(file: string, found: string, began: string): void {
	if (found !== began) {
		throw new RunFailure(
			'base-changed',
			`${file} is not the file that this run began with: its weights differ. Put that file back, or start a new run.`,
		);
	}
}
