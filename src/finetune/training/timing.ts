/** Times rows before the run begins, so that what it will take can be said. */

import type { FromTrainer } from '../job/messages';
import type { Control } from './control';
import { type Learner, weightOf } from './learner';
import type { Plan } from './plan';

/** Rows timed, each another one, so that the time to build their graphs is in it; one before them warms up. */
const TIMED_ROWS = 3;

/** Milliseconds of an average row, from a few whose gradients are thrown away. */
export async function timeRows(
	plan: Plan,
	learner: Learner,
	control: Control,
	say: (message: FromTrainer) => void,
): Promise<number> {
	say({ type: 'phase', phase: 'timing', detail: `${TIMED_ROWS} rows` });
	const all = plan.rowsOf(0);
	const rows = Array.from({ length: TIMED_ROWS + 1 }, (_, index) => all[index % all.length]).filter(
		(row) => row !== undefined,
	);
	let milliseconds = 0;
	let positions = 0;
	for (const [index, row] of rows.entries()) {
		let begun = performance.now();
		await control.run((interrupt) => {
			begun = performance.now();
			return learner.train(row, weightOf(row), interrupt);
		});
		if (index > 0) {
			milliseconds += performance.now() - begun;
			positions += row.length;
		}
	}
	learner.optimizer.clearGradients();
	const average = all.reduce((sum, { length }) => sum + length, 0) / all.length;
	return (milliseconds / positions) * average;
}
