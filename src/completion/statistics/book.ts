/** What this window counts: kept in memory for half a minute, then added to the file that all windows share. */

import { isAbort } from '../../inference/cancel';
import type { Log, Subscription } from '../../inference/model';
import type { Clock } from '../clock';
import { type Counter, dayOf, type Entry, type Group, merge } from './ledger';
import type { StatisticsStore } from './store';

/** Milliseconds between the first figure and the disk: what a crash may lose. */
const DELAY = 30_000;
/** Milliseconds between two attempts, and how many there are, while another window writes. */
const PATIENCE = 50;
const ATTEMPTS = 20;

interface BookOptions {
	readonly store: StatisticsStore;
	readonly clock: Clock;
	readonly log: Log;
	date(): Date;
}

export class StatisticsBook {
	private pending: readonly Entry[] = [];
	/** When the first of `pending` was counted, in milliseconds since 1970. */
	private from = 0;
	private readonly listeners = new Set<() => void>();
	private readonly over = new AbortController();
	/** One after the other on the disk. */
	private last: Promise<unknown> = Promise.resolve();

	constructor(private readonly options: BookOptions) {}

	/** Counts for today. */
	add(group: Omit<Group, 'day'>, counter: Counter, amount = 1): void {
		const now = this.options.date();
		if (this.pending.length === 0) {
			this.from = now.getTime();
			this.schedule();
		}
		this.pending = merge(this.pending, [{ ...group, day: dayOf(now), counts: { [counter]: amount } }]);
		for (const listener of this.listeners) {
			listener();
		}
	}

	onDidChange(listener: () => void): Subscription {
		this.listeners.add(listener);
		return { dispose: () => this.listeners.delete(listener) };
	}

	/** What all windows have written and this one has counted, the oldest day first. */
	read(): Promise<readonly Entry[]> {
		// In the row of the writes: what moves to the disk meanwhile would be missing, or there twice.
		return this.next(async () => merge(await this.options.store.read(), this.pending));
	}

	/**
	 * Forgets everything, in the other windows too.
	 *
	 * @throws the error of the disk, or that another window holds the file.
	 */
	async reset(): Promise<void> {
		this.forget();
		if (!(await this.next(() => this.attempt(() => this.options.store.reset())))) {
			throw new Error('Another window is writing the statistics. Try again.');
		}
		for (const listener of this.listeners) {
			listener();
		}
	}

	/** What is not on disk yet will not get there. */
	forget(): void {
		this.pending = [];
	}

	/** Puts on disk what is not there yet. Tells the log of a disk that cannot be written; the figures are then lost. */
	flush(): Promise<void> {
		return this.next(async () => {
			const { pending, from } = this;
			this.pending = [];
			if (pending.length === 0) {
				return;
			}
			try {
				if (!(await this.attempt(() => this.options.store.add(pending, from)))) {
					this.options.log.warn('Another window kept the completion statistics from being written');
				}
			} catch (error) {
				this.options.log.error('The completion statistics could not be written', error);
			}
		});
	}

	/** The last flush, when the window closes. */
	async close(): Promise<void> {
		this.over.abort();
		this.listeners.clear();
		await this.flush();
	}

	private schedule(): void {
		if (this.over.signal.aborted) {
			return;
		}
		this.options.clock.sleep(DELAY, this.over.signal).then(
			() => this.flush(),
			(error: unknown) => {
				if (!isAbort(error)) {
					this.options.log.error('The completion statistics could not be scheduled', error);
				}
			},
		);
	}

	private next<T>(action: () => Promise<T>): Promise<T> {
		const result = this.last.then(action);
		this.last = result.catch(() => undefined);
		return result;
	}

	/** Real time, whatever the clock: another process is waited for. */
	private async attempt(action: () => Promise<boolean>): Promise<boolean> {
		for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
			if (await action()) {
				return true;
			}
			await new Promise((resolve) => setTimeout(resolve, PATIENCE));
		}
		return false;
	}
}
