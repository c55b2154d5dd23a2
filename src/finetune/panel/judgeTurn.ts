/** A session's judging: one adapter at a time, shown while it goes on, taken up again where a window closed over it. */

import { isAbort } from '../../inference/cancel';
import type { AdapterRole } from '../adapters/choices';
import type { StoredRun } from '../job/runStore';
import type { Judgement } from '../judge/judgement';
import { conclude, roleOf } from './conclusion';
import type { FineTuneSessionOptions } from './sessionOptions';
import type { RunEnded, RunShown, SessionState } from './sessionState';

/** Milliseconds for an adapter whose training nobody timed. */
const OTHER = 10 * 60_000;

/** What it needs of the session. */
interface Stage {
	shown(): SessionState;
	show(shown: RunShown): void;
	isBusy(): boolean;
	tellEnd(ended: RunEnded): void;
	/** Newest first. */
	runsOf(basePath: string): Promise<readonly Pick<StoredRun, 'folder'>[]>;
}

export class JudgeTurn {
	private current: AbortController | undefined;
	private readonly closing = new AbortController();
	/** Settles when what is judged now is; never rejects. */
	done: Promise<unknown> = Promise.resolve();

	constructor(
		private readonly options: FineTuneSessionOptions,
		private readonly stage: Stage,
	) {}

	get isAtWork(): boolean {
		return this.current !== undefined;
	}

	/** The adapter that is judged stays off, and is not judged by itself any more. */
	cancel(): void {
		this.current?.abort();
	}

	/** The editor closes: the next window judges what was not judged to its end. */
	leave(): void {
		this.closing.abort();
		this.current?.abort();
	}

	/** What a closed window left unjudged, and what had to wait for its model. Never rejects. */
	async later(shown: RunShown): Promise<void> {
		const { judging, log } = this.options;
		const { view, order, judgement } = shown;
		if (judging === undefined || view.result === undefined || judgement !== undefined) {
			return;
		}
		try {
			const role = roleOf(view.result);
			if (await judging.isWanted(order.runFolder, view.result.adapterPath, role)) {
				await judging.whenReady(order.basePath, role, this.closing.signal);
				if (this.stage.shown() === shown && !this.stage.isBusy()) {
					await this.conclude(shown, false);
				}
			}
		} catch (error) {
			if (!isAbort(error)) {
				log.error('An adapter could not be judged', error);
			}
		}
	}

	/**
	 * Judges an adapter from elsewhere on the places of the newest run of its base model that has any.
	 *
	 * @returns undefined where there is none.
	 * @throws as `Judging.judge`.
	 */
	async other(
		adapterPath: string,
		basePath: string,
		role: AdapterRole,
		onProgress: (done: number, all: number) => void,
		signal: AbortSignal,
	): Promise<Judgement | undefined> {
		const { judging } = this.options;
		for (const { folder } of await this.stage.runsOf(basePath)) {
			if (judging !== undefined && (await judging.hasPlaces(folder, role))) {
				return judging.judge({ adapterPath, basePath, folder, budget: OTHER, role }, onProgress, signal);
			}
		}
		return undefined;
	}

	/** Judges an adapter, switches it on or not, and tells how it ended. */
	conclude(shown: RunShown, isAgain: boolean): Promise<void> {
		const current = new AbortController();
		this.current = current;
		const end = this.judge(shown, isAgain, current.signal).finally(() => {
			this.current = undefined;
		});
		const told = end.then((tell) => tell());
		this.done = told.catch(() => undefined);
		return told;
	}

	/** Gives what tells the end: by then nothing is under way. */
	private async judge(shown: RunShown, isAgain: boolean, signal: AbortSignal): Promise<() => void> {
		let last = shown;
		const show = (changes: Partial<RunShown>) => {
			if (this.stage.shown() === last && !this.closing.signal.aborted) {
				last = { ...last, ...changes };
				this.stage.show(last);
			}
		};
		const onProgress = (done: number, all: number) => show({ judging: { done, all } });
		const { isWaiting, wasCancelled, ...found } = await conclude(
			shown,
			isAgain,
			this.options,
			onProgress,
			signal,
		);
		if (this.closing.signal.aborted) {
			return () => undefined;
		}
		if (wasCancelled || (found.notJudged !== undefined && !isWaiting)) {
			await this.options.judging?.giveUp(shown.order.runFolder);
		}
		return () => {
			show({ ...found, judging: undefined });
			this.stage.tellEnd({ view: shown.view, ...found });
			if (isWaiting && this.stage.shown() === last) {
				void this.later(last);
			}
		};
	}
}
