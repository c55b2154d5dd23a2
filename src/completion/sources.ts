/** The order of the sources: what is known, what is being written, and the model last. */

import { throwIfAborted } from '../inference/cancel';
import type { GenerationStatistics } from '../inference/model';
import type { Settings } from '../manifest';
import type { CompletionCache, Known } from './cache';
import type { Clock } from './clock';
import { UNSURE } from './confidence';
import type { Cursor } from './cursor';
import type { Debounce } from './debounce';
import { delivered } from './delivered';
import type { Flight } from './flight';
import type { Trigger } from './gate';
import { type Kind, kindAt } from './kind';
import { cannotFill, nothing, type Outcome, type Source } from './outcome';
import type { Pilot } from './pilot';
import type { Questions } from './questions';
import type { TraceWriter } from './trace';

/** A request under way: when it began, and what ends it. */
interface Request {
	readonly cursor: Cursor;
	readonly trigger: Trigger;
	readonly trace: TraceWriter;
	/** By the clock. */
	readonly started: number;
	readonly signal: AbortSignal;
}

interface SourcesOptions {
	readonly cache: CompletionCache;
	readonly pilot: Pilot;
	readonly questions: Questions;
	readonly debounce: Debounce;
	readonly clock: Clock;
	settings(): Settings['completion'];
	/** Whether suggestions of a kind are refused so often that the model is not even asked this time. */
	isUnwanted(languageId: string, kind: Kind): boolean;
}

export class Sources {
	/** Generations whose figures were told: each is counted once, by the first request that gets its text. */
	private readonly told = new WeakSet<Flight>();

	constructor(private readonly options: SourcesOptions) {}

	/** Rejects with an AbortError when the signal fires, and with the model's errors. */
	async answer(request: Request): Promise<Outcome> {
		const { pilot } = this.options;
		const { cursor, trace, signal } = request;
		throwIfAborted(signal);
		trace.kind = kindAt(cursor);
		const known = this.known(request);
		trace.end('known-texts');
		if (known !== undefined) {
			pilot.keepFor(cursor);
			return this.deliver(request, known, known.ahead > 0 ? 'ahead' : 'cache');
		}
		const joined = await pilot.join(cursor, signal);
		if (joined !== undefined) {
			trace.end('flight');
			const landed = this.known(request);
			if (landed !== undefined) {
				trace.raw = joined.written;
				return this.deliver(request, landed, 'flight', await this.figuresOf(joined));
			}
		}
		return this.ask(request);
	}

	private async ask(request: Request): Promise<Outcome> {
		const { pilot, questions, debounce, settings, isUnwanted } = this.options;
		const { cursor, trigger, trace, started, signal } = request;
		if (trigger === 'automatic' && isUnwanted(cursor.languageId, kindAt(cursor))) {
			return nothing('often-refused', this.since(started));
		}
		// The syntax is read while the debounce waits.
		const reading = questions.shape(cursor, trigger, signal);
		reading.catch(() => undefined);
		if (trigger === 'automatic') {
			await debounce.wait(cursor, settings().debounce, started, signal);
			trace.end('debounce', { budget: settings().debounce });
		}
		const shape = await reading;
		trace.end('syntax');
		if (shape.type === 'nothing') {
			return nothing(shape.why, this.since(started));
		}
		const question = () => {
			trace.end('model-busy');
			const asked = questions.question(cursor, shape, trigger, 'interactive');
			trace.prompt = asked.request;
			trace.notes = asked.notes;
			trace.end('context');
			return asked;
		};
		const flight = await pilot.start(cursor, 'asked', question, signal);
		await flight.follow(cursor, signal);
		const generated = await flight.landed;
		trace.raw = flight.written;
		trace.end('generation', { ago: generated.type === 'generated' ? generated.cleaningMilliseconds : 0 });
		if (generated.type === 'unsupported') {
			const { reason } = generated;
			const detail = settings().leftToRight ? reason : cannotFill(reason);
			return nothing('cannot-fill', this.since(started), detail);
		}
		trace.end('cleaning');
		trace.rules.push(...generated.cleaned.changedBy);
		return this.deliver(request, generated, 'model', await this.figuresOf(flight));
	}

	/** What the cache knows; who asks by hand is not put off with a generation that was ended because it was unsure. */
	private known({ cursor, trigger }: Request) {
		const known = this.options.cache.find(cursor);
		const isCut = known?.cleaned.type === 'nothing' && known.cleaned.reason === 'unsure';
		return isCut && trigger === 'manual' ? undefined : known;
	}

	private deliver(
		{ cursor, trigger, trace, started }: Request,
		{ cleaned, confidence }: Known,
		source: Source,
		statistics?: GenerationStatistics,
	): Outcome {
		const milliseconds = this.since(started);
		trace.confidence = confidence;
		if (trigger === 'automatic' && cleaned.type === 'clean' && (confidence ?? 0) < UNSURE) {
			trace.dropped = { rule: 'unsure', text: cleaned.text };
			return nothing('unsure', milliseconds);
		}
		return delivered(cursor, cleaned, { source, milliseconds, statistics }, trace);
	}

	private async figuresOf(flight: Flight): Promise<GenerationStatistics | undefined> {
		if (this.told.has(flight)) {
			return undefined;
		}
		this.told.add(flight);
		const generated = await flight.landed;
		return generated.type === 'generated' ? generated.statistics : undefined;
	}

	private since(started: number): number {
		return this.options.clock.now() - started;
	}
}
