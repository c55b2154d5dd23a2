/** The one message about a trainer that ended without saying why. */

import type { Translate } from '../../inference/statusText';
import { english } from './english';
import type { TrainerEnd } from './trainerProcess';

/** Longest part of its error output that is repeated, in characters. */
const MAX_WORDS = 300;

/**
 * @param doing For example `training (step 12 of 300)`; undefined before it said anything.
 * @param remedy What to do, as a sentence.
 * @param translate Default: English. What the process itself says of its end stays as it is.
 */
export function describeCrash(
	end: TrainerEnd,
	doing: string | undefined,
	remedy: string,
	translate: Translate = english,
): string {
	const { cause, lastWords } = end;
	return [
		doing === undefined
			? translate('The trainer {0} before it began.', cause)
			: translate('The trainer {0} while it was {1}.', cause, doing),
		...(lastWords === undefined ? [] : [translate('Its last words: {0}', lastWords.slice(0, MAX_WORDS))]),
		remedy,
	].join(' ');
}

/**
 * What can be done about a run that crashed.
 *
 * @param doing As for `describeCrash`.
 * @param checkpointStep Step of its last checkpoint.
 * @param translate Default: English.
 */
export function crashRemedy(
	end: TrainerEnd,
	doing: string | undefined,
	checkpointStep: number | undefined,
	translate: Translate = english,
): string {
	return [
		checkpointStep === undefined
			? translate('There is no checkpoint yet; start the run again.')
			: translate(
					'The last checkpoint is from step {0}; resume the run to go on from there.',
					checkpointStep,
				),
		...(/SIGKILL/.test(end.cause)
			? [translate('If memory ran out, close other programs, or set familiar.finetune.sequenceLength lower.')]
			: []),
		...(end.isSignal || doing !== undefined
			? []
			: [
					translate(
						'Where the editor cannot run the trainer, familiar.host.nodePath names a Node.js (20 or newer) that can.',
					),
				]),
	].join(' ');
}
