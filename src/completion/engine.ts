/** One request from cursor to outcome: the order of the stages, and the rule that the latest request wins. */

import { isAbort, throwIfAborted } from '../inference/cancel';
import {
	type FillRequest,
	type GenerationStatistics,
	type Log,
	type Model,
	type ModelState,
	ModelUnavailable,
	type Subscription,
} from '../inference/model';
import type { Settings } from '../manifest';
import { AnswerTime } from './answerTime';
import { CompletionCache } from './cache';
import type { Cleaned } from './clean';
import { type Clock, systemClock } from './clock';
import { afterInsertion, type Cursor } from './cursor';
import { Debounce } from './debounce';
import { delivered } from './delivered';
import { gate, type Refusal, type Trigger } from './gate';
import {
	type CompletionText,
	cannotFill,
	describeReason,
	type NoCompletion,
	type Outcome,
	type Reason,
	type Source,
} from './outcome';
import { Pause } from './pause';
import { Pilot } from './pilot';
import { fillRequest } from './prompt';
import type { TraceWriter } from './trace';

export interface CompletionEngineOptions {
	readonly model: Model;
	readonly settings: Settings['completion'];
	readonly log: Log;
	/** Default: the system's clock. */
	readonly clock?: Clock;
	/** Asked at every request. Default: never. */
	readonly isOnBattery?: () => boolean;
	/** Why a file is left out, as a sentence, by its absolute path with `/`. Default: none is. */
	readonly excluded?: (fullPath: string) => string | undefined;
}

/** A request under way: when it began, and what ends it. */
interface Request {
	readonly cursor: Cursor;
	readonly trigger: Trigger;
	readonly trace: TraceWriter;
	/** By the clock. */
	readonly started: number;
	readonly signal: AbortSignal;
}

export class CompletionEngine {
	/** "Leave me alone for a while"; for the commands and the status bar. */
	readonly pause: Pause;
	private readonly model: Model;
	private readonly log: Log;
	private readonly clock: Clock;
	private readonly cache = new CompletionCache();
	private readonly isOnBattery: () => boolean;
	private readonly excluded: (fullPath: string) => string | undefined;
	private readonly answerTime = new AnswerTime();
	private readonly debounce: Debounce;
	private readonly pilot: Pilot;
	private readonly listeners = new Set<(outcome: Outcome) => void>();
	private readonly subscription: Subscription;
	private settings: Settings['completion'];
	private current: AbortController | undefined;
	/** What was asked ahead and still waits for the model. */
	private prefetch: AbortController | undefined;
	private last: Outcome | undefined;
	/** Model and adapters that the cache's texts come from. */
	private origin: string | undefined;

	constructor(options: CompletionEngineOptions) {
		this.model = options.model;
		this.settings = options.settings;
		this.log = options.log;
		this.clock = options.clock ?? systemClock;
		this.isOnBattery = options.isOnBattery ?? (() => false);
		this.excluded = options.excluded ?? (() => undefined);
		this.pause = new Pause(this.clock);
		this.debounce = new Debounce(this.clock, this.answerTime);
		this.pilot = new Pilot(this.model, this.cache, this.clock, this.answerTime, this.log);
		this.origin = originOf(this.model.state);
		this.subscription = this.model.onDidChangeState((state) => this.follow(state));
	}

	/** The last outcome that says something; requests that newer ones replaced do not. */
	get lastOutcome(): Outcome | undefined {
		return this.last;
	}

	/** Hears every outcome but those of cancelled and replaced requests. */
	onDidComplete(listener: (outcome: Outcome) => void): Subscription {
		this.listeners.add(listener);
		return { dispose: () => this.listeners.delete(listener) };
	}

	/** New settings hold from the next request on; what runs under the old ones ends. */
	configure(settings: Settings['completion']): void {
		this.settings = settings;
		this.pilot.abort();
		this.cache.clear();
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
		this.prefetch?.abort();
		const current = new AbortController();
		this.current = current;
		try {
			if (trigger === 'automatic') {
				this.debounce.observe(cursor);
			}
			const refusal = this.refusal(cursor, trigger);
			trace.end('gate');
			if (refusal !== undefined) {
				this.pilot.abort();
				return this.conclude(this.nothing(started, refusal.reason, refusal.detail));
			}
			const both = AbortSignal.any([signal, current.signal]);
			return this.conclude(await this.answer({ cursor, trigger, trace, started, signal: both }));
		} catch (error) {
			if (isAbort(error)) {
				return this.nothing(started, current.signal.aborted ? 'superseded' : 'cancelled');
			}
			if (ModelUnavailable.is(error)) {
				return this.conclude(this.nothing(started, 'model-unavailable', error.problem.message));
			}
			this.conclude(this.nothing(started, 'fault'));
			throw error;
		} finally {
			if (this.current === current) {
				this.current = undefined;
				this.pilot.release();
			}
		}
	}

