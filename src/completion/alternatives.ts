/** Other texts for a place where somebody asked by hand, besides the one that is shown first. */

import { isAbort, unlessAborted } from '../inference/cancel';
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
 * Milliseconds for which the first text waits for the others: where it was just written, it is shown soon; where it is
 * on screen, others are what is asked for.
 */
const WAIT = { fresh: 100, shown: 1_500 } as const;

interface AlternativesOptions {
	readonly pilot: Pilot;
	readonly cache: CompletionCache;
	readonly questions: Questions;
	readonly clock: Clock;
	readonly log: Log;
}

interface Run {
	readonly cursor: Cursor;
	/** Ends what is being written. */
	readonly over: AbortController;
	/** Nothing more is begun. */
	readonly left: AbortController;
	readonly done: Promise<void>;
}

export class Alternatives {
	private run: Run | undefined;

	constructor(private readonly options: AlternativesOptions) {}

	/**
	 * Those that are there in time; none when the signal fires.
	 *
	 * @param onLate called once more are found by a later request, unless somebody went elsewhere.
	 */
	async besides(
		cursor: Cursor,
		first: CompletionText,
		onLate: () => void,
		signal: AbortSignal,
	): Promise<readonly CompletionText[]> {
		const [known] = this.options.cache.findAll(cursor);
		if (known?.cleaned.type !== 'clean') {
			return [];
		}
		const run = this.runAt(cursor, known);
		await this.waitFor(run, first.source === 'model' ? WAIT.fresh : WAIT.shown, signal);
		if (signal.aborted) {
			return [];
		}
		const others = this.others(cursor, first);
		void run.done.then(() => {
			const isGone = run.over.signal.aborted || run.left.signal.aborted;
			if (!isGone && this.others(cursor, first).length > others.length) {
				onLate();
			}
		});
		return others;
	}

	/** What is known beside the first. */
	private others(cursor: Cursor, first: CompletionText): readonly CompletionText[] {
		const { cache } = this.options;
		const { source, milliseconds } = first;
		const facts = { source, milliseconds, statistics: undefined };
		const seen = new Set([first.text.trimEnd()]);
		const others: CompletionText[] = [];
		for (const { cleaned } of cache.findAll(cursor)) {
			const outcome = delivered(cursor, cleaned, facts, { rules: [], dropped: undefined });
			if (outcome.type === 'text' && !seen.has(outcome.text.trimEnd())) {
				seen.add(outcome.text.trimEnd());
				others.push(outcome);
			}
		}
		return others;
	}

	/** Has them written into the cache. */
	private runAt(cursor: Cursor, first: Known): Run {
		if (this.run !== undefined && isSamePlace(this.run.cursor, cursor)) {
			return this.run;
		}
		this.forget();
		// The rest of a text that was typed along is this place's own from now on.
		this.options.cache.store(cursor, first);
		const [over, left] = [new AbortController(), new AbortController()];
		const run = { cursor, over, left, done: this.write(cursor, over.signal, left.signal) };
		this.run = run;
		return run;
	}

	/**
	 * Somebody stands here: for another place nothing more is begun. What runs goes on; the pilot ends it when it is of no
	 * use.
	 */
	leaveFor(cursor: Cursor): void {
		if (this.run !== undefined && !isSamePlace(this.run.cursor, cursor)) {
			this.run.left.abort();
		}
	}

	/** At most `most` milliseconds, and until the signal fires. */
	private async waitFor({ done }: Run, most: number, signal: AbortSignal): Promise<void> {
		const enough = new AbortController();
		const over = this.options.clock.sleep(most, AbortSignal.any([signal, enough.signal]));
		// Cancelled, or no longer of interest.
		await Promise.race([done, over.catch(() => undefined)]);
		enough.abort();
	}

	/** Resolves when those that are being written are there. Rejects with an AbortError when the signal fires. */
	async written(signal: AbortSignal): Promise<void> {
		if (this.run !== undefined) {
			await unlessAborted(this.run.done, signal);
		}
	}

	/** Nothing is known any more, and what is being written ends. */
	forget(): void {
		this.run?.over.abort();
		this.run = undefined;
	}

	private async write(cursor: Cursor, over: AbortSignal, left: AbortSignal): Promise<void> {
		const { pilot, questions, log } = this.options;
		const signal = AbortSignal.any([over, left]);
		try {
			const shape = await questions.shape(cursor, 'manual', signal);
			for (let alternative = 1; alternative <= MOST && shape.type !== 'nothing'; alternative++) {
				const asked = () => {
					const question = questions.question(cursor, shape, 'manual', 'interactive');
					return { ...question, request: { ...question.request, alternative } };
				};
				// What comes behind the first text is not to be lost for them.
				const flight = await pilot.startIdle(cursor, 'ahead', asked, signal);
				over.addEventListener('abort', () => flight.abort(), { once: true });
				await flight.landed;
			}
		} catch (error) {
			if (!over.aborted) {
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
