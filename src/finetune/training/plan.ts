/** How many steps a run makes, which rows each of them takes, and when it looks at the held-out loss. */

import type { Sample } from '../dataset/sample';
import type { Estimate } from '../job/messages';
import type { TrainingSettings } from '../settings';
import { weightOf } from './learner';
import { type Row, rowsOfEpoch } from './rows';

/** Where a run stands in its data. */
export interface Cursor {
	readonly epoch: number;
	/** Rows of the epoch that were used. */
	readonly row: number;
}

type PlanSettings = Pick<
	TrainingSettings,
	'sequenceLength' | 'seed' | 'rowsPerStep' | 'epochs' | 'minutes' | 'evaluateEvery'
>;

/** A run may take this much longer than its time. */
const TOLERANCE = 1.1;
/** Share of the steps in which there may become more of them. */
const EARLY = 0.1;
/** Rows of a step that `auto` takes: more average out noise that the learning rate is made for. */
const MOST_ROWS = 8;
/**
 * Steps that `auto` makes where there are rows enough: more of them learn more from the same data. `test/bench/adapt.bench.ts`
 * on 82 rows brought the held-out loss of the starter to 0.961 of the base's with 8 rows a step, 0.954 with 4, 0.950 with 2,
 * 0.941 with 1; on 246 rows to 0.930 with 8 and 0.916 with 3.
 */
const LEAST_STEPS = 64;
/** Looks at the held-out loss between the first and the last step that `auto` makes, at most. */
const MOST_LOOKS = 5;
/** Share of the training's time that they may take. */
const LOOKS_SHARE = 0.1;
/** Time for a token that is only scored, as a share of that for one that is learned from: forward, and not backward. */
const SCORE_COST = 0.5;

export class Plan {
	#epoch = -1;
	#rows: readonly Row[] = [];
	#rowsPerStep: number;

	constructor(
		private readonly samples: readonly Sample[],
		private readonly settings: PlanSettings,
	) {
		this.#rowsPerStep = this.rowsPerStepOf(this.allRows);
	}

	/** Rows whose gradients make a step. */
	get rowsPerStep(): number {
		return this.#rowsPerStep;
	}

	/** Goes on as a run began. @param rowsPerStep undefined where they are not known, or were set. */
	keep(rowsPerStep: number | undefined): void {
		this.#rowsPerStep = rowsPerStep ?? this.#rowsPerStep;
	}

	/**
	 * Chooses the rows of a step, unless they are set, for as many rows as fit into the time.
	 * @param rowMilliseconds as measured.
	 * @param reserved as for `steps`.
	 * @returns milliseconds of a step.
	 */
	fit(rowMilliseconds: number, reserved: number): number {
		const { minutes } = this.settings;
		const inTime = minutes === 0 ? Number.POSITIVE_INFINITY : this.budget(reserved) / rowMilliseconds;
		this.#rowsPerStep = this.rowsPerStepOf(Math.min(this.allRows, inTime));
		return rowMilliseconds * this.#rowsPerStep;
	}

	/** Rows of an epoch that have something to learn. */
	rowsOf(epoch: number): readonly Row[] {
		if (epoch !== this.#epoch) {
			this.#rows = rowsOfEpoch(this.samples, { ...this.settings, epoch }).filter((row) => weightOf(row) > 0);
			this.#epoch = epoch;
		}
		return this.#rows;
	}

