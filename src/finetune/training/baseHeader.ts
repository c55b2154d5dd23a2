/** Checks the base model's file before anything of it is loaded. */

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
