/** Begins a run with the weights of an earlier adapter of the same base. */

import { messageOf } from '../../inference/failure';
import { readAdapter } from '../peft/readAdapter';
import type { Lora } from './lora';
import { RunFailure } from './runFailure';

/**
 * Matrices that the earlier adapter does not have begin as in any run. Its own alpha is folded in, so that it does at the
 * first step what it did when it was saved.
 *
 * @param file Absolute path of the earlier adapter; undefined: the run begins with none.
 * @param base Fingerprint of the base that is trained.
 * @throws RunFailure where it is not readable, or of another base or another rank.
 */
export function startFrom(file: string | undefined, lora: Lora, base: string): void {
	if (file === undefined) {
		return;
	}
	try {
		const { facts, alpha, matrices } = readAdapter(file);
		if (facts.base !== undefined && facts.base !== base) {
			throw new Error(`it was trained for ${facts.baseName ?? 'another model'}, not for this one.`);
		}
		const factor = alpha / lora.alpha;
		lora.load(matrices.map((matrix) => ({ ...matrix, b: matrix.b.map((value) => value * factor) })));
	} catch (error) {
		throw new RunFailure(
			'adapter',
			`The run cannot begin with the weights of ${file}: ${messageOf(error)} Start a fine-tune that begins anew.`,
		);
	}
}
