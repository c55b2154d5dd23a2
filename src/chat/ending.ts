/** How an answer ended, as data. */

import type { Remedy } from '../inference/model';
import type { TurnState } from './turn';

export interface Ending {
	readonly state: Exclude<TurnState, 'streaming'>;
	readonly note: string | undefined;
	readonly remedies: readonly Remedy[];
	/** All that is kept of the answer, where that is not all of it. */
	readonly text?: string;
}

/** Characters of a note: an error of a library may quote a whole file, and a view takes no more than 4,096. */
export const LONGEST_NOTE = 1_000;

export function ended(state: Ending['state']): Ending {
	return { state, note: undefined, remedies: [] };
}
