/** How many tokens a run on audited files would learn from, and about how long that would take. */

import { CHARACTERS_PER_TOKEN } from '../../inference/fillPieces';
import type { Audit } from '../corpus/verdict';
import { passesFor } from '../panel/plan';

/** A step forward and back through frozen weights, compared with reading a prompt; kernels differ, so it is a guess. */
const TRAINING_COST = 3;

export interface Estimate {
	/** In the files that are in, each counted once. */
	readonly tokens: number;
	/** How often they are gone through. */
	readonly passes: number;
	/** Of the training alone, for all of it; undefined where no model is loaded. */
	readonly seconds: number | undefined;
}

/** @param speed tokens a second in which the model reads prompts; undefined where none is loaded */
export function estimateOf(audit: Audit, speed: number | undefined): Estimate {
	let tokens = 0;
	let characters = 0;
	for (const { verdict } of audit.files) {
		if (verdict.type === 'in') {
			characters += verdict.characters;
			tokens += (verdict.tokens ?? verdict.characters / CHARACTERS_PER_TOKEN) * (verdict.weight ?? 1);
		}
	}
	const passes = passesFor(characters);
	return {
		tokens: Math.round(tokens),
		passes,
		seconds: speed === undefined || speed <= 0 ? undefined : (tokens * passes * TRAINING_COST) / speed,
	};
}
