/** Whether a training helped: the held-out loss decides, nothing else. */

import type { Finished } from '../job/messages';

/** Strictly: an adapter that changes nothing is not worth its memory. */
export function lossFell(result: Pick<Finished, 'before' | 'after'>): boolean {
	return result.after.loss < result.before.loss;
}
