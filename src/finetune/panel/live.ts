/** A run whose trainer is at work in this window. */

import type { RunOrder } from '../job/messages';
import { TrainingRun } from '../job/run';
import type { LogLine, RunView } from '../job/runRecord';
import type { Claim } from '../job/runStore';
import type { FineTuneSessionOptions } from './sessionOptions';

export interface Live {
	readonly run: TrainingRun;
	readonly order: RunOrder;
	/** What is to be known of its data, before the trainer's own lines. */
	readonly notes: readonly LogLine[];
}

interface LiveRun {
	readonly claim: Claim;
	readonly order: RunOrder;
	/** Goes on from the last checkpoint. */
	readonly resume: boolean;
	/** What is to be known of its data, one sentence each. */
	readonly notes: readonly string[];
}

/** @throws as `TrainingRun.start`. */
export async function startLive(
	{ claim, order, resume, notes }: LiveRun,
	{ launch, pausesOnBattery, translate }: FineTuneSessionOptions,
): Promise<Live> {
	const run = await TrainingRun.start({
		claim,
		order,
		resume,
		trainer: { ...launch(), ...(translate === undefined ? {} : { translate }) },
		...(pausesOnBattery() ? {} : { power: async () => 'mains' as const }),
	});
	const lines = notes.map((text) => ({ at: Date.now(), level: 'note' as const, text }));
	for (const { at, level, text } of lines) {
		claim.run.log.append({ at, message: { type: 'log', level, text } });
	}
	return { run, order, notes: lines };
}

export function viewOf({ run, notes }: Live): RunView {
	const { view } = run;
	return { ...view, log: [...notes, ...view.log] };
}
