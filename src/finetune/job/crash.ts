/** The one message about a trainer that ended without saying why. */

import type { TrainerEnd } from './trainerProcess';

/** Longest part of its error output that is repeated, in characters. */
const MAX_WORDS = 300;

/**
 * @param doing For example `training (step 12 of 300)`; undefined before it said anything.
 * @param remedy What to do, as a sentence.
 */
export function describeCrash(end: TrainerEnd, doing: string | undefined, remedy: string): string {
	const when = doing === undefined ? 'before it began' : `while it was ${doing}`;
	const words = end.lastWords === undefined ? '' : ` Its last words: ${end.lastWords.slice(0, MAX_WORDS)}`;
	return `The trainer ${end.cause} ${when}.${words} ${remedy}`;
}

/**
 * What can be done about a run that crashed.
 *
 * @param doing As for `describeCrash`.
 * @param checkpointStep Step of its last checkpoint.
 */
export function crashRemedy(
	end: TrainerEnd,
	doing: string | undefined,
	checkpointStep: number | undefined,
): string {
	const kept =
		checkpointStep === undefined
			? 'There is no checkpoint yet; start the run again.'
			: `The last checkpoint is from step ${checkpointStep}; resume the run to go on from there.`;
	const memory = /SIGKILL/.test(end.cause)
		? ' If memory ran out, close other programs, or train with fewer rows per step, shorter sequences or gradient checkpointing.'
		: '';
	const start =
		end.isSignal || doing !== undefined
			? ''
			: ' Where the editor cannot run the trainer, familiar.host.nodePath names a Node.js (20 or newer) that can.';
	return `${kept}${memory}${start}`;
}
