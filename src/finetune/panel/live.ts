/** A run whose trainer is at work in this window. */

import type { RunOrder } from '../job/messages';
import type { TrainingRun } from '../job/run';
import type { LogLine, RunView } from '../job/runRecord';

export interface Live {
	readonly run: TrainingRun;
	readonly order: RunOrder;
	/** What is to be known of its data, before the trainer's own lines. */
	readonly notes: readonly LogLine[];
}

export function viewOf({ run, notes }: Live): RunView {
	const { view } = run;
	return { ...view, log: [...notes, ...view.log] };
}
