/** Who asks for the model, and how urgently: what every wait for it is decided by. */

import type { Priority } from '../model';

/** One of those that share the model. The same object stands for it in every request. */
export interface Caller {
	/** Whether it is the window that has the focus, now. */
	readonly isFocused: boolean;
}

/**
 * The higher, the earlier. `AFTER_ALL` is for what frees memory: it waits until nobody else does.
 */
export const AFTER_ALL = 0;
export const BACKGROUND = 1;
/** Somebody waits at the cursor of a window. */
export const INTERACTIVE = 2;
/** Somebody waits at the cursor of the window that has the focus. */
const FOCUSED = 3;

/** Who wants to use the model. Its rank is read whenever a turn is given: it may change while it waits. */
export interface Claim {
	readonly caller: Caller;
	readonly rank: number;
}

/** Nobody in particular: the engine for itself, and where there is one caller only. */
export const ANYBODY: Caller = { isFocused: false };

/** What cannot wait: making and freeing contexts. */
export const URGENT: Claim = { caller: ANYBODY, rank: FOCUSED };

/** What waits until nobody else does. */
export const LAST: Claim = { caller: ANYBODY, rank: AFTER_ALL };

export function claimOf(priority: Priority, caller: Caller = ANYBODY): Claim {
	return {
		caller,
		get rank() {
			return priority === 'background' ? BACKGROUND : caller.isFocused ? FOCUSED : INTERACTIVE;
		},
	};
}
