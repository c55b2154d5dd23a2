/** One run as the editor has it: starts, pauses, yields and ends the trainer, and keeps what it says. */

import { sleep } from '../../inference/cancel';
import type { Log, Subscription } from '../../inference/model';
import { type Power, readPower, thisMachine, watchPower } from '../../inference/power';
import { Changes } from './changes';
import { crashRemedy, describeCrash } from './crash';
import { english } from './english';
import type { FromTrainer, RunOrder } from './messages';
import { Pauses } from './pauses';
import type { RunProblem, RunState } from './runFolder';
import { RunRecord, type RunView, worthLogging } from './runRecord';
import type { Claim } from './runStore';
import { type TrainerEnd, type TrainerLaunch, TrainerProcess } from './trainerProcess';
import { Yielding } from './yielding';

export interface RunOptions {
	/** Released when the run has ended. */
	readonly claim: Claim;
	readonly order: RunOrder;
	/** Goes on from the last checkpoint. */
	readonly resume: boolean;
	readonly trainer: TrainerLaunch;
	/** Default: asks this machine. */
	readonly power?: (signal: AbortSignal) => Promise<Power>;
	/** Default: time as it passes. */
	readonly wait?: typeof sleep;
}

export class TrainingRun {
	/** The run as it ended. Settles once, when the trainer is gone and everything is on disk. Never rejects. */
	readonly done: Promise<RunView>;
	private readonly changes = new Changes();
	private readonly over = new AbortController();
	private readonly log: Log;
	private readonly trainer: TrainerProcess;
	private readonly pauses: Pauses;
	private readonly yielding: Yielding;
	private saving: Promise<void> = Promise.resolve();
	private isEnding = false;
	private isSilent = false;
	private wasKilled = false;
	private wasLeft = false;
	/** How it ended, as the trainer said; undefined while it has not. */
	private outcome: Extract<FromTrainer, { type: 'finished' | 'cancelled' | 'failed' }> | undefined;
	private end: { readonly state: RunState; readonly problem: RunProblem | undefined } | undefined;

	private constructor(
		private readonly options: RunOptions,
		private readonly record: RunRecord,
	) {
		const wait = options.wait ?? sleep;
		this.log = options.trainer.log;
		this.trainer = new TrainerProcess({
			...options.trainer,
			onMessage: (message) => this.receive(message),
			onSilent: (isSilent) => {
				this.isSilent = isSilent;
				this.changes.touch();
			},
		});
		this.pauses = new Pauses((message) => this.trainer.send(message));
		this.yielding = new Yielding((busy) => this.trainer.send({ type: 'yield', busy }), wait);
		this.trainer.send({ type: 'start', order: options.order, resume: options.resume });
		this.done = this.trainer.ended.then((end) => this.finish(end));
		const power = options.power ?? ((signal) => readPower(thisMachine, signal));
		watchPower(power, (onBattery) => this.followPower(onBattery), wait, this.over.signal).catch(
			(error: unknown) =>
				this.log.warn(`Whether this machine runs on battery is not known: ${String(error)}`),
		);
	}

	/** @throws Error, with the claim released, when the order cannot be written or nothing be started. */
	static async start(options: RunOptions): Promise<TrainingRun> {
		const { claim, order } = options;
		const record = new RunRecord();
		try {
			if (options.resume) {
				for (const entry of await claim.run.log.read()) {
					record.add(entry);
				}
			} else {
				await claim.run.writeOrder(order);
			}
			const run = new TrainingRun(options, record);
			if (run.trainer.pid !== undefined) {
				await claim.lock.holdFor(run.trainer.pid).catch((error: unknown) => {
					// The lock is this window's all the same.
					run.log.warn(`The lock of the run cannot name the trainer: ${String(error)}`);
				});
			}
			run.save();
			return run;
		} catch (error) {
			await claim.lock.release();
			throw error;
		}
	}

	get view(): RunView {
		return this.record.view({
			id: this.options.claim.run.id,
			name: this.options.order.name,
			state: this.end?.state ?? (this.pauses.isAsked ? 'paused' : 'running'),
			pausedFor: this.end === undefined ? this.pauses.reason : undefined,
			isEnding: this.isEnding,
			isSilent: this.isSilent,
			problem: this.end?.problem,
		});
	}

	/** Called at most ten times a second, and at the end. */
	onDidChange(listener: () => void): Subscription {
		return this.changes.on(listener);
	}

