/** How many steps a run makes, and which rows each of them takes. */

import type { Sample } from '../dataset/sample';
import type { TrainingSettings } from '../settings';
import { weightOf } from './learner';
import { type Row, rowsOfEpoch } from './rows';

/** Where a run stands in its data. */
export interface Cursor {
	readonly epoch: number;
	/** Rows of the epoch that were used. */
	readonly row: number;
}

type PlanSettings = Pick<TrainingSettings, 'sequenceLength' | 'seed' | 'rowsPerStep' | 'epochs' | 'minutes'>;

/** A run may take this much longer than its time. */
const TOLERANCE = 1.1;

export class Plan {
	#epoch = -1;
	#rows: readonly Row[] = [];

	constructor(
		private readonly samples: readonly Sample[],
		private readonly settings: PlanSettings,
	) {}

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
		const { epochs, minutes, rowsPerStep } = this.settings;
		const budget = minutes * 60_000;
		const all = Math.max(1, Math.round((this.rowsOf(0).length * epochs) / rowsPerStep));
		return minutes === 0 || stepMilliseconds === undefined
			? all
			: Math.max(1, Math.min(all, Math.floor(Math.max(budget / 2, budget - reserved) / stepMilliseconds)));
	}

	/**
	 * Steps of the whole run, in a run that turns out slower than it was measured: fewer, so that it ends in time and its
	 * learning rate has fallen by then.
	 * @param step done so far.
	 * @param seconds that they took.
	 */
	stepsLeft(step: number, steps: number, seconds: number): number {
		const budget = this.settings.minutes * 60;
		const each = seconds / step;
		return budget === 0 || each * steps <= budget * TOLERANCE
			? steps
			: Math.max(step, Math.min(steps, Math.floor(budget / each)));
	}

	/** Tokens that so many steps train on; padding not counted. */
	tokens(steps: number): number {
		const rows = this.rowsOf(0);
		const used = rows.reduce((sum, row) => sum + row.used, 0);
		return Math.round((used / Math.max(1, rows.length)) * steps * this.settings.rowsPerStep);
	}

	/** The rows of the next step, the longest first, so that few graphs are built, and the place behind them. */
	next({ epoch, row }: Cursor): { readonly rows: readonly Row[]; readonly cursor: Cursor } {
		const rows: Row[] = [];
		let at = { epoch, row };
		while (rows.length < this.settings.rowsPerStep) {
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
}