	/** The face did not even ask; says why. */
	decline(reason: Reason): void {
		this.current?.abort();
		this.pilot.abort();
		this.conclude(this.nothing(this.clock.now(), reason));
	}

	/** A text was taken over into the document: what follows it is asked for at once. */
	accepted(cursor: Cursor, outcome: CompletionText): void {
		this.debounce.skip();
		const next = afterInsertion(cursor, outcome.text, outcome.covers);
		const isAnswered = this.refusal(next, 'automatic') !== undefined || this.cache.find(next) !== undefined;
		if (this.current !== undefined || isAnswered) {
			return;
		}
		this.prefetch?.abort();
		this.prefetch = new AbortController();
		this.pilot
			.start(next, () => this.pieces(next), this.prefetch.signal)
			.then(
				() => this.current ?? this.pilot.release(),
				(error: unknown) => {
					if (!isAbort(error)) {
						this.log.warn(`Asking ahead failed: ${String(error)}`);
					}
				},
			);
	}

	dispose(): void {
		this.current?.abort();
		this.prefetch?.abort();
		this.pilot.abort();
		this.subscription.dispose();
		this.listeners.clear();
		this.pause.dispose();
	}

	private refusal(cursor: Cursor, trigger: Trigger): Refusal | undefined {
		return gate(cursor, trigger, {
			settings: this.settings,
			isPaused: this.pause.isPaused,
			isOnBattery: this.isOnBattery(),
			excluded: this.excluded(cursor.fullPath),
			state: this.model.state,
		});
	}

	private async answer(request: Request): Promise<Outcome> {
		const { cursor, trigger, trace, started, signal } = request;
		throwIfAborted(signal);
		const known = this.cache.find(cursor);
		if (known !== undefined) {
			trace.end('known-texts');
			return this.deliver(request, known.cleaned, known.ahead > 0 ? 'ahead' : 'cache');
		}
		trace.end('known-texts');
		if (await this.pilot.join(cursor, signal)) {
			const joined = this.cache.find(cursor);
			trace.end('flight');
			if (joined !== undefined) {
				return this.deliver(request, joined.cleaned, 'flight');
			}
		}
		if (trigger === 'automatic') {
			await this.debounce.wait(cursor, this.settings.debounce, started, signal);
			trace.end('debounce');
		}
		const pieces = () => {
			trace.end('model-busy');
			trace.prompt = this.pieces(cursor);
			trace.end('context');
			return trace.prompt;
		};
		const flight = await this.pilot.start(cursor, pieces, signal);
		await flight.follow(cursor, signal);
		const generated = await flight.landed;
		trace.raw = flight.written;
		trace.end('generation');
		if (generated.type === 'unsupported') {
			const { reason } = generated;
			return this.nothing(started, 'cannot-fill', this.settings.leftToRight ? reason : cannotFill(reason));
		}
		trace.rules.push(...generated.cleaned.changedBy);
		return this.deliver(request, generated.cleaned, 'model', generated.statistics);
	}

	private deliver(
		{ cursor, started }: Request,
		cleaned: Cleaned,
		source: Source,
		statistics?: GenerationStatistics,
	): Outcome {
		return delivered(cursor, cleaned, { source, milliseconds: this.clock.now() - started, statistics });
	}

	/** Also what is asked ahead is interactive: the editor joins it at once, or it ends soon. */
	private pieces(cursor: Cursor): FillRequest {
		const { state } = this.model;
		if (state.type !== 'ready') {
			const message = describeReason('model-unavailable');
			throw new ModelUnavailable({ code: 'model-gone', message, remedies: [] });
		}
		return fillRequest(cursor, state.model, this.settings, 'interactive');
	}

	private nothing(started: number, reason: Reason, detail?: string): NoCompletion {
		return { type: 'nothing', reason, detail, milliseconds: this.clock.now() - started };
	}

	private conclude<T extends Outcome>(outcome: T): T {
		this.last = outcome;
		const what =
			outcome.type === 'text' ? `${outcome.source}, ${outcome.text.length} characters` : outcome.reason;
		this.log.trace(`completion: ${what}, ${outcome.milliseconds.toFixed(0)} ms`);
		for (const listener of this.listeners) {
			listener(outcome);
		}
		return outcome;
	}

	/** Another model or other adapters write other texts. */
	private follow(state: ModelState): void {
		const origin = originOf(state);
		if (origin !== undefined && origin !== this.origin) {
			this.origin = origin;
			this.pilot.abort();
			this.cache.clear();
			this.answerTime.reset();
		}
	}
}

function originOf(state: ModelState): string | undefined {
	if (state.type !== 'ready') {
		return undefined;
	}
	const { path, adapters } = state.model;
	return JSON.stringify([path, adapters.map((adapter) => [adapter.path, adapter.scale])]);
}
