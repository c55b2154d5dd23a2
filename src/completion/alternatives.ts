/** Other texts for a place where somebody asked by hand, besides the one that is shown first. */

import { isAbort } from '../inference/cancel';
import type { Log } from '../inference/model';
import type { CompletionCache, Known } from './cache';
import type { Clock } from './clock';
import type { Cursor } from './cursor';
import { delivered } from './delivered';
import type { CompletionText } from './outcome';
import type { Pilot } from './pilot';
import type { Questions } from './questions';

/** How many; with the first they are three, as with the peers. */
const MOST = 2;
/**
 * Milliseconds for which the first text waits for the others: where it was just written, it is shown soon, and the
 * editor asks again when somebody wants another one; where it is on screen, others are what is asked for.
 */
const WAIT = { fresh: 100, shown: 1_500 } as const;

export interface AlternativesOptions {
	readonly pilot: Pilot;
	readonly cache: CompletionCache;
	readonly questions: Questions;
	readonly clock: Clock;
	readonly log: Log;
}

interface Run {
	readonly cursor: Cursor;
	readonly over: AbortController;
	readonly done: Promise<void>;
}

export class Alternatives {
	private run: Run | undefined;

	constructor(private readonly options: AlternativesOptions) {}

	/**
	 * Those that are there in time; what is late is found by a later request, unless somebody goes elsewhere. Rejects
	 * with an AbortError when the signal fires.
	 */
	async besides(
		cursor: Cursor,
		first: CompletionText,
		signal: AbortSignal,
	): Promise<readonly CompletionText[]> {
		const { cache } = this.options;
		const [known] = cache.findAll(cursor);
		if (known?.cleaned.type !== 'clean') {
			return [];
		}
		await this.gather(cursor, known, first.source === 'model' ? WAIT.fresh : WAIT.shown, signal);
		const { source, milliseconds } = first;
		const facts = { source, milliseconds, statistics: undefined };
		const seen = new Set([first.text.trimEnd()]);
		const others: CompletionText[] = [];
		for (const { cleaned } of cache.findAll(cursor)) {
			const outcome = delivered(cursor, cleaned, facts, []);
			if (outcome.type === 'text' && !seen.has(outcome.text.trimEnd())) {
				seen.add(outcome.text.trimEnd());
				others.push(outcome);
			}
		}
		return others;
	}

	/** Has them written into the cache, and waits for it at most `most` milliseconds. */
	private async gather(cursor: Cursor, first: Known, most: number, signal: AbortSignal): Promise<void> {
		const { cache, clock } = this.options;
		if (this.run === undefined || !isSamePlace(this.run.cursor, cursor)) {
			this.forget();
			// The rest of a text that was typed along is this place's own from now on.
			cache.store(cursor, first);
			const over = new AbortController();
			this.run = { cursor, over, done: this.write(cursor, over.signal) };
		}
		const enough = new AbortController();
		try {
			await Promise.race([this.run.done, clock.sleep(most, AbortSignal.any([signal, enough.signal]))]);
		} finally {
			enough.abort();
		}
	}

	/** Nothing is known any more; what is being written ends with its generation. */
	forget(): void {
		this.run?.over.abort();
		this.run = undefined;
	}

	private async write(cursor: Cursor, signal: AbortSignal): Promise<void> {
		const { pilot, questions, log } = this.options;
		try {
			const shape = await questions.shape(cursor, 'manual', signal);
			for (let alternative = 1; alternative <= MOST && shape.type !== 'nothing'; alternative++) {
				// What comes behind the first text is not to be lost for them.
				await pilot.idle(signal);
				const asked = () => {
					const question = questions.question(cursor, shape, 'manual', 'interactive');
					return { ...question, request: { ...question.request, alternative } };
				};
				await (await pilot.start(cursor, 'ahead', asked, signal)).landed;
			}
		} catch (error) {
			if (!signal.aborted) {
				this.run = undefined;
			}
			if (!isAbort(error)) {
				log.warn(`Other texts could not be written: ${String(error)}`);
			}
		}
	}
}

function isSamePlace(one: Cursor, other: Cursor): boolean {
	return one.uri === other.uri && one.before === other.before && one.after === other.after;
}
