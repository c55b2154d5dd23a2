/** Times a step before the run begins, so that what it will take can be said. */

import type { FromTrainer } from '../job/messages';
import type { Control } from './control';
import { type Learner, weightOf } from './learner';
import type { Plan } from './plan';

/** Rows timed; one before them warms up. */
const TIMED_ROWS = 3;

/** Time of an average step, from the median of a few rows whose gradients are thrown away. */
export async function timeSteps(
	plan: Plan,
	learner: Learner,
	control: Control,
	say: (message: FromTrainer) => void,
	rowsPerStep: number,
): Promise<number> {
	say({ type: 'phase', phase: 'timing', detail: `${TIMED_ROWS} rows` });
	const [row] = plan.next({ epoch: 0, row: 0 }).rows;
	const times: number[] = [];
	for (let round = 0; row !== undefined && round <= TIMED_ROWS; round++) {
		let begun = performance.now();
		await control.run((interrupt) => {
			begun = performance.now();
			return learner.train(row, weightOf(row), interrupt);
		});
		if (round > 0) {
			times.push(performance.now() - begun);
		}
	}
	learner.optimizer.clearGradients();
	times.sort((one, other) => one - other);
	const rows = plan.rowsOf(0);
	const average = rows.reduce((sum, { length }) => sum + length, 0) / rows.length;
	return ((times[Math.floor(times.length / 2)] ?? 0) / (row?.length ?? 1)) * average * rowsPerStep;
}
