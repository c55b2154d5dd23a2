/** Whether the computer runs on its battery; looked at only while somebody wishes to know. */

import type { Log } from '../inference/model';

/** Calls `onChange` when the power comes from elsewhere than before, the first time against mains, until the signal. */
type WatchPower = (onChange: (onBattery: boolean) => void, signal: AbortSignal) => Promise<void>;

export class Battery {
	private onBattery = false;
	private watching: AbortController | undefined;

	constructor(
		private readonly watch: WatchPower,
		private readonly log: Log,
	) {}

	/** False while nobody watches. */
	get isInUse(): boolean {
		return this.onBattery;
	}

	/** Starts or ends the watch. */
	configure(isWatched: boolean): void {
		if (isWatched === (this.watching !== undefined)) {
			return;
		}
		this.dispose();
		if (isWatched) {
			const watching = new AbortController();
			this.watching = watching;
			this.watch((onBattery) => {
				if (!watching.signal.aborted) {
					this.onBattery = onBattery;
				}
			}, watching.signal).catch((error: unknown) =>
				this.log.warn(`The power cannot be watched: ${String(error)}`),
			);
		}
	}

	dispose(): void {
		this.watching?.abort();
		this.watching = undefined;
		this.onBattery = false;
	}
}
