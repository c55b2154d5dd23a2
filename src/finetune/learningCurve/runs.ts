/** The runs of a learning curve, one after the other, steered as one: paused, held back, cancelled, left and taken up again. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { abortError, throwIfAborted } from '../../inference/cancel';
import type { Log } from '../../inference/model';
import type { RunOrder } from '../job/messages';
import { TrainingRun } from '../job/run';
import type { RunView } from '../job/runRecord';
import type { Claim } from '../job/runStore';
import type { TrainerLaunch } from '../job/trainerProcess';
import type { LearningCurve } from './curve';
import { measureCurve, SHARES, type WholeRun } from './measure';

/** How far they are. */
export interface CurveProgress {
	/** Of the data, of the run that goes on. */
	readonly share: number;
	/** Undefined before its trainer was started. */
	readonly view: RunView | undefined;
}

interface CurveRunsOptions {
	/** Of the run on all data; released by whoever took it. */
	readonly claim: Claim;
	readonly whole: WholeRun;
	readonly trainer: TrainerLaunch;
	readonly pausesOnBattery: boolean;
	readonly log: Log;
	readonly onProgress: (progress: CurveProgress) => void;
}

export class CurveRuns {
	private run: TrainingRun | undefined;
	private isServing = false;
	private isPaused = false;
	private readonly over = new AbortController();

	constructor(private readonly options: CurveRunsOptions) {}

	/** What a closed window had measured is not measured again. @throws Error with a message for the user; an AbortError. */
	measure(): Promise<LearningCurve> {
		const { signal } = this.over;
		return measureCurve(this.options.whole, (share, settings) => this.train(share, settings), signal);
	}

	pause(): void {
		this.isPaused = true;
		this.run?.pause();
	}

	resume(): void {
		this.isPaused = false;
		this.run?.resume();
	}

	/** The model begins (`true`) or has ended (`false`) serving somebody. */
	serving(busy: boolean): void {
		this.isServing = busy;
		this.run?.serving(busy);
	}

	cancel(): void {
		this.over.abort();
		this.run?.cancel();
	}

	/** For a trainer that hangs. */
	kill(): void {
		this.over.abort();
		this.run?.kill();
	}

	/** The editor closes: the trainer writes a checkpoint and ends by itself, and its lock stays until it has. */
	async leave(): Promise<void> {
		this.over.abort();
		await this.run?.leave();
	}

	private async train(share: number, settings: RunOrder['settings']) {
		const { claim, whole, trainer, pausesOnBattery, log, onProgress } = this.options;
		const { signal } = this.over;
		onProgress({ share, view: undefined });
		const part = claim.run.part(share, log);
		const stored = await part.readState();
		if (stored?.state === 'finished' && stored.result !== undefined) {
			return stored.result;
		}
		await fs.mkdir(part.path, { recursive: true, mode: 0o700 });
		const begun = await part.readOrder();
		throwIfAborted(signal);
		const order: RunOrder = {
			...whole.order,
			runFolder: part.path,
			// It goes with the run: nobody wants an adapter of a part of the data.
			adapterFolder: path.join(part.path, 'adapters'),
			settings,
			share,
		};
		const run = await TrainingRun.start({
			// The lock is that of the whole run, and stays until the last of them has ended.
			claim: {
				run: part,
				lock: { holdFor: (pid) => claim.lock.holdFor(pid), release: async () => undefined },
			},
			order,
			resume: begun !== undefined,
			trainer,
			...(pausesOnBattery ? {} : { power: async () => 'mains' as const }),
		});
		this.run = run;
		const subscription = run.onDidChange(() => onProgress({ share, view: run.view }));
		run.serving(this.isServing);
		if (this.isPaused) {
			run.pause();
		}
		if (signal.aborted) {
			run.cancel();
		}
		const { state, result, problem } = await run.done;
		subscription.dispose();
		this.run = undefined;
		if (state === 'finished' && result !== undefined) {
			return result;
		}
		if (problem !== undefined && !signal.aborted) {
			throw new Error(problem.message);
		}
		throw abortError();
	}
}

/** Of all that the short runs do, 0 to 1. */
export function shareDone({ share, view }: CurveProgress): number {
	const all = SHARES.reduce((sum, one) => sum + one, 0);
	const before = SHARES.filter((one) => one < share).reduce((sum, one) => sum + one, 0);
	const { step = 0, steps = 1 } = view?.progress ?? {};
	return (before + share * Math.min(1, step / Math.max(1, steps))) / all;
}
