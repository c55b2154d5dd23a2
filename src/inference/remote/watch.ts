/** Whether a server is there: asked at the start, when something went wrong, and again and again until it is back. */

import { abortError, isAbort } from '../cancel';
import type { ModelDescription, ModelState, Problem, Subscription } from '../model';
import { isPassing, ServerTrouble } from './problems';

/** Milliseconds before it is asked again; the last stays. */
const DELAYS = [1_000, 2_000, 5_000, 10_000, 30_000] as const;

export interface WatchOptions {
	/** Asks the server. @throws ServerTrouble */
	readonly ask: (signal: AbortSignal) => Promise<ModelDescription>;
	/** What else can go wrong. */
	readonly problemOf: (error: unknown) => Problem;
	/** Default: `DELAYS`. */
	readonly delays?: readonly number[];
}

export class Watch {
	private current: ModelState = { type: 'starting' };
	private readonly listeners = new Set<(state: ModelState) => void>();
	private readonly closing = new AbortController();
	private asking: Promise<void> | undefined;
	private timer: NodeJS.Timeout | undefined;
	private failures = 0;
	/** Asking again would bring the same: the key is wrong, or the address. */
	private isFinal = false;

	constructor(private readonly options: WatchOptions) {}

	get state(): ModelState {
		return this.current;
	}

	onDidChange(listener: (state: ModelState) => void): Subscription {
		const entry = (state: ModelState) => listener(state);
		this.listeners.add(entry);
		return { dispose: () => this.listeners.delete(entry) };
	}

	/** Asks now, unless that is under way. Never rejects. */
	check(): Promise<void> {
		clearTimeout(this.timer);
		this.asking ??= this.ask().finally(() => {
			this.asking = undefined;
		});
		return this.asking;
	}

	/** As `check`, unless the answer would be the same. Servers lock those out who try a wrong key again and again. */
	async checkAgain(): Promise<void> {
		if (!this.isFinal) {
			await this.check();
		}
	}

	/** More is known of the model than its server said. */
	learn(model: ModelDescription): void {
		if (this.current.type === 'ready') {
			this.set({ type: 'ready', model });
		}
	}

	dispose(): void {
		this.closing.abort(abortError());
		clearTimeout(this.timer);
		this.set({ type: 'none' });
		this.listeners.clear();
	}

	private async ask(): Promise<void> {
		const { signal } = this.closing;
		try {
			const model = await this.options.ask(signal);
			if (!signal.aborted) {
				this.failures = 0;
				this.isFinal = false;
				this.set({ type: 'ready', model });
			}
		} catch (error) {
			if (signal.aborted || isAbort(error)) {
				return;
			}
			const problem = error instanceof ServerTrouble ? error.problem : this.options.problemOf(error);
			this.isFinal = error instanceof ServerTrouble && !isPassing(error.kind);
			this.set({ type: 'failed', problem });
			if (!this.isFinal) {
				this.askAgain();
			}
		}
	}

	private askAgain(): void {
		const { delays = DELAYS } = this.options;
		const delay = delays[Math.min(this.failures++, delays.length - 1)] ?? 30_000;
		this.timer = setTimeout(() => void this.check(), delay);
		// Nothing ends later for it.
		this.timer.unref();
	}

	private set(state: ModelState): void {
		if (JSON.stringify(state) === JSON.stringify(this.current)) {
			return;
		}
		this.current = state;
		for (const listener of [...this.listeners]) {
			listener(state);
		}
	}
}