	pause(): void {
		this.change(() => this.pauses.pause('user'));
	}

	resume(): void {
		this.change(() => this.pauses.resume('user'));
	}

	/** Ends within seconds; what the last checkpoint holds is kept. */
	cancel(): void {
		this.change(() => {
			this.isEnding = true;
			this.trainer.cancel();
		});
	}

	/** For a trainer that hangs: ends it at once. */
	kill(): void {
		this.wasKilled = true;
		this.trainer.kill();
	}

	/** The model begins (`true`) or has ended (`false`) serving somebody. */
	serving(busy: boolean): void {
		if (!this.over.signal.aborted) {
			this.yielding.serving(busy);
		}
	}

	/** The editor closes: the trainer writes a checkpoint and ends by itself, and its lock stays until it has. */
	async leave(): Promise<void> {
		this.wasLeft = true;
		this.stop();
		this.trainer.leave();
		await this.saving;
		await this.options.claim.run.log.flush();
	}

	private change(action: () => void): void {
		if (this.end === undefined && !this.isEnding) {
			action();
			this.save();
			this.changes.touch();
		}
	}

	private followPower(onBattery: boolean): void {
		this.change(() => {
			if (onBattery) {
				this.pauses.pause('battery');
			} else {
				this.pauses.resume('battery');
			}
		});
	}

	private receive(message: FromTrainer): void {
		const at = Date.now();
		const logged = worthLogging(message);
		if (logged !== undefined) {
			this.options.claim.run.log.append({ at, message: logged });
		}
		this.record.add({ at, message });
		switch (message.type) {
			case 'checkpoint':
				this.save();
				break;
			case 'paused':
				this.pauses.report(message.reason);
				break;
			case 'running':
				this.pauses.report(undefined);
				break;
			case 'finished':
			case 'cancelled':
			case 'failed':
				this.outcome ??= message;
				this.isEnding = true;
				break;
		}
		this.changes.touch();
	}

	/** Stops everything that could still speak to the trainer. */
	private stop(): void {
		this.over.abort();
		this.yielding.dispose();
	}

	private async finish(end: TrainerEnd): Promise<RunView> {
		this.stop();
		this.end = this.judge(end);
		this.isEnding = false;
		this.isSilent = false;
		if (this.end.problem !== undefined) {
			this.log.error(this.end.problem.message);
		}
		this.save();
		await this.saving;
		await this.options.claim.run.log.flush();
		if (this.end.state === 'finished') {
			// It cannot be resumed: its checkpoints serve nobody any more; its data do until the next run begins.
			await this.options.claim.run.thin('data').catch((error: unknown) => {
				this.log.warn(`The checkpoints of the finished run cannot be deleted: ${String(error)}`);
			});
		}
		await this.options.claim.lock.release().catch((error: unknown) => {
			this.log.warn(`The lock of the run cannot be removed: ${String(error)}`);
		});
		this.changes.end();
		return this.view;
	}

	/** What the trainer said last holds, however its process ended. */
	private judge(end: TrainerEnd): NonNullable<TrainingRun['end']> {
		const { outcome } = this;
		if (outcome?.type === 'failed') {
			const { code, message, resumable } = outcome;
			return { state: 'failed', problem: { code, message, resumable } };
		}
		if (outcome !== undefined) {
			return { state: outcome.type, problem: undefined };
		}
		if (this.isEnding) {
			return { state: 'cancelled', problem: undefined };
		}
		if (this.wasLeft) {
			return { state: 'paused', problem: undefined };
		}
		const { translate = english } = this.options.trainer;
		const known = this.wasKilled ? { ...end, cause: translate('hung and was ended'), isSignal: true } : end;
		const { checkpointStep } = this.record;
		const doing = this.record.doing(translate);
		const remedy = crashRemedy(known, doing, checkpointStep, translate);
		return {
			state: 'failed',
			problem: {
				code: this.wasKilled ? 'trainer-hung' : 'trainer-crashed',
				message: describeCrash(known, doing, remedy, translate),
				resumable: checkpointStep !== undefined,
			},
		};
	}

	/** Writes how the run stands, one after the other. A disk that is full does not end it. */
	private save(): void {
		this.saving = this.saving.then(async () => {
			const { state, checkpointStep, result, problem } = this.view;
			try {
				await this.options.claim.run.writeState({ state, checkpointStep, result, problem });
			} catch (error) {
				this.log.warn(`How the run stands cannot be written: ${String(error)}`);
			}
		});
	}
}
