/** How strongly the adapter that is judged is in use now: changed only where that is another strength. */

import type { Adapter, AdaptersInUse, Unsupported } from '../../inference/model';

export class Strength {
	private current: number | undefined;

	/**
	 * @param put uses adapters and no others.
	 * @param path absolute, of the adapter.
	 */
	constructor(
		private readonly put: (
			adapters: readonly Adapter[],
			signal: AbortSignal,
		) => Promise<AdaptersInUse | Unsupported>,
		private readonly path: string,
	) {}

	/** @throws Error with the reason where the adapter cannot be used; ModelUnavailable; an AbortError. */
	async use(scale: number, signal: AbortSignal): Promise<void> {
		if (this.current === scale) {
			return;
		}
		this.current = undefined;
		const answer = await this.put([{ path: this.path, scale }], signal);
		if (answer.type === 'unsupported') {
			throw new Error(answer.reason);
		}
		this.current = scale;
	}
}
