/** Computes what follows a suggestion once it is accepted, while somebody still reads it. */

import { isAbort } from '../inference/cancel';
import { type Log, ModelUnavailable, type Priority } from '../inference/model';
import type { CompletionCache } from './cache';
import type { Clock } from './clock';
import { afterInsertion, type Cursor, lineAfter, lineBefore } from './cursor';
import type { CompletionText } from './outcome';
import type { Pilot } from './pilot';
import type { Questions } from './questions';

/** Milliseconds for which a suggestion must stand: between the keys of somebody who types, nothing is begun. */
const REST = 150;

interface LookAheadOptions {
	readonly pilot: Pilot;
	readonly cache: CompletionCache;
	readonly questions: Questions;
	readonly clock: Clock;
	readonly log: Log;
	/** Whether a completion may be offered at a place. */
	isWelcome(cursor: Cursor): boolean;
	/** Resolves when the other texts that somebody asked for are there. Rejects with an AbortError when the signal fires. */
	othersWritten(signal: AbortSignal): Promise<void>;
	/** What can be known is known: the model is free again. */
	onDone(cursor: Cursor): void;
}

/**
 * Where somebody stands who accepts a text: behind it, or below it once a finished line was left. (What follows the
 * first line of several is the rest of the text, which the cache knows.)
 */
function placesBehind(cursor: Cursor, { text, covers }: CompletionText): readonly Cursor[] {
	const accepted = afterInsertion(cursor, text, covers);
	const indent = /^\s*/.exec(lineBefore(accepted))?.[0] ?? '';
	const isLineEnd = lineAfter(accepted).trim() === '';
	return [accepted, ...(isLineEnd ? [afterInsertion(accepted, `\n${indent}`, 0)] : [])];
}

export class LookAhead {
	private waiting: AbortController | undefined;

	constructor(private readonly options: LookAheadOptions) {}

	/** A text stands at the cursor. Unless somebody asks for something within a moment, what follows is computed. */
	follow(cursor: Cursor, outcome: CompletionText): void {
		// The model keeps one prompt: another one would make the next key wait for this one again.
		const places = placesBehind(cursor, outcome).filter((place) => this.options.questions.isCheap(place));
		this.begin(cursor, places, REST, 'background');
	}

	/** A text was taken over: what follows is asked for at once, and before chat, since the editor joins soon. */
	accepted(cursor: Cursor, outcome: CompletionText): void {
		const places = placesBehind(cursor, outcome);
		this.begin(places[0] ?? cursor, places, 0, 'interactive');
	}

	/** Somebody asks: nothing more is begun. What runs goes on; the pilot ends it when it is of no use. */
	hold(): void {
		this.waiting?.abort();
	}

	private begin(cursor: Cursor, places: readonly Cursor[], rest: number, priority: Priority): void {
		this.hold();
		const waiting = new AbortController();
		this.waiting = waiting;
		this.run(cursor, places, rest, priority, waiting.signal).catch((error: unknown) => {
			if (!isAbort(error) && !ModelUnavailable.is(error)) {
				this.options.log.warn(`Asking ahead failed: ${String(error)}`);
			}
		});
	}

	private async run(
		cursor: Cursor,
		places: readonly Cursor[],
		rest: number,
		priority: Priority,
		signal: AbortSignal,
	): Promise<void> {
		const { cache, clock, isWelcome, onDone } = this.options;
		if (rest > 0) {
			await clock.sleep(rest, signal);
		}
		for (const place of places) {
			if (isWelcome(place)) {
				await this.learn(place, priority, signal);
				if (cache.find(place)?.cleaned.type === 'clean') {
					break;
				}
			}
		}
		onDone(cursor);
	}

	/** Asks for what is not known there. */
	private async learn(place: Cursor, priority: Priority, signal: AbortSignal): Promise<void> {
		const { cache, pilot, questions } = this.options;
		if (cache.find(place) !== undefined) {
			return;
		}
		const shape = await questions.shape(place, 'automatic', signal);
		// Others for the same place are asked for by hand, and what comes behind the shown text may be what is wanted here.
		await this.options.othersWritten(signal);
		await pilot.idle(signal);
		if (shape.type !== 'nothing' && cache.find(place) === undefined) {
			const question = () => questions.question(place, shape, 'automatic', priority);
			await pilot.startIdle(place, 'ahead', question, signal);
			await pilot.idle(signal);
		}
	}
}
