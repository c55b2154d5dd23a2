/** Context for completions: gathered in the background while somebody comes to a place, answered at once. */

import { abortError, isAbort } from '../../inference/cancel';
import { CHARACTERS_PER_TOKEN } from '../../inference/fillPieces';
import type { Log, Subscription } from '../../inference/model';
import type { ContextSwitches } from '../../manifest';
import { type Clock, systemClock } from '../clock';
import type { Cursor } from '../cursor';
import { Pace, type Turn } from '../pace';
import type { ChosenContext, CompletionContext, ContextRoom } from '../prompt';
import { Box } from './box';
import { Choice } from './choice';
import { type ContextDocument, type LineRange, type Place, placeOf } from './chunk';
import type { ContextEditor } from './editor';
import { type Excluded, Guard } from './guard';
import type { TextEdit } from './hunks';
import { type Gathered, NOTHING, Sources } from './sources';

/** Milliseconds without a keystroke after which the prompt may change at a line where nothing was typed yet... */
const PAUSE = 300;
/** ...and at one that somebody is in the middle of. */
const REST = 2_000;
/** Tokens that are reckoned with until somebody asked. */
const ROOM = 700;
/** Milliseconds that counting tokens may take. */
const COUNTING = 200;
/** Milliseconds that somebody looks at a line before it counts as seen. */
const LOOK = 1_000;

interface ContextGathererOptions {
	readonly editor: ContextEditor;
	readonly switches: ContextSwitches;
	readonly excluded: Excluded;
	readonly log: Log;
	/** Default: the system's. */
	readonly clock?: Clock;
	/** Default: all other work of this process has a turn. */
	readonly turn?: Turn;
}

export class ContextGatherer implements CompletionContext {
	private readonly clock: Clock;
	private readonly pace: Pace;
	private readonly guard: Guard;
	private readonly sources: Sources;
	private readonly choice: Choice;
	private readonly log: Log;
	private readonly listeners = new Set<() => void>();
	private switches: ContextSwitches;
	private gathered: Gathered = NOTHING;
	/** The document for which that is. */
	private gatheredIn: string | undefined;
	/** The last place that somebody came to. */
	private visited: Place | undefined;
	/** Gathers, or waits until what it gathered may be taken. */
	private running: { readonly abort: AbortController; isGathering: boolean } | undefined;
	private looking: AbortController | undefined;
	private readonly disposed = new AbortController();
	/** Where and when somebody typed last. */
	private typed: { readonly uri: string; readonly line: number; readonly at: number } | undefined;
	/** Where somebody was last, key by key. */
	private seen: Place | undefined;

	constructor(options: ContextGathererOptions) {
		const { editor, log } = options;
		this.clock = options.clock ?? systemClock;
		this.pace = new Pace(this.clock, options.turn);
		this.guard = new Guard(options.excluded);
		this.sources = new Sources({ editor, guard: this.guard, clock: this.clock, pace: this.pace, log });
		this.choice = new Choice(this.guard);
		this.switches = options.switches;
		this.log = log;
	}

	configure(switches: ContextSwitches): void {
		this.switches = switches;
		this.again();
	}

	chosenFor(cursor: Cursor, room: ContextRoom): ChosenContext {
		const isFirst = this.choice.room === undefined;
		const place = placeIn(cursor, room.tokens);
		const chosen = this.choice.at(place, room, this.switches);
		if (isFirst) {
			// What was gathered before anybody asked could not be counted. Who asks may be about to type on.
			this.typed ??= { uri: cursor.uri, line: place.line, at: this.clock.now() };
			this.quietly(this.take(this.running?.abort.signal ?? this.disposed.signal));
		}
		return chosen;
	}

	onDidChange(listener: () => void): Subscription {
		this.listeners.add(listener);
		return { dispose: () => this.listeners.delete(listener) };
	}

	visit(cursor: Cursor): void {
		const place = placeIn(cursor, this.choice.room?.tokens ?? ROOM);
		const { seen } = this;
		if (seen?.cursor.uri === cursor.uri && seen.cursor.before !== cursor.before) {
			// Whoever has come from another line is not in the middle of this one.
			this.typed = { uri: cursor.uri, line: seen.line, at: this.clock.now() };
		}
		this.seen = place;
		const last = this.visited;
		if (last?.cursor.uri === cursor.uri && last.line === place.line) {
			return;
		}
		this.visited = place;
		if (this.running?.isGathering === true && last?.cursor.uri === cursor.uri) {
			// What is on its way is for a place nearby; then comes this one.
			return;
		}
		this.again();
	}

