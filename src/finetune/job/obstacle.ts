/** Why a run on disk cannot go on. */

import { exists } from '../../inference/exists';
import type { Translate } from '../../inference/statusText';
import { english } from './english';
import type { RunOrder } from './messages';
import type { StoredState } from './runFolder';

interface Obstacle {
	/** As a sentence, with the remedy where there is one. */
	readonly reason: string;
	/** Nothing that the user does helps: what the run would need to go on may be deleted. */
	readonly isFinal: boolean;
}

/**
 * The first reason; undefined when the run can go on, from its checkpoint or, where it was cut short, from the start.
 *
 * @param translate Default: English.
 */
export async function obstacleOf(
	order: RunOrder,
	stored: StoredState | undefined,
	hasCheckpoint: boolean,
	translate: Translate = english,
): Promise<Obstacle | undefined> {
	if (stored?.state === 'finished') {
		return final(translate('It is finished.'));
	}
	if (stored?.problem !== undefined && !stored.problem.resumable) {
		return final(stored.problem.message);
	}
	if (!hasCheckpoint && (stored?.state === 'cancelled' || stored?.state === 'failed')) {
		return final(translate('It ended before its first checkpoint; start a new run.'));
	}
	if (!(await exists(order.datasetPath))) {
		return final(translate('Its data {0} is no longer there; start a new run.', order.datasetPath));
	}
	return (await exists(order.basePath))
		? undefined
		: {
				reason: translate('Its base model {0} is no longer there; put it back to resume.', order.basePath),
				isFinal: false,
			};
}

function final(reason: string): Obstacle {
	return { reason, isFinal: true };
}
