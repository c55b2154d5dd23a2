/** One request from cursor to outcome: the order of the stages, and the rule that the latest request wins. */

import { isAbort } from '../inference/cancel';
import {
	type Log,
	type Model,
	type ModelState,
	ModelUnavailable,
	type Subscription,
} from '../inference/model';
import type { Settings } from '../manifest';
import { Alternatives } from './alternatives';
import { Announcer } from './announcer';
import { AnswerTime } from './answerTime';
import { CompletionCache } from './cache';
import { type Clock, systemClock } from './clock';
import { afterInsertion, type Cursor } from './cursor';
import { Debounce } from './debounce';
import { gate, type Refusal, type Trigger } from './gate';
import type { Kind } from './kind';
import { LookAhead } from './lookAhead';
import { originOf } from './origin';
import { type CompletionText, nothing, type Outcome, type Reason } from './outcome';
import { Pause } from './pause';
import { Pilot } from './pilot';
import type { CompletionContext } from './prompt';
import { Questions } from './questions';
import type { Shapes } from './shape';
import { Sources } from './sources';
import type { TraceWriter } from './trace';
import { Warmer } from './warmer';

export interface CompletionEngineOptions {
	readonly model: Pick<Model, 'state' | 'onDidChangeState' | 'fill' | 'prefill' | 'tokenize'>;
	readonly settings: Settings['completion'];
	readonly log: Log;
	/** Default: the system's clock. */
	readonly clock?: Clock;
	/** Asked at every request. Default: never. */
	readonly isOnBattery?: () => boolean;
	/** Whether the model is the starter, which knows few languages. Default: it is not. */
	readonly isStarter?: () => boolean;
	/** Why a file is left out, as a sentence, by its absolute path with `/`. Default: none is. */
	readonly excluded?: (fullPath: string) => string | undefined;
	/** Default: the current file is all that the model reads. */
	readonly context?: CompletionContext;
	/** Default: indentation tells how much is asked for. */
	readonly shapes?: Shapes;
	/** Whether suggestions of a kind are refused so often that this one is not even made. Default: none. */
	readonly isUnwanted?: (languageId: string, kind: Kind) => boolean;
}

export class CompletionEngine {
	/** "Leave me alone for a while"; for the commands and the status bar. */
	readonly pause: Pause;
	private readonly clock: Clock;
	private readonly cache = new CompletionCache();
	private readonly answerTime = new AnswerTime();
	private readonly debounce: Debounce;
	private readonly pilot: Pilot;
	private readonly questions: Questions;
	private readonly lookAhead: LookAhead;
	private readonly alternatives: Alternatives;
	private readonly sources: Sources;
	private readonly warmer: Warmer;
	private readonly announcer: Announcer;
	private readonly subscriptions: readonly Subscription[];
	private settings: Settings['completion'];
	private current: AbortController | undefined;
	/** Model and adapters that the cache's texts come from. */
	private origin: string | undefined;

	constructor(private readonly options: CompletionEngineOptions) {
		const { model, log, context, shapes, clock = systemClock } = options;
		const { cache, answerTime } = this;
		this.settings = options.settings;
		this.clock = clock;
		this.pause = new Pause(clock);
		this.debounce = new Debounce(clock, answerTime);
		this.announcer = new Announcer(log);
		const pilot = new Pilot({ model, cache, clock, answerTime, log });
		const questions = new Questions({ model, settings: () => this.settings, context, shapes });
		this.pilot = pilot;
		this.questions = questions;
		this.lookAhead = new LookAhead({
			pilot,
			cache,
			questions,
			clock,
			log,
			isWelcome: (cursor) => this.refusal(cursor, 'automatic') === undefined,
			othersWritten: (signal) => this.alternatives.written(signal),
			onDone: (cursor) => this.warmer.at(cursor),
		});
		this.sources = new Sources({
			cache,
			pilot,
			questions,
			debounce: this.debounce,
			clock,
			settings: () => this.settings,
			isUnwanted: options.isUnwanted ?? (() => false),
		});
		this.alternatives = new Alternatives({ pilot, cache, questions, clock, log });
		this.warmer = new Warmer({
			model,
			pilot,
			clock,
			log,
			attend: (cursor) => {
				this.alternatives.leaveFor(cursor);
				if (this.nextAt(cursor) !== undefined) {
					questions.attend(cursor);
				}
			},
			requestAt: (cursor) => {
				const next = this.nextAt(cursor);
				return next && questions.settled(next);
			},
		});
		this.origin = originOf(model.state);
		const following = model.onDidChangeState((state) => this.follow(state));
		const changed = context?.onDidChange(() => this.current ?? this.warmer.again());
		this.subscriptions = [following, ...(changed === undefined ? [] : [changed])];
	}

	/** The last outcome that says something; requests that newer ones replaced do not. */
	get lastOutcome(): Outcome | undefined {
		return this.announcer.last;
	}

	/** Hears every outcome but those of cancelled and replaced requests. */
	onDidComplete(listener: (outcome: Outcome) => void): Subscription {
		return this.announcer.onDidComplete(listener);
	}

