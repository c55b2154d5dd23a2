/** The threads of each batch, for prefill and for decode apart, fewer while other programs take the cores. */

import type { Calibration, Threads } from './calibration';
import { ThreadGovernor } from './threadGovernor';

type BatchKind = 'prefill' | 'decode';

export class BatchThreads {
	#governors: Readonly<Record<BatchKind, ThreadGovernor>> = governorsOf({ prefill: 1, decode: 1 });

	/** @param speeds as measured with these threads; without them the threads stay as they are. */
	use(threads: Threads, speeds?: Calibration): void {
		this.#governors = governorsOf(threads, speeds);
	}

	/** Threads for the next batch of this kind. */
	next(kind: BatchKind): number {
		return this.#governors[kind].threads;
	}

	/** Says how long a batch took. */
	observe(kind: BatchKind, tokens: number, milliseconds: number): void {
		this.#governors[kind].observe(tokens, milliseconds);
	}
}

function governorsOf(threads: Threads, speeds?: Calibration): Record<BatchKind, ThreadGovernor> {
	const perToken = (tokensPerSecond: number | undefined) =>
		tokensPerSecond === undefined ? Number.POSITIVE_INFINITY : 1000 / tokensPerSecond;
	return {
		prefill: new ThreadGovernor(threads.prefill, perToken(speeds?.prefillTokensPerSecond)),
		decode: new ThreadGovernor(threads.decode, perToken(speeds?.decodeTokensPerSecond)),
	};
}
