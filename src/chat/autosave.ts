/** When the conversation goes to disk: soon while an answer grows, at once and for good at its end. */

import type { Log, Subscription } from '../inference/model';
import type { ChatStore } from './store';
import type { StoredTurn } from './turns';

/** Time as a value, so that tests need not wait. */
export interface Clock {
	after(milliseconds: number, callback: () => void): Subscription;
}

export const systemClock: Clock = {
	after(milliseconds, callback) {
		const timer = setTimeout(callback, milliseconds);
		return { dispose: () => clearTimeout(timer) };
	},
};

/** Milliseconds until streamed text is written; a crash may lose one second at most. */
const SAVE_INTERVAL = 500;

export interface AutosaveOptions {
	readonly store: ChatStore;
	readonly clock: Clock;
	readonly log: Log;
	/** Resolves when the saved conversation has been read: until then it must not be replaced. */
	readonly loaded: () => Promise<void>;
	readonly turns: () => readonly StoredTurn[];
	/** Called once for each time that saving stops working. */
	readonly onFailure: (reason: string) => void;
}

export class Autosave {
	private pending: Subscription | undefined;
	private last: Promise<void> = Promise.resolve();
	private hasFailed = false;

	constructor(private readonly options: AutosaveOptions) {}

	/** Saves within half a second. */
	soon(): void {
		this.pending ??= this.options.clock.after(SAVE_INTERVAL, () => void this.now(false));
	}

	/** Saves now. `durable`: until the disk has it. Never rejects. */
	now(durable: boolean): Promise<void> {
		this.pending?.dispose();
		this.pending = undefined;
		this.last = this.write(durable);
		return this.last;
	}

	/** Writes what is still waiting and resolves when all is written. */
	async finish(): Promise<void> {
		await (this.pending === undefined ? this.last : this.now(true));
	}

	private async write(durable: boolean): Promise<void> {
		const { store, loaded, turns, log, onFailure } = this.options;
		try {
			await loaded();
			await store.save(turns(), durable);
			this.hasFailed = false;
		} catch (error) {
			log.error('The conversation could not be saved', error);
			if (!this.hasFailed) {
				this.hasFailed = true;
				onFailure(error instanceof Error ? error.message : String(error));
			}
		}
	}
}
