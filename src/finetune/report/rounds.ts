/** When adapters in use are looked after: a moment after they came into use, and every hour while they are. */

import type { ActiveAdapters } from '../adapters/active';

/** Milliseconds after a change: not in the first moments of the editor, nor while somebody tries several. */
const FIRST = 30_000;
/** Milliseconds between two looks. */
const EVERY = 60 * 60_000;

export class Rounds {
	private inUse = '';
	private timer: NodeJS.Timeout | undefined;
	private readonly subscription: { dispose(): void };

	constructor(
		private readonly active: Pick<ActiveAdapters, 'all' | 'onDidChange'>,
		private readonly look: () => Promise<void>,
		private readonly onError: (error: unknown) => void,
	) {
		this.subscription = active.onDidChange(() => this.follow());
		this.follow();
	}

	dispose(): void {
		clearTimeout(this.timer);
		this.subscription.dispose();
	}

	/** Another strength is no other adapter. */
	private follow(): void {
		const inUse = this.active.all.map(({ path }) => path).join('\n');
		if (inUse !== this.inUse) {
			this.inUse = inUse;
			this.wait(FIRST);
		}
	}

	private wait(milliseconds: number): void {
		clearTimeout(this.timer);
		if (this.inUse !== '') {
			this.timer = setTimeout(() => {
				this.wait(EVERY);
				this.look().catch(this.onError);
			}, milliseconds);
			this.timer.unref();
		}
	}
}
