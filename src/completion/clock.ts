/** Time as an argument, so that tests decide when it passes. */

import { sleep } from '../inference/cancel';

export interface Clock {
	/** Milliseconds on a clock that never goes back. */
	now(): number;
	/** Resolves after `milliseconds`; rejects with an AbortError as soon as the signal fires. */
	sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = { now: () => performance.now(), sleep };
