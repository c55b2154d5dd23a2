/** What the room is at, for its faces: prepares data, runs one training at a time, and switches on what helped. */

import { isAbort, throwIfAborted } from '../../inference/cancel';
import { messageOf } from '../../inference/failure';
import type { Subscription } from '../../inference/model';
import type { Translate } from '../../inference/statusText';
import { english } from '../job/english';
import type { StoredRun } from '../job/runStore';
import { CurveTurn } from './curveTurn';
import { diskProblem } from './diskProblem';
import { Feed } from './feed';
import { JudgeTurn } from './judgeTurn';
import { type Live, startLive, viewOf } from './live';
import { newRun } from './newRun';
import { OwnRuns } from './ownRuns';
import type { OnPrepared, Plan } from './plan';
import { Preparation } from './preparation';
import type { FineTuneSessionOptions } from './sessionOptions';
import { type RunEnded, type RunShown, runShown, type SessionState } from './sessionState';

export class FineTuneSession {
	private readonly feed = new Feed();
	private live: Live | undefined;
	private readonly preparation = new Preparation();
	/** What `restore` showed: it may show something newer in its place. */
	private restored: SessionState | undefined;
	private readonly runs: OwnRuns;
	private readonly judging: JudgeTurn;
	private readonly curve: CurveTurn;
	private readonly closing = new AbortController();
	private isServing = false;
	private readonly translate: Translate;

	constructor(private readonly options: FineTuneSessionOptions) {
		this.translate = options.translate ?? english;
		const { store, workspace, judging } = options;
		const stage = {
			shown: () => this.state,
			show: (shown: RunShown) => this.feed.set(shown),
			isBusy: () => this.isBusy,
		};
		this.curve = new CurveTurn(options, { ...stage, over: () => this.judgeLater() });
		this.runs = new OwnRuns(
			store,
			workspace,
			this.translate,
			async (file) => judging?.read(file),
			(...run) => this.curve.standing(...run),
		);
		this.judging = new JudgeTurn(options, {
			...stage,
			tellEnd: (ended) => this.tellEnd(ended),
			runsOf: (basePath) => this.runs.of(basePath),
		});
	}

	get state(): SessionState {
		return this.feed.state;
	}

	/** Whether data are prepared, a trainer is at work here, or an adapter is judged. */
	get isBusy(): boolean {
		const isTraining = this.preparation.isUnderWay || this.live !== undefined;
		return isTraining || this.judging.isAtWork || this.curve.isAtWork;
	}

	/** At most ten times a second while a run goes on. */
	onDidChange(listener: (state: SessionState) => void): Subscription {
		return this.feed.onDidChange(listener);
	}

