/** Reads the prompt of a place into the model before somebody asks there, so that the answer only has to be written. */

import { isAbort } from '../inference/cancel';
import { type FillRequest, type Generator, type Log, ModelUnavailable } from '../inference/model';
import type { Clock } from './clock';
import type { Cursor } from './cursor';
import type { Pilot } from './pilot';

/** Milliseconds for which a cursor must rest; whoever moves on with the arrow keys passes faster. */
const REST = 150;

interface WarmerOptions {
	readonly model: Pick<Generator, 'prefill'>;
	readonly pilot: Pick<Pilot, 'idle' | 'keepFor'>;
	readonly clock: Clock;
	readonly log: Log;
	/** Somebody rests there: what helps there is gathered. */
	attend(cursor: Cursor): void;
	/** What would be asked; undefined where nothing would. */
	requestAt(cursor: Cursor): FillRequest | undefined;
}

export class Warmer {
	private waiting: AbortController | undefined;
	private last: Cursor | undefined;

	constructor(private readonly options: WarmerOptions) {}

	/** @param read the cursor, after the rest; undefined where there is none any more. */
	visit(read: () => Cursor | undefined): void {
		this.begin(async (signal) => {
			await this.options.clock.sleep(REST, signal);
			const cursor = read();
			if (cursor !== undefined) {
				this.options.pilot.keepFor(cursor);
				this.options.attend(cursor);
				await this.warm(cursor, signal);
			}
		});
	}

	/** The model is free for the prompt of a place where somebody stands. */
	at(cursor: Cursor): void {
		this.begin((signal) => this.warm(cursor, signal));
	}

	/** What other files say has changed. */
	again(): void {
		if (this.last !== undefined) {
			this.at(this.last);
		}
	}

	/** Somebody asks: the model is theirs at once. */
	hold(): void {
		this.waiting?.abort();
	}

	private begin(action: (signal: AbortSignal) => Promise<void>): void {
		this.hold();
		const waiting = new AbortController();
		this.waiting = waiting;
		action(waiting.signal).catch((error: unknown) => {
			if (!isAbort(error) && !ModelUnavailable.is(error)) {
				this.options.log.warn(`Reading a prompt ahead failed: ${String(error)}`);
			}
		});
	}

	private async warm(cursor: Cursor, signal: AbortSignal): Promise<void> {
		this.last = cursor;
		await this.options.pilot.idle(signal);
		const request = this.options.requestAt(cursor);
		if (request !== undefined) {
			await this.options.model.prefill(request, signal);
		}
	}
}
