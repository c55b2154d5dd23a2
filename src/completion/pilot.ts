/** Keeps at most one generation in the model: joins it, ends it, and waits for its end before the next. */

import { isAbort, throwIfAborted, unlessAborted } from '../inference/cancel';
import type { Generator, Log } from '../inference/model';
import type { AnswerTime } from './answerTime';
import type { CompletionCache } from './cache';
import type { Clock } from './clock';
import type { Cursor } from './cursor';
import { Flight, type Purpose } from './flight';
import { type Generated, generate, type Question } from './generate';

/**
 * Milliseconds that a generation goes on after the editor cancelled its request: with each keystroke the editor
 * cancels first and asks again about 50 ms later, and the new request may want to join.
 */
const LINGER = 120;

interface PilotOptions {
	readonly model: Pick<Generator, 'fill'>;
	readonly cache: CompletionCache;
	readonly clock: Clock;
	readonly answerTime: AnswerTime;
	readonly log: Log;
}

export class Pilot {
	private flight: Flight | undefined;
	private lingering: AbortController | undefined;

	constructor(private readonly options: PilotOptions) {}

	/**
	 * Waits for the running generation while it agrees with the cursor, and ends it when it does not.
	 *
	 * @returns the one that has landed, of whose result the cache knows then.
	 */
	async join(cursor: Cursor, signal: AbortSignal): Promise<Flight | undefined> {
		const { flight } = this;
		if (flight === undefined) {
			return undefined;
		}
		this.lingering?.abort();
		if (flight.agreesWith(cursor) && (await flight.follow(cursor, signal)) === 'landed') {
			return flight;
		}
		flight.abort();
		return undefined;
	}

	/** Ends what runs, waits until the model is done with it, and starts anew. */
	start(cursor: Cursor, purpose: Purpose, question: () => Question, signal: AbortSignal): Promise<Flight> {
		return this.startAfter((before) => before.abort(), cursor, purpose, question, signal);
	}

	/** Starts once the model has nothing else to do for completion, however many wait for that. */
	startIdle(
		cursor: Cursor,
		purpose: Purpose,
		question: () => Question,
		signal: AbortSignal,
	): Promise<Flight> {
		return this.startAfter(() => undefined, cursor, purpose, question, signal);
	}

	private async startAfter(
		meet: (before: Flight) => void,
		cursor: Cursor,
		purpose: Purpose,
		question: () => Question,
		signal: AbortSignal,
	): Promise<Flight> {
		while (this.flight !== undefined) {
			const before = this.flight;
			meet(before);
			await unlessAborted(before.settled, signal);
			if (this.flight === before) {
				this.flight = undefined;
			}
		}
		throwIfAborted(signal);
		this.lingering?.abort();
		const asked = question();
		const { model, cache, clock, answerTime } = this.options;
		const started = clock.now();
		const flight = new Flight(cursor, purpose, (written, onLanded, inFlight) => {
			const landed = (generated: Generated) => {
				if (generated.type === 'generated') {
					answerTime.landed(clock.now() - started);
					const store = asked.request.alternative === undefined ? 'store' : 'storeAlternative';
					cache[store](cursor, generated);
				}
				onLanded(generated);
			};
			const further = cache.store.bind(cache);
			return generate(model, asked, { written, landed, further }, clock, inFlight);
		});
		flight.settled.then(() => {
			if (flight.signal.aborted && !flight.hasLanded) {
				answerTime.aborted(clock.now() - started);
			}
		});
		this.flight = flight;
		return flight;
	}

	/** Resolves when the model has nothing to do for completion. Rejects with an AbortError when the signal fires. */
	async idle(signal: AbortSignal): Promise<void> {
		while (this.flight?.isFlying === true) {
			await unlessAborted(this.flight.settled, signal);
		}
		throwIfAborted(signal);
	}

	/** Somebody stands here now: what runs ends, unless it is for this place or for one further on. */
	keepFor(cursor: Cursor): void {
		const { flight } = this;
		if (flight?.agreesWith(cursor) === false && !flight.liesAhead(cursor)) {
			this.abort();
		}
	}

	/** Nobody waits any more: unless somebody joins soon, the model is released. */
	release(): void {
		const { flight } = this;
		if (flight?.isFlying !== true || flight.purpose === 'ahead' || flight.hasLanded) {
			return;
		}
		this.lingering?.abort();
		this.lingering = new AbortController();
		this.options.clock.sleep(LINGER, this.lingering.signal).then(
			() => flight.abort(),
			(error: unknown) => {
				if (!isAbort(error)) {
					this.options.log.warn(`Waiting for a joiner failed: ${String(error)}`);
				}
			},
		);
	}

	abort(): void {
		this.lingering?.abort();
		this.flight?.abort();
	}
}