	onDidEnd(listener: (ended: RunEnded) => void): Subscription {
		return this.feed.onDidEnd(listener);
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
				this.preparation.end();
				this.feed.set(isAbort(error) ? { type: 'none' } : { type: 'refused', name: plan.name, message });
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
			await this.follow({ claim, order: stored.order, resume: true, notes: [] }, signal);
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
	 *
	 * @param goesOn Whether a learning curve that a closed window left goes on. Default: yes.
	 */
	async restore(goesOn = true): Promise<void> {
		try {
			await this.showLast(goesOn);
			if (this.restored?.type === 'run' && this.restored.elsewhere !== undefined) {
				await this.options.store.whenFree(this.closing.signal);
				await this.showLast(goesOn);
			}
		} catch (error) {
			if (!isAbort(error)) {
				this.options.log.warn(`The last fine-tune cannot be shown: ${String(error)}`);
			}
		}
	}

	pause(): void {
		this.live?.run.pause();
		this.curve.pause();
	}

	/** Lets a paused run of this window go on. */
	unpause(): void {
		this.live?.run.resume();
		this.curve.resume();
	}

	/** Of an adapter that is judged, the judging: it stays off then. Of a learning curve, that alone. */
	cancel(): void {
		this.preparation.abort();
		if (this.judging.isAtWork) {
			this.curve.forgo();
		}
		this.judging.cancel();
		this.curve.cancel();
		this.live?.run.cancel();
	}

	/** Judges the adapter that is shown, once more and longer where it was judged before. */
	async judge(): Promise<void> {
		const { state } = this;
		if (state.type === 'run' && state.view.state === 'finished' && !this.isBusy) {
			await this.judging.conclude(state, true);
		}
	}

	/** As `CurveTurn.canMeasure` and `CurveTurn.measure`. */
	readonly canMeasureCurve: CurveTurn['canMeasure'] = (file) => this.curve.canMeasure(file);
	readonly measureCurve = () => this.curve.measure();

	/** For a trainer that hangs. */
	kill(): void {
		this.live?.run.kill();
		this.curve.kill();
	}

	/** The model begins (`true`) or has ended (`false`) serving somebody. */
	serving(busy: boolean): void {
		this.isServing = busy;
		this.live?.run.serving(busy);
		this.curve.serving(busy);
	}

	/** Ends what goes on and forgets what is shown; for "delete all my data". */
	async forget(): Promise<void> {
		this.cancel();
		await this.preparation.done;
		await this.live?.run.done;
		await this.judging.done;
		this.curve.cancel();
		await this.curve.done;
		this.feed.set({ type: 'none' });
	}

	/** The editor closes: the trainer writes a checkpoint and ends by itself. */
	async close(): Promise<void> {
		this.closing.abort();
		this.preparation.abort();
		this.judging.leave();
		this.feed.close();
		await this.curve.leave();
		await this.live?.run.leave();
	}

	/** One at a time. The controller ends it. */
	private async begin(action: (preparing: AbortController) => Promise<void>): Promise<void> {
		if (this.isBusy) {
			throw new Error(
				this.translate('A fine-tune is already under way in this window. Wait for its end, or cancel it.'),
			);
		}
		await this.preparation.begin(action);
	}

	private async launch(plan: Plan, signal: AbortSignal): Promise<void> {
		const { name, basePath, settings } = plan;
		const say: OnPrepared = (detail, share) =>
			this.feed.set({ type: 'preparing', name, detail, share, basePath, settings });
		say('', undefined);
		const run = await newRun(plan, this.options, say, signal);
		await this.follow({ ...run, resume: false }, signal);
	}

	private async showLast(goesOn: boolean): Promise<void> {
		const shown = await this.runs.last();
		const isOld = this.state.type === 'none' || this.state === this.restored;
		if (shown !== undefined && isOld && !this.isBusy) {
			this.restored = shown;
			this.feed.set(shown);
			void this.judging.later(shown).then(() => (goesOn ? this.curve.next() : undefined));
		}
	}

	/** What had to wait for its model may have it by now. */
	private judgeLater(): void {
		const { state } = this;
		if (state.type === 'run') {
			void this.judging.later(state);
		}
	}

	private async follow(run: Parameters<typeof startLive>[0], signal: AbortSignal): Promise<void> {
		const live = await startLive(run, this.options);
		this.live = live;
		if (signal.aborted) {
			// It was cancelled after there was a run, and before there was one to be told.
			live.run.cancel();
		}
		live.run.serving(this.isServing);
		const show = () => {
			if (this.live === live) {
				this.feed.set(runShown(viewOf(live), live.order, true));
			}
		};
		live.run.onDidChange(show);
		show();
		live.run.done
			.then(() => this.finish(live))
			.catch((error: unknown) => {
				this.options.log.error('The end of a fine-tune could not be handled', error);
			});
	}

	private async finish(live: Live): Promise<void> {
		const view = viewOf(live);
		const { id, result } = view;
		const curve = result === undefined ? undefined : await this.curve.standing(id, live.order, result);
		this.live = undefined;
		const shown = { ...runShown(view, live.order, false), curve };
		this.feed.set(shown);
		if (view.state === 'finished' && result !== undefined) {
			await this.judging.conclude(shown, false);
		} else {
			this.tellEnd({ view, refusal: undefined });
		}
	}

	private tellEnd(ended: RunEnded): void {
		this.feed.tellEnd(ended);
		// After the verdict: nobody waits longer for that.
		void this.curve.next();
	}
}
