/** What Git ignores, known at once: a cache by path that is filled and renewed in the background. */

import { isAbort } from './cancel';
import type { GitAnswer, GitRule } from './gitIgnored';
import type { Log } from './model';

interface GitAnswersOptions {
	/** Asks Git for absolute paths on this machine. */
	readonly ask: (files: readonly string[], signal: AbortSignal) => Promise<GitAnswer>;
	readonly log: Log;
	/** Milliseconds on a clock that never goes back. Default: the system's. */
	readonly now?: () => number;
	/** Milliseconds that Git may take for one batch. Default: 2,000. */
	readonly limit?: number;
}

/** `open`: Git does not ignore it. `unknown`: not asked yet, on its way, or Git took too long. */
type KnownOfGit =
	| { readonly type: 'ignored'; readonly rule: GitRule }
	| { readonly type: 'open' | 'unknown' };

/** Milliseconds after which an answer is renewed: files get tracked, and not every ignore file is watched. */
const STALE = 60_000;
/** Paths that Git is asked for at once. */
const LARGEST_BATCH = 1_000;
/** Paths whose answers are kept; the oldest goes. */
const MOST_ANSWERS = 10_000;

interface Entry {
	readonly known: KnownOfGit;
	/** By the clock; -Infinity where what it was drawn from has changed. */
	readonly at: number;
}

export class GitAnswers {
	private readonly now: () => number;
	private readonly entries = new Map<string, Entry>();
	private readonly waiting = new Set<string>();
	/** Problems that the log has already. */
	private readonly told = new Set<string>();
	private readonly end = new AbortController();
	private filling: Promise<void> | undefined;
	/** Goes up when answers that are on their way may be wrong already. */
	private generation = 0;

	constructor(private readonly options: GitAnswersOptions) {
		this.now = options.now ?? (() => performance.now());
	}

	/** Never waits. What is not known, or not for sure any more, is asked for; until then the old answer holds. */
	of(file: string): KnownOfGit {
		const entry = this.entries.get(file);
		if (entry === undefined || this.now() - entry.at > STALE) {
			this.waiting.add(file);
			this.fill();
		}
		return entry?.known ?? { type: 'unknown' };
	}

	/** An ignore file has changed. The old answers hold until the new ones are there: nothing is unguarded meanwhile. */
	invalidate(): void {
		this.generation++;
		for (const [file, { known }] of this.entries) {
			this.entries.set(file, { known, at: Number.NEGATIVE_INFINITY });
		}
	}

	/** Resolves when everything that was asked for has its answer. */
	async settled(): Promise<void> {
		await this.filling;
	}

	dispose(): void {
		this.end.abort();
		this.waiting.clear();
	}

	private fill(): void {
		if (this.filling === undefined && !this.end.signal.aborted) {
			this.filling = this.answerAll().finally(() => {
				this.filling = undefined;
			});
		}
	}

	private async answerAll(): Promise<void> {
		// Whoever asks for many files asks in one go: one batch for all of them.
		await Promise.resolve();
		while (this.waiting.size > 0) {
			const batch = [...this.waiting].slice(0, LARGEST_BATCH);
			for (const file of batch) {
				this.waiting.delete(file);
			}
			await this.answer(batch);
		}
	}

	private async answer(batch: readonly string[]): Promise<void> {
		const { generation } = this;
		const limit = this.options.limit ?? 2_000;
		try {
			const signal = AbortSignal.any([this.end.signal, AbortSignal.timeout(limit)]);
			const { ignored, problems } = await this.options.ask(batch, signal);
			for (const problem of problems) {
				this.tell(problem);
			}
			const at = generation === this.generation ? this.now() : Number.NEGATIVE_INFINITY;
			for (const file of batch) {
				const rule = ignored.get(file);
				this.keep(file, { known: rule === undefined ? { type: 'open' } : { type: 'ignored', rule }, at });
			}
		} catch (error) {
			if (this.end.signal.aborted) {
				return;
			}
			this.tell(
				isAbort(error) ? `Git did not say within ${limit} ms what it ignores` : `Asking Git failed: ${error}`,
			);
			for (const file of batch) {
				// Asked again when this is stale, not at every keystroke.
				this.keep(file, { known: this.entries.get(file)?.known ?? { type: 'unknown' }, at: this.now() });
			}
		}
	}

	private keep(file: string, entry: Entry): void {
		this.entries.delete(file);
		this.entries.set(file, entry);
		for (const oldest of this.entries.keys()) {
			if (this.entries.size <= MOST_ANSWERS) {
				break;
			}
			this.entries.delete(oldest);
		}
	}

	private tell(problem: string): void {
		if (!this.told.has(problem)) {
			this.told.add(problem);
			this.options.log.warn(problem);
		}
	}
}
