/** What the room is at, for its faces: prepares data, runs one training at a time, and switches on what helped. */

import { isAbort, throwIfAborted } from '../../inference/cancel';
import type { Log, Subscription } from '../../inference/model';
import type { RunOrder } from '../job/messages';
import { TrainingRun } from '../job/run';
import { type LogLine, RunRecord, type RunView } from '../job/runRecord';
import type { Claim, RunStore, StoredRun } from '../job/runStore';
import type { TrainerLaunch } from '../job/trainerProcess';
import type { OnPrepared, Plan, PreparedData } from './plan';
import { type RunEnded, runShown, type SessionState, storedShown } from './sessionState';
import { lossFell } from './verdict';

export interface FineTuneSessionOptions {
	readonly store: Pick<RunStore, 'claim' | 'list' | 'run' | 'delete'>;
	/** How trainers are started, asked for at each start. */
	launch(): TrainerLaunch;
	/** Absolute path of the folder for finished adapters. */
	readonly adapterFolder: string;
	/** Absolute path of the folder for caches that may be lost. */
	readonly cacheFolder: string;
	pausesOnBattery(): boolean;
	/** Uses the adapter, alone and as trained. Returns why it cannot be used; undefined when it is in use. */
	activate(path: string, name: string): Promise<string | undefined>;
	readonly log: Log;
}

interface Live {
	readonly run: TrainingRun;
	readonly order: RunOrder;
	/** What is to be known of its data, before the trainer's own lines. */
	readonly notes: readonly LogLine[];
}

export class FineTuneSession {
	private current: SessionState = { type: 'none' };
	private live: Live | undefined;
	private preparing: AbortController | undefined;
	private isServing = false;
	private readonly listeners = new Set<(state: SessionState) => void>();
	private readonly endListeners = new Set<(ended: RunEnded) => void>();

	constructor(private readonly options: FineTuneSessionOptions) {}

	get state(): SessionState {
		return this.current;
	}

