/** A session's learning curve: measured after the verdict, where it is wanted or asked for, and shown while it goes on. */

import { abortError, isAbort } from '../../inference/cancel';
import { exists } from '../../inference/exists';
import { messageOf } from '../../inference/failure';
import { english } from '../job/english';
import type { Finished, RunOrder } from '../job/messages';
import { readCurve, writeCurve } from '../learningCurve/curve';
import { CurveRuns } from '../learningCurve/runs';
import { roleOf } from './conclusion';
import { diskProblem } from './diskProblem';
import type { FineTuneSessionOptions } from './sessionOptions';
import type { CurveStanding, RunShown, SessionState } from './sessionState';

/** What it needs of the session. */
interface Stage {
	shown(): SessionState;
	show(shown: RunShown): void;
	isBusy(): boolean;
	/** It is over, whether it was measured or not. */
	over(shown: RunShown): void;
}

export class CurveTurn {
	private isUnderWay = false;
	private runs: CurveRuns | undefined;
	private isServing = false;
	private wasLeft = false;
	private wasCancelled = false;
	private isForgone = false;
	/** Settles when what is measured now is; never rejects. */
	done: Promise<unknown> = Promise.resolve();

	constructor(
		private readonly options: FineTuneSessionOptions,
		private readonly stage: Stage,
	) {}

	get isAtWork(): boolean {
		return this.isUnderWay;
	}

	/** Whether it could be measured of this run; undefined where its data are gone, or its adapter is. */
	async standing(id: string, { from }: RunOrder, result: Finished): Promise<CurveStanding | undefined> {
		if (!(await exists(result.adapterPath))) {
			return undefined;
		}
		const curve = await readCurve(result.adapterPath);
		if (curve !== undefined) {
			return { type: 'measured', curve };
		}
		// An adapter that went on from another has learned from all of the code before: no share of it is new.
		return from === undefined && (await this.options.store.run(id).hasData())
			? { type: 'possible', reason: undefined }
			: undefined;
	}

	/** Whether the learning curve of an adapter could be measured now: it is that of the run that is shown. */
	canMeasure(adapterPath: string): boolean {
		const shown = this.stage.shown();
		return (
			!this.stage.isBusy() &&
			shown.type === 'run' &&
			shown.curve?.type === 'possible' &&
			shown.view.result?.adapterPath === adapterPath
		);
	}

	/** Measures what is shown if that is wanted and its verdict is there, or will not come. Never rejects. */
	async next(): Promise<void> {
		const shown = this.stage.shown();
		const { isForgone } = this;
		this.isForgone = false;
		if (shown.type !== 'run' || shown.curve?.type !== 'possible' || shown.elsewhere !== undefined) {
			return;
		}
		const { judging, store, log } = this.options;
		const { view, order, judgement } = shown;
		const { result } = view;
		const isAwaited = async () =>
			judgement === undefined &&
			result !== undefined &&
			(await judging?.isWanted(order.runFolder, result.adapterPath, roleOf(result))) === true;
		try {
			if (isForgone) {
				await store.run(view.id).forgetCurve();
			} else if ((await store.run(view.id).isCurveWanted()) && !(await isAwaited())) {
				await this.measure();
			}
		} catch (error) {
			log.error('A learning curve could not be measured', error);
		}
	}

	/** Measures what is shown, if it can be and nothing else is under way. Never rejects. */
	measure(): Promise<void> {
		const shown = this.stage.shown();
		if (shown.type === 'run' && shown.curve?.type === 'possible' && !this.stage.isBusy()) {
			this.isUnderWay = true;
			this.wasCancelled = false;
			const end = this.standingAfter(shown).then((curve) => {
				this.isUnderWay = false;
				this.runs = undefined;
				if (!this.wasLeft) {
					this.show(shown, curve);
					this.stage.over(shown);
				}
			});
			this.done = end;
			return end;
		}
		return Promise.resolve();
	}

	pause(): void {
		this.runs?.pause();
	}

	resume(): void {
		this.runs?.resume();
	}

	/** The next one that nobody asks for is not measured: whoever cancels the verdict wants the machine. */
	forgo(): void {
		this.isForgone = true;
	}

	/** The adapter and its verdict stay as they are. */
	cancel(): void {
		this.wasCancelled = true;
		this.runs?.cancel();
	}

	/** For a trainer that hangs. */
	kill(): void {
		this.wasCancelled = true;
		this.runs?.kill();
	}

	serving(busy: boolean): void {
		this.isServing = busy;
		this.runs?.serving(busy);
	}

	/** The editor closes: the next window goes on. */
	async leave(): Promise<void> {
		this.wasLeft = true;
		await this.runs?.leave();
	}

	/** What is to be shown when it is over. Never rejects. */
	private async standingAfter(shown: RunShown): Promise<CurveStanding | undefined> {
		const { store, log, translate = english } = this.options;
		const { view, order } = shown;
		this.show(shown, { type: 'measuring', progress: undefined });
		try {
			const { result } = view;
			return result === undefined ? undefined : await this.measured(shown, result);
		} catch (error) {
			if (this.wasLeft) {
				return undefined;
			}
			if (isAbort(error)) {
				return {
					type: 'possible',
					reason: translate('The learning curve is not measured: that was cancelled.'),
				};
			}
			log.error('The learning curve of a fine-tune could not be measured', error);
			const problem = diskProblem(error, store.folder, translate);
			const standing =
				view.result === undefined ? undefined : await this.standing(view.id, order, view.result);
			const reason = translate('The learning curve is not measured: {0}', messageOf(problem));
			return standing?.type === 'possible' ? { ...standing, reason } : (standing ?? { type: 'gone', reason });
		}
	}

	/** @throws as `RunStore.claim` and `CurveRuns.measure`. */
	private async measured(shown: RunShown, result: Finished): Promise<CurveStanding | undefined> {
		const { store, log, launch, pausesOnBattery, translate = english } = this.options;
		const { view, order } = shown;
		const claim = await store.claim(view.id, translate);
		try {
			if (this.wasCancelled || this.wasLeft) {
				throw abortError();
			}
			if (!(await claim.run.hasData())) {
				throw new Error(
					translate('Its data were deleted when another fine-tune began; measure it after the next one.'),
				);
			}
			// A window that closes now leaves it to the next one.
			await claim.run.wantCurve();
			const runs = new CurveRuns({
				claim,
				whole: {
					order,
					result,
					rowsPerStep: view.estimate?.rowsPerStep ?? 1,
					looks: view.evaluations,
				},
				trainer: { ...launch(), translate },
				pausesOnBattery: pausesOnBattery(),
				log,
				onProgress: (progress) => this.show(shown, { type: 'measuring', progress }),
			});
			this.runs = runs;
			runs.serving(this.isServing);
			const curve = await runs.measure();
			if (!(await exists(result.adapterPath))) {
				return undefined;
			}
			await writeCurve(result.adapterPath, curve);
			// Its copy of the code serves nobody any more.
			await claim.run.thin();
			return { type: 'measured', curve };
		} catch (error) {
			if (!this.wasLeft) {
				await claim.run.forgetCurve();
			}
			throw error;
		} finally {
			await claim.lock.release();
		}
	}

	/** What is known of its run may have changed meanwhile. */
	private show({ view }: RunShown, curve: CurveStanding | undefined): void {
		const now = this.stage.shown();
		if (!this.wasLeft && now.type === 'run' && now.view.id === view.id) {
			this.stage.show({ ...now, curve });
		}
	}
}
