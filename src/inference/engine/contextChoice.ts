/** One caller's choice of adapters, by which it gets its contexts. */

import type { Adapter } from '../model';
import { type Caller, type Claim, claimOf } from './claim';
import type { HeldSlot, Work } from './contextPlace';
import type { ContextPool } from './contextPool';

export class ContextChoice {
	#adapters: readonly Adapter[] = [];

	constructor(
		private readonly pool: ContextPool,
		private readonly caller: Caller,
		/** Nothing that starts later needs the context. */
		readonly leave: () => void,
	) {}

	get adapters(): readonly Adapter[] {
		return this.#adapters;
	}

	/**
	 * The context for one request.
	 * @param adapters default: the choice. @throws as `ContextPool.hold`.
	 */
	hold(claim: Claim, signal: AbortSignal, work?: Work, adapters?: readonly Adapter[]): Promise<HeldSlot> {
		return this.pool.hold(() => adapters ?? this.#adapters, claim, signal, undefined, work);
	}

	/** For requests that start later. @throws as `ContextPool.hold`: the old ones stay then. */
	async use(adapters: readonly Adapter[], signal: AbortSignal): Promise<void> {
		const held = await this.pool.hold(
			() => adapters,
			// Somebody has just chosen them.
			claimOf('interactive', this.caller),
			signal,
			() => {
				this.#adapters = adapters;
			},
		);
		held.release();
	}
}
