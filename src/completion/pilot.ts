/** Keeps at most one generation in the model: joins it, ends it, and waits for its end before the next. */

import { abortError, isAbort, throwIfAborted } from '../inference/cancel';
import type { FillRequest, Generator, Log } from '../inference/model';
import type { AnswerTime } from './answerTime';
import type { CompletionCache } from './cache';
import type { Clock } from './clock';
import type { Cursor } from './cursor';
import { Flight } from './flight';
import { type Generated, generate } from './generate';

/**
 * Milliseconds that a generation goes on after the editor cancelled its request: with each keystroke the editor
 * cancels first and asks again about 50 ms later, and the new request may want to join.
 */
const LINGER = 120;

export class Pilot {
	private flight: Flight | undefined;
	private lingering: AbortController | undefined;

	constructor(
		private readonly model: Pick<Generator, 'fill'>,
		private readonly cache: CompletionCache,
		private readonly clock: Clock,
		private readonly answerTime: AnswerTime,
		private readonly log: Log,
	) {}

	/**
	 * Waits for the running generation while it agrees with the cursor, and ends it when it does not. True when it
	 * has landed; the cache knows then what it brought.
	 */
	async join(cursor: Cursor, signal: AbortSignal): Promise<boolean> {
		const { flight } = this;
		if (flight === undefined) {
			return false;
		}
		this.lingering?.abort();
		if (flight.agreesWith(cursor) && (await flight.follow(cursor, signal)) === 'landed') {
			return true;
		}
		flight.abort();
		return false;
	}

	/** Ends what runs, waits until the model is done with it, and starts anew. */
	async start(cursor: Cursor, request: () => FillRequest, signal: AbortSignal): Promise<Flight> {
		while (this.flight !== undefined) {
			const before = this.flight;
			before.abort();
			await until(before.settled, signal);
			if (this.flight === before) {
				this.flight = undefined;
			}
		}
		throwIfAborted(signal);
		this.lingering?.abort();
		const pieces = request();
		const started = this.clock.now();
		const flight = new Flight(cursor, async (onText, inFlight): Promise<Generated> => {
			const generated = await generate(this.model, pieces, cursor, onText, inFlight);
			if (generated.type === 'generated') {
				this.answerTime.landed(this.clock.now() - started);
				this.cache.store(cursor, generated.cleaned);
			}
			return generated;
		});
		flight.settled.then(() => {
			if (flight.signal.aborted) {
				this.answerTime.aborted(this.clock.now() - started);
			}
		});
		this.flight = flight;
		return flight;
	}

	/** Nobody waits any more: unless somebody joins soon, the model is released. */
	release(): void {
		const { flight } = this;
		if (flight?.isFlying !== true) {
			return;
		}
		this.lingering?.abort();
		this.lingering = new AbortController();
		this.clock.sleep(LINGER, this.lingering.signal).then(
			() => flight.abort(),
			(error: unknown) => {
				if (!isAbort(error)) {
					this.log.warn(`Waiting for a joiner failed: ${String(error)}`);
				}
			},
		);
	}

	abort(): void {
		this.lingering?.abort();
		this.flight?.abort();
	}
}

/** Waits for a promise that never rejects; the signal ends the wait, not the work. */
function until(settled: Promise<void>, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		const onAbort = () => reject(abortError());
		if (signal.aborted) {
			onAbort();
			return;
		}
		signal.addEventListener('abort', onAbort, { once: true });
		settled.then(() => {
			signal.removeEventListener('abort', onAbort);
			resolve();
		});
	});
}
