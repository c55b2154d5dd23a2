/** What the room is at, for its faces: prepares data, runs one training at a time, and switches on what helped. */

import { isAbort, throwIfAborted } from '../../inference/cancel';
import { messageOf } from '../../inference/failure';
import type { Subscription } from '../../inference/model';
import type { Translate } from '../../inference/statusText';
import { english } from '../job/english';
import type { RunOrder } from '../job/messages';
import { TrainingRun } from '../job/run';
import type { Claim, StoredRun } from '../job/runStore';
import { diskProblem } from './diskProblem';
import { JudgeTurn } from './judgeTurn';
import { type Live, viewOf } from './live';
import { newRun } from './newRun';
import { OwnRuns } from './ownRuns';
import type { OnPrepared, Plan } from './plan';
import type { FineTuneSessionOptions } from './sessionOptions';
import { type RunEnded, runShown, type SessionState } from './sessionState';

export class FineTuneSession {
	private current: SessionState = { type: 'none' };
	private live: Live | undefined;
	/** While a start or a resumption is under way. */
	private preparing: AbortController | undefined;
	/** Settles with it; never rejects. */
	private prepared: Promise<unknown> = Promise.resolve();
	/** What `restore` showed: it may show something newer in its place. */
	private restored: SessionState | undefined;
	private readonly runs: OwnRuns;
	private readonly judging: JudgeTurn;
	private readonly closing = new AbortController();
	private isServing = false;
	private readonly translate: Translate;
	private readonly listeners = new Set<(state: SessionState) => void>();
	private readonly endListeners = new Set<(ended: RunEnded) => void>();

	constructor(private readonly options: FineTuneSessionOptions) {
		this.translate = options.translate ?? english;
		const { store, workspace, judging } = options;
		this.runs = new OwnRuns(store, workspace, this.translate, async (file) => judging?.read(file));
		this.judging = new JudgeTurn(options, {
			shown: () => this.current,
			show: (shown) => this.set(shown),
			isBusy: () => this.isBusy,
			tellEnd: (ended) => this.tellEnd(ended),
			runsOf: (basePath) => this.runs.of(basePath),
		});
	}

	get state(): SessionState {
		return this.current;
	}

	/** Whether data are prepared, a trainer is at work here, or an adapter is judged. */
	get isBusy(): boolean {
		return this.preparing !== undefined || this.live !== undefined || this.judging.isAtWork;
	}

	/** At most ten times a second while a run goes on. */
	onDidChange(listener: (state: SessionState) => void): Subscription {
		this.listeners.add(listener);
		return { dispose: () => this.listeners.delete(listener) };
	}

	onDidEnd(listener: (ended: RunEnded) => void): Subscription {
		this.endListeners.add(listener);
		return { dispose: () => this.endListeners.delete(listener) };
	}

	/**
	 * Prepares the data and starts the trainer; resolves when it runs.
	 *
	 * @throws Error with a message for the user, also when another window trains; an AbortError.
	 */
	start(plan: Plan, signal: AbortSignal): Promise<void> {
		return this.begin(async (preparing) => {
			const stop = () => preparing.abort();
			signal.addEventListener('abort', stop, { once: true });
			try {
				throwIfAborted(signal);
				await this.launch(plan, preparing.signal);
			} catch (error) {
				const problem = diskProblem(error, this.options.store.folder, this.translate);
				const message = messageOf(problem);
				this.preparing = undefined;
				this.set(isAbort(error) ? { type: 'none' } : { type: 'refused', name: plan.name, message });
				throw problem;
			} finally {
				signal.removeEventListener('abort', stop);
			}
		});
	}

	/**
	 * Goes on with a stored run of this workspace from its last checkpoint, or from the start where there is none.
	 *
	 * @throws Error with a message for the user.
	 */
	resume(id: string): Promise<void> {
		return this.begin(async ({ signal }) => {
			const stored = await this.runs.find(id);
			if (stored === undefined) {
				throw new Error(this.translate('The run is no longer there; start a new one.'));
			}
			if (stored.obstacle !== undefined) {
				throw new Error(stored.obstacle);
			}
			const claim = await this.options.store.claim(id, this.translate);
			await this.follow(claim, stored.order, true, [], signal);
		});
	}

	/** Judges an adapter from elsewhere on this workspace's code, as `JudgeTurn.other` does. */
	readonly judgeOther: JudgeTurn['other'] = (...call) => this.judging.other(...call);

	/** The newest run of this workspace that a closed window left behind and that can go on. */
	left(): Promise<StoredRun | undefined> {
		return this.runs.left();
	}

	/** Who trains, other than this window, and what to do about it; undefined when nobody does. */
	elsewhere(): Promise<string | undefined> {
		return this.options.store.elsewhere(this.translate);
	}

