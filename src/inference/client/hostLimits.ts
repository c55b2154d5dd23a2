/** How long a client waits for its host, and for what. */

import { RESTART_DELAYS } from './breaker';

/** How long things may take, in milliseconds. */
export interface HostLimits {
	/** Between two signs of life of the host; default 1,000. */
	readonly tick: number;
	/** Awake silence that counts as a hang; default 10,000. */
	readonly silence: number;
	/** The same while a model or an adapter loads; default 60,000. */
	readonly silenceWhileLoading: number;
	/** From the start of the process to its greeting; default 20,000: a cold disk, a virus scanner. Late once, it has three times that. */
	readonly start: number;
	/** For a host that was asked to end; default 2,000. */
	readonly farewell: number;
	/** That the host outlives its last window, so that one that reloads finds its model loaded; default 10,000. */
	readonly grace: number;
	/** Before the first, second, … restart; default 0, 1,000, 2,000, 5,000, 10,000. */
	readonly restartDelays: readonly number[];
}

export const DEFAULT_LIMITS: HostLimits = {
	tick: 1_000,
	silence: 10_000,
	silenceWhileLoading: 60_000,
	start: 20_000,
	farewell: 2_000,
	grace: 10_000,
	restartDelays: RESTART_DELAYS,
};