	/** A document is on the screen. */
	shown(document: ContextDocument): void {
		this.sources.shown(document);
	}

	/** Somebody looks at a line; after a while it counts as seen. */
	looked(document: ContextDocument, line: number): void {
		this.looking?.abort(abortError());
		const looking = new AbortController();
		this.looking = looking;
		this.quietly(this.clock.sleep(LOOK, looking.signal).then(() => this.sources.looked(document, line)));
	}

	/** Somebody typed; the document has its new text already. */
	changed(document: ContextDocument, edits: readonly TextEdit[]): void {
		this.typed = { uri: document.uri, line: edits.at(-1)?.startLine ?? 0, at: this.clock.now() };
		this.sources.changed(document, edits);
	}

	copied(document: ContextDocument, range: LineRange): void {
		this.sources.copied(document, range);
	}

	closed(uri: string): void {
		this.sources.closed(uri);
		this.choice.closed(uri);
	}

	/** Forgets all texts. */
	forget(): void {
		this.running?.abort.abort(abortError());
		this.sources.forget();
		this.choice.forget();
		this.gathered = NOTHING;
		this.visited = undefined;
	}

	dispose(): void {
		this.running?.abort.abort(abortError());
		this.looking?.abort(abortError());
		this.disposed.abort(abortError());
		this.listeners.clear();
	}

	/** Ends what runs, and gathers for the place visited last. */
	private again(): void {
		this.running?.abort.abort(abortError());
		const running = { abort: new AbortController(), isGathering: true };
		this.running = running;
		this.quietly(
			this.follow(running).finally(() => {
				running.isGathering = false;
			}),
		);
	}

	private async follow(running: { readonly abort: AbortController; isGathering: boolean }): Promise<void> {
		const { signal } = running.abort;
		for (let place: Place | undefined; place !== this.visited && this.visited !== undefined; ) {
			place = this.visited;
			await this.pace.breathe();
			const { uri } = place.cursor;
			const before = this.gatheredIn === uri ? this.gathered : NOTHING;
			const gathered = await this.sources.gather(place, this.switches, before, signal);
			if (signal.aborted) {
				return;
			}
			this.gathered = gathered;
			this.gatheredIn = uri;
		}
		running.isGathering = false;
		await this.take(signal);
	}

	/** What was gathered is what stands in prompts from the next rest on. */
	private async take(signal: AbortSignal): Promise<void> {
		await this.count(signal);
		await this.untilQuiet(signal);
		if (!signal.aborted && this.choice.take(this.gathered)) {
			for (const listener of [...this.listeners]) {
				listener();
			}
		}
	}

	/** So that what is taken fits as a whole; where the model has no time for it, reckoning does. */
	private async count(signal: AbortSignal): Promise<void> {
		const box = new Box(this.clock, this.pace, COUNTING, signal);
		const over = new AbortController();
		try {
			await box.wait(this.choice.count(this.gathered, AbortSignal.any([signal, over.signal])));
		} catch (error) {
			if (!isAbort(error)) {
				this.log.trace(`context: counting tokens failed: ${String(error)}`);
			}
		} finally {
			over.abort(abortError());
		}
	}

	private async untilQuiet(signal: AbortSignal): Promise<void> {
		for (;;) {
			const { typed, visited } = this;
			const isHere = typed?.uri === visited?.cursor.uri && typed?.line === visited?.line;
			const left = typed === undefined ? 0 : typed.at + (isHere ? REST : PAUSE) - this.clock.now();
			if (left <= 0) {
				return;
			}
			await this.clock.sleep(left, signal);
		}
	}

	private quietly(work: Promise<void>): void {
		work.catch((error: unknown) => {
			if (!isAbort(error)) {
				this.log.warn(`Gathering context failed: ${String(error)}`);
			}
		});
	}
}

/** The room decides how long chunks are. */
function placeIn(cursor: Cursor, tokens: number): Place {
	return placeOf(cursor, tokens * CHARACTERS_PER_TOKEN);
}