	/**
	 * Shows the newest stored run while there is nothing newer. Where another window is at it, which may be closing, or
	 * its trainer still writes a checkpoint, it resolves when it has been waited for. Never rejects.
	 */
	async restore(): Promise<void> {
		try {
			await this.showLast();
			if (this.restored?.type === 'run' && this.restored.elsewhere !== undefined) {
				await this.options.store.whenFree(this.closing.signal);
				await this.showLast();
			}
		} catch (error) {
			if (!isAbort(error)) {
				this.options.log.warn(`The last fine-tune cannot be shown: ${String(error)}`);
			}
		}
	}

	pause(): void {
		this.live?.run.pause();
	}

	/** Lets a paused run of this window go on. */
	unpause(): void {
		this.live?.run.resume();
	}

	/** Of an adapter that is judged, the judging: it stays off then. */
	cancel(): void {
		this.preparing?.abort();
		this.judging.cancel();
		this.live?.run.cancel();
	}

	/** Judges the adapter that is shown, once more and longer where it was judged before. */
	async judge(): Promise<void> {
		const { current } = this;
		if (current.type === 'run' && current.view.state === 'finished' && !this.isBusy) {
			await this.judging.conclude(current, true);
		}
	}

	/** For a trainer that hangs. */
	kill(): void {
		this.live?.run.kill();
	}

	/** The model begins (`true`) or has ended (`false`) serving somebody. */
	serving(busy: boolean): void {
		this.isServing = busy;
		this.live?.run.serving(busy);
	}

	/** Ends what goes on and forgets what is shown; for "delete all my data". */
	async forget(): Promise<void> {
		this.cancel();
		await this.prepared;
		await this.live?.run.done;
		await this.judging.done;
		this.set({ type: 'none' });
	}

	/** The editor closes: the trainer writes a checkpoint and ends by itself. */
	async close(): Promise<void> {
		this.closing.abort();
		this.preparing?.abort();
		this.judging.leave();
		this.listeners.clear();
		this.endListeners.clear();
		await this.live?.run.leave();
	}

	/** One at a time. The controller ends it. */
	private async begin(action: (preparing: AbortController) => Promise<void>): Promise<void> {
		if (this.isBusy) {
			throw new Error(
				this.translate('A fine-tune is already under way in this window. Wait for its end, or cancel it.'),
			);
		}
		const preparing = new AbortController();
		this.preparing = preparing;
		const done = action(preparing).finally(() => {
			this.preparing = undefined;
		});
		this.prepared = done.catch(() => undefined);
		await done;
	}

	private async launch(plan: Plan, signal: AbortSignal): Promise<void> {
		const { name, basePath, settings } = plan;
		const say: OnPrepared = (detail, share) =>
			this.set({ type: 'preparing', name, detail, share, basePath, settings });
		say('', undefined);
		const { claim, order, notes } = await newRun(plan, this.options, say, signal);
		await this.follow(claim, order, false, notes, signal);
	}

	private async showLast(): Promise<void> {
		const shown = await this.runs.last();
		const isOld = this.current.type === 'none' || this.current === this.restored;
		if (shown !== undefined && isOld && !this.isBusy) {
			this.restored = shown;
			this.set(shown);
			void this.judging.later(shown);
		}
	}

	private async follow(
		claim: Claim,
		order: RunOrder,
		resume: boolean,
		notes: readonly string[],
		signal: AbortSignal,
	): Promise<void> {
		const run = await TrainingRun.start({
			claim,
			order,
			resume,
			trainer: { ...this.options.launch(), translate: this.translate },
			...(this.options.pausesOnBattery() ? {} : { power: async () => 'mains' as const }),
		});
		const live: Live = {
			run,
			order,
			notes: notes.map((text) => ({ at: Date.now(), level: 'note', text })),
		};
		this.live = live;
		for (const { at, level, text } of live.notes) {
			claim.run.log.append({ at, message: { type: 'log', level, text } });
		}
		if (signal.aborted) {
			// It was cancelled after there was a run, and before there was one to be told.
			run.cancel();
		}
		run.serving(this.isServing);
		const show = () => {
			if (this.live === live) {
				this.set(runShown(viewOf(live), order, true));
			}
		};
		run.onDidChange(show);
		show();
		run.done
			.then(() => this.finish(live))
			.catch((error: unknown) => {
				this.options.log.error('The end of a fine-tune could not be handled', error);
			});
	}

	private async finish(live: Live): Promise<void> {
		const view = viewOf(live);
		this.live = undefined;
		const shown = runShown(view, live.order, false);
		this.set(shown);
		if (view.state === 'finished' && view.result !== undefined) {
			await this.judging.conclude(shown, false);
		} else {
			this.tellEnd({ view, refusal: undefined });
		}
	}

	private tellEnd(ended: RunEnded): void {
		for (const listener of [...this.endListeners]) {
			listener(ended);
		}
	}

	private set(state: SessionState): void {
		this.current = state;
		for (const listener of [...this.listeners]) {
			listener(state);
		}
	}
}