	/**
	 * Steps of the whole run: as many epochs as asked for, or as fit into the time.
	 * @param stepMilliseconds as measured; undefined before that.
	 * @param reserved milliseconds of the time that go to something else; at most half of it.
	 */
	steps(stepMilliseconds: number | undefined, reserved = 0): number {
		const all = Math.max(1, Math.round(this.allRows / this.#rowsPerStep));
		return this.settings.minutes === 0 || stepMilliseconds === undefined
			? all
			: Math.max(1, Math.min(all, Math.floor(this.budget(reserved) / stepMilliseconds)));
	}

	/**
	 * Steps of the whole run, in a run that turns out slower than it was measured: fewer, so that it ends in time and its
	 * learning rate has fallen by then. And more in one that turns out faster, as long as the rate has hardly begun to fall.
	 * @param step done so far.
	 * @param seconds that they took.
	 * @param reserved as for `steps`.
	 */
	stepsLeft(step: number, steps: number, seconds: number, reserved = 0): number {
		const budget = this.budget(reserved) / 1000;
		const each = seconds / step;
		const fitting = Math.floor(budget / each);
		if (budget === 0) {
			return steps;
		}
		if (each * steps > budget * TOLERANCE) {
			return Math.max(step, Math.min(steps, fitting));
		}
		// The first step builds graphs, and says little.
		return step > 1 && step <= EARLY * steps && each * steps * TOLERANCE < budget
			? Math.max(steps, Math.min(this.steps(undefined), fitting))
			: steps;
	}

	/**
	 * Steps between two looks at the held-out loss; 0 = none between the first and the last step. Reckoned and not
	 * measured, so that two runs of one seed look alike.
	 * @param heldOut what a look scores; at least one row.
	 */
	evaluateEvery(steps: number, heldOut: readonly Row[]): number {
		const { evaluateEvery } = this.settings;
		if (evaluateEvery !== 'auto') {
			return evaluateEvery;
		}
		const rows = this.rowsOf(0);
		const trained = (positionsOf(rows) / rows.length) * steps * this.#rowsPerStep;
		const scored = positionsOf(heldOut) * SCORE_COST;
		const looks = Math.min(MOST_LOOKS, Math.floor((LOOKS_SHARE * trained) / scored));
		return looks === 0 ? 0 : Math.ceil(steps / (looks + 1));
	}

	/** What so many steps train on; padding not counted. */
	sizeOf(steps: number): Pick<Estimate, 'tokens' | 'steps' | 'rowsPerStep'> {
		const rows = this.rowsOf(0);
		const used = rows.reduce((sum, row) => sum + row.used, 0);
		const tokens = Math.round((used / Math.max(1, rows.length)) * steps * this.#rowsPerStep);
		return { tokens, steps, rowsPerStep: this.#rowsPerStep };
	}

	/** The rows of the next step, the longest first, so that few graphs are built, and the place behind them. */
	next({ epoch, row }: Cursor): { readonly rows: readonly Row[]; readonly cursor: Cursor } {
		const rows: Row[] = [];
		let at = { epoch, row };
		while (rows.length < this.#rowsPerStep) {
			const found = this.rowsOf(at.epoch)[at.row];
			if (found === undefined) {
				at = { epoch: at.epoch + 1, row: 0 };
			} else {
				rows.push(found);
				at = { ...at, row: at.row + 1 };
			}
		}
		return { rows: rows.sort((one, other) => other.length - one.length), cursor: at };
	}

	/** Rows that the epochs asked for have together. */
	private get allRows(): number {
		return this.rowsOf(0).length * this.settings.epochs;
	}

	private rowsPerStepOf(rows: number): number {
		const { rowsPerStep } = this.settings;
		return rowsPerStep === 'auto'
			? Math.max(1, Math.min(MOST_ROWS, Math.floor(rows / LEAST_STEPS)))
			: rowsPerStep;
	}

	/** Milliseconds of a run with a time limit. */
	private budget(reserved: number): number {
		const all = this.settings.minutes * 60_000;
		return Math.max(all / 2, all - reserved);
	}
}

/** Looks at the held-out loss after a step and before the last one. @param every as `evaluateEvery` says; 0 = none. */
export function looksBetween(step: number, steps: number, every: number): number {
	return every === 0 ? 0 : Math.max(0, Math.ceil(steps / every) - 1 - Math.floor(step / every));
}

function positionsOf(rows: readonly Row[]): number {
	return rows.reduce((sum, { length }) => sum + length, 0);
}