	/** Whether data are prepared or a trainer is at work here. */
	get isBusy(): boolean {
		return this.preparing !== undefined || this.live !== undefined;
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
	async start(plan: Plan, signal: AbortSignal): Promise<void> {
		const preparing = this.begin();
		const stop = () => preparing.abort();
		signal.addEventListener('abort', stop, { once: true });
		try {
			throwIfAborted(signal);
			const { name, basePath, settings } = plan;
			const say: OnPrepared = (detail, share) =>
				this.set({ type: 'preparing', name, detail, share, basePath, settings });
			say('', undefined);
			const claim = await this.options.store.claim();
			const prepared = await this.prepare(plan, claim, say, preparing.signal);
			await this.follow(claim, this.orderOf(plan, claim, prepared.path), false, prepared.notes);
		} catch (error) {
			this.preparing = undefined;
			this.set(
				isAbort(error)
					? { type: 'none' }
					: {
							type: 'refused',
							name: plan.name,
							message: error instanceof Error ? error.message : String(error),
						},
			);
			throw error;
		} finally {
			signal.removeEventListener('abort', stop);
			this.preparing = undefined;
		}
	}

	/**
	 * Goes on with a stored run from its last checkpoint.
	 *
	 * @throws Error with a message for the user.
	 */
	async resume(id: string): Promise<void> {
		this.begin();
		try {
			const stored = (await this.options.store.list()).find((run) => run.id === id);
			if (stored === undefined) {
				throw new Error('The run is no longer there; start a new one.');
			}
			if (stored.obstacle !== undefined) {
				throw new Error(stored.obstacle);
			}
			await this.follow(await this.options.store.claim(id), stored.order, true, []);
		} finally {
			this.preparing = undefined;
		}
	}

	/** The newest run that a closed window left behind and that can go on. */
	async left(): Promise<StoredRun | undefined> {
		const runs = await this.options.store.list();
		return runs.find((run) => run.state === 'interrupted' && run.obstacle === undefined);
	}

	/** Shows the newest stored run while there is nothing newer. Never rejects. */
	async restore(): Promise<void> {
		try {
			const stored = (await this.options.store.list())[0];
			if (stored === undefined) {
				return;
			}
			const record = new RunRecord();
			for (const entry of await this.options.store.run(stored.id).log.read()) {
				record.add(entry);
			}
			if (this.current.type === 'none' && !this.isBusy) {
				this.set(storedShown(stored, record));
			}
		} catch (error) {
			this.options.log.warn(`The last fine-tune cannot be shown: ${String(error)}`);
		}
	}

	pause(): void {
		this.live?.run.pause();
	}

	/** Lets a paused run of this window go on. */
	unpause(): void {
		this.live?.run.resume();
	}

	cancel(): void {
		this.preparing?.abort();
		this.live?.run.cancel();
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
		const { live } = this;
		this.cancel();
		await live?.run.done;
		this.set({ type: 'none' });
	}

	/** The editor closes: the trainer writes a checkpoint and ends by itself. */
	async close(): Promise<void> {
		this.preparing?.abort();
		this.listeners.clear();
		this.endListeners.clear();
		await this.live?.run.leave();
	}

	private begin(): AbortController {
		if (this.isBusy) {
			throw new Error('A fine-tune is already under way in this window. Wait for its end, or cancel it.');
		}
		const preparing = new AbortController();
		this.preparing = preparing;
		return preparing;
	}

	/** The data of a new run. The claim is released, and what was written deleted, where that fails. */
	private async prepare(
		plan: Plan,
		claim: Claim,
		say: OnPrepared,
		signal: AbortSignal,
	): Promise<PreparedData> {
		const { store, log } = this.options;
		try {
			throwIfAborted(signal);
			const prepared = await plan.prepare(claim.run.path, say, signal);
			throwIfAborted(signal);
			return prepared;
		} catch (error) {
			await claim.lock.release();
			await store.delete(claim.run.id).catch((reason: unknown) => {
				log.warn(`The data of a run that did not begin cannot be deleted: ${String(reason)}`);
			});
			throw error;
		}
	}

	private orderOf({ name, basePath, settings }: Plan, claim: Claim, datasetPath: string): RunOrder {
		const { adapterFolder, cacheFolder } = this.options;
		return {
			version: 1,
			runFolder: claim.run.path,
			basePath,
			datasetPath,
			adapterFolder,
			cacheFolder,
			name,
			settings,
		};
	}

	private async follow(
		claim: Claim,
		order: RunOrder,
		resume: boolean,
		notes: readonly string[],
	): Promise<void> {
		const run = await TrainingRun.start({
			claim,
			order,
			resume,
			trainer: this.options.launch(),
			...(this.options.pausesOnBattery() ? {} : { power: async () => 'mains' as const }),
		});
		const live: Live = {
			run,
			order,
			notes: notes.map((text) => ({ at: Date.now(), level: 'warn', text })),
		};
		this.live = live;
		for (const { at, level, text } of live.notes) {
			claim.run.log.append({ at, message: { type: 'log', level, text } });
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
		const { result } = view;
		this.live = undefined;
		const shown = runShown(view, live.order, false);
		this.set(shown);
		let refusal: string | undefined;
		if (view.state === 'finished' && result !== undefined && lossFell(result)) {
			refusal = await this.options.activate(result.adapterPath, view.name);
			if (refusal !== undefined && this.current === shown) {
				this.set({ ...shown, refusal });
			}
		}
		for (const listener of [...this.endListeners]) {
			listener({ view, refusal });
		}
	}

	private set(state: SessionState): void {
		this.current = state;
		for (const listener of [...this.listeners]) {
			listener(state);
		}
	}
}

function viewOf({ run, notes }: Live): RunView {
	const { view } = run;
	return { ...view, log: [...notes, ...view.log] };
}
