/** How many milliseconds everything on the way of a completion may take: said here, kept where it is done. */

import { CHUNK_MILLISECONDS } from '../inference/model';
import { settings } from '../manifest';
import type { SourceName } from './context/chunk';
import type { Stage } from './trace';

/** Work in the editor's process after which everything else has its turn; a piece of work may take one more. */
export const SLICE = 3;

/**
 * The target for an answer: what reading the current file may take when nothing of it is in the KV cache. Where all of
 * it is, that is left for writing.
 */
const ANSWER = 600;

/**
 * What a stage may take. `syntax` and `cleaning` end with it: nobody waits for the syntax any longer, and the text
 * stays as the rules left it. What nothing can end is only measured by it.
 */
export const STAGE_BUDGETS: Readonly<Record<Stage, number>> = {
	document: SLICE,
	gate: SLICE,
	'known-texts': SLICE,
	flight: ANSWER,
	syntax: 8,
	// Unless the setting says something else.
	debounce: settings.completionDebounce.default,
	context: SLICE,
	// What was aborted ends with the tokens that the model is being fed.
	'model-busy': CHUNK_MILLISECONDS,
	generation: ANSWER,
	// A finished text takes several trees.
	cleaning: 16,
	answer: SLICE,
};

/** What a source of context may take for one place, rests and what others work out included; while nobody waits. */
export const SOURCE_BUDGETS: Readonly<Record<SourceName, number>> = {
	recent: 60,
	copied: 60,
	edits: 60,
	problems: 20,
	similar: 200,
	imports: 300,
};