	/** New settings hold from the next request on; what runs under the old ones ends. */
	configure(settings: Settings['completion']): void {
		this.settings = settings;
		this.startAnew();
	}

	/** Somebody moved to another place, in this file or another; the prompt there is read ahead once they rest. */
	visit(read: () => Cursor | undefined): void {
		this.lookAhead.hold();
		if (this.current === undefined) {
			this.warmer.visit(read);
		}
	}

	/**
	 * Answers for one cursor and ends the request before it. Never rejects because of cancellation or because the
	 * model is not there; rejects with whatever else the model throws.
	 * @param trace hears where the time went.
	 */
	async complete(
		cursor: Cursor,
		trigger: Trigger,
		trace: TraceWriter,
		signal: AbortSignal,
	): Promise<Outcome> {
		const started = this.clock.now();
		this.current?.abort();
		this.lookAhead.hold();
		this.alternatives.leaveFor(cursor);
		this.warmer.hold();
		const current = new AbortController();
		this.current = current;
		try {
			if (trigger === 'automatic') {
				this.debounce.observe(cursor);
			}
			const { state } = this.options.model;
			trace.model = state.type === 'ready' ? state.model : undefined;
			const refusal = this.refusal(cursor, trigger);
			trace.end('gate');
			if (refusal !== undefined) {
				this.refused(cursor, refusal);
				return this.conclude(started, refusal.reason, refusal.detail);
			}
			this.questions.attend(cursor);
			const both = AbortSignal.any([signal, current.signal]);
			const outcome = await this.sources.answer({ cursor, trigger, trace, started, signal: both });
			if (outcome.type === 'text') {
				this.lookAhead.follow(cursor, outcome);
			} else {
				this.warmer.visit(() => cursor);
			}
			return this.announcer.announce(outcome, trace.stages);
		} catch (error) {
			if (isAbort(error)) {
				return nothing(current.signal.aborted ? 'superseded' : 'cancelled', this.clock.now() - started);
			}
			if (ModelUnavailable.is(error)) {
				return this.conclude(started, 'model-unavailable', error.problem.message);
			}
			this.conclude(started, 'fault');
			throw error;
		} finally {
			if (this.current === current) {
				this.current = undefined;
				this.pilot.release();
			}
		}
	}

	/**
	 * Other texts for a place where somebody asked by hand and got `first`: those that are there in time, and none when
	 * the signal fires. `onLate` is called once a later request finds more.
	 */
	others(
		cursor: Cursor,
		first: CompletionText,
		onLate: () => void,
		signal: AbortSignal,
	): Promise<readonly CompletionText[]> {
		return this.alternatives.besides(cursor, first, onLate, signal);
	}

	/** The face did not even ask; says why. */
	decline(reason: Reason): void {
		this.current?.abort();
		this.lookAhead.hold();
		this.alternatives.forget();
		this.pilot.abort();
		this.conclude(this.clock.now(), reason);
	}

	/** A text was taken over into the document: what follows it is asked for at once. */
	accepted(cursor: Cursor, outcome: CompletionText): void {
		this.debounce.skip();
		this.alternatives.forget();
		if (this.current === undefined) {
			this.lookAhead.accepted(cursor, outcome);
		}
	}

	dispose(): void {
		this.current?.abort();
		this.startAnew();
		for (const subscription of this.subscriptions) {
			subscription.dispose();
		}
		this.announcer.dispose();
		this.pause.dispose();
	}

	private refusal(cursor: Cursor, trigger: Trigger): Refusal | undefined {
		return gate(cursor, trigger, {
			settings: this.settings,
			isPaused: this.pause.isPaused,
			isOnBattery: this.options.isOnBattery?.() ?? false,
			isStarter: this.options.isStarter?.() ?? false,
			excluded: this.options.excluded?.(cursor.fullPath),
			state: this.options.model.state,
		});
	}

	/** Where a line looks finished, the next one may be asked for soon. */
	private refused(cursor: Cursor, { reason }: Refusal): void {
		if (reason === 'line-complete') {
			this.pilot.keepFor(cursor);
			this.warmer.visit(() => cursor);
		} else {
			this.pilot.abort();
		}
	}

	/** Where somebody who stands here is likely to be offered something next; undefined where that is nowhere near. */
	private nextAt(cursor: Cursor): Cursor | undefined {
		const reason = this.refusal(cursor, 'automatic')?.reason;
		if (reason === 'line-complete') {
			return afterInsertion(cursor, '\n', 0);
		}
		return reason === undefined || reason === 'middle-of-line' ? cursor : undefined;
	}

	private conclude(started: number, reason: Reason, detail?: string): Outcome {
		return this.announcer.announce(nothing(reason, this.clock.now() - started, detail));
	}

	/** Another model or other adapters write other texts. */
	private follow(state: ModelState): void {
		const origin = originOf(state);
		if (origin !== undefined && origin !== this.origin) {
			this.origin = origin;
			this.startAnew();
			this.answerTime.reset();
		}
	}

	/** Ends what runs, and forgets what is known. */
	private startAnew(): void {
		this.lookAhead.hold();
		this.warmer.hold();
		this.alternatives.forget();
		this.pilot.abort();
		this.cache.clear();
	}
}
