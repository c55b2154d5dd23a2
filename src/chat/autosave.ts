/** When a conversation goes to disk: soon while an answer grows, at once and for good at its end. */

import { messageOf } from '../inference/failure';
import type { Log, Subscription } from '../inference/model';
import type { ConversationFolder } from './conversations/folder';
import { type ConversationRecord, linesOf } from './conversations/records';

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
	readonly folder: ConversationFolder;
	readonly clock: Clock;
	readonly log: Log;
	/** Called once for each time that saving stops working. */
	readonly onFailure: (reason: string) => void;
}

export class Autosave {
	/** Bytes of the conversation on disk as far as this window knows: more are there when another window wrote too. */
	bytes: number;
	private waiting: ConversationRecord[] = [];
	private mayBegin = false;
	private timer: Subscription | undefined;
	private last: Promise<void> = Promise.resolve();
	private hasFailed = false;

	/**
	 * `growth`: what the answer has grown by since it was asked for last. `everything`: the whole conversation, where there
	 * is no file yet, or none any more.
	 */
	constructor(
		private readonly options: AutosaveOptions,
		private readonly id: string,
		bytes: number,
		private readonly growth: () => readonly ConversationRecord[],
		private readonly everything: () => readonly ConversationRecord[],
	) {
		this.bytes = bytes;
	}

	/** Whether something is not on disk yet. */
	get isWaiting(): boolean {
		return this.waiting.length > 0 || this.timer !== undefined;
	}

	/** To be written with the next save. `begins`: a conversation that is not there is begun with it. */
	add(record: ConversationRecord, begins: boolean): void {
		this.waiting.push(record);
		this.mayBegin ||= begins;
	}

	/** Saves within half a second. */
	soon(): void {
		this.timer ??= this.options.clock.after(SAVE_INTERVAL, () => void this.now(false));
	}

	/** Saves now. `durable`: until the disk has it. Never rejects. */
	now(durable: boolean): Promise<void> {
		this.timer?.dispose();
		this.timer = undefined;
		this.last = this.last.then(() => this.write(durable));
		return this.last;
	}

	private async write(durable: boolean): Promise<void> {
		const { folder, log, onFailure } = this.options;
		const records = [...this.waiting, ...this.growth()];
		if (records.length === 0) {
			return;
		}
		const begins = this.mayBegin;
		this.waiting = [];
		this.mayBegin = false;
		try {
			const text = linesOf(records);
			if (await folder.append(this.id, text, durable)) {
				this.bytes += Buffer.byteLength(text);
			} else if (begins) {
				const whole = linesOf(this.everything());
				await folder.create(this.id, whole, durable);
				this.bytes = Buffer.byteLength(whole);
			}
			this.hasFailed = false;
		} catch (error) {
			// Said again with the next save: a line that is there twice does no harm.
			this.waiting = [...records, ...this.waiting];
			this.mayBegin ||= begins;
			log.error('The conversation could not be saved', error);
			if (!this.hasFailed) {
				this.hasFailed = true;
				onFailure(messageOf(error));
			}
		}
	}
}
