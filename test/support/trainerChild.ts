/** The product's own trainer in a process of its own, and what it says. */
import * as path from 'node:path';
import type { FromTrainer, RunOrder } from '../../src/finetune/job/messages';
import { type TrainerEnd, TrainerProcess } from '../../src/finetune/job/trainerProcess';
import { root } from './root';
import { recordingLog } from './silentLog';

/** Of the build: the tests run after it. */
const trainerFile = path.join(root, 'dist/trainer.mjs');

export interface ChildOutcome {
	readonly messages: readonly FromTrainer[];
	/** The last message. */
	readonly last: FromTrainer | undefined;
	readonly end: TrainerEnd;
	/** Lines of the log, its error output among them. */
	readonly lines: readonly string[];
}

/**
 * Starts a trainer that waits for an order.
 * @param onMessage hears each message, and what it may steer with.
 */
export function startTrainer(
	onMessage: (message: FromTrainer, trainer: TrainerProcess) => void = () => undefined,
): { readonly trainer: TrainerProcess; readonly outcome: Promise<ChildOutcome> } {
	const log = recordingLog();
	const messages: FromTrainer[] = [];
	const trainer = new TrainerProcess({
		trainerFile,
		nodePath: undefined,
		log,
		// Its end is what the tests wait for: nobody helps.
		limits: { farewell: 30_000 },
		onMessage: (message) => {
			messages.push(message);
			onMessage(message, trainer);
		},
		onSilent: () => undefined,
	});
	const outcome = trainer.ended.then((end) => ({ messages, last: messages.at(-1), end, lines: log.lines }));
	return { trainer, outcome };
}

/** Does an order in a process of its own. */
export function trainInChild(
	order: RunOrder,
	resume: boolean,
	onMessage?: (message: FromTrainer, trainer: TrainerProcess) => void,
): Promise<ChildOutcome> {
	const { trainer, outcome } = startTrainer(onMessage);
	trainer.send({ type: 'start', order, resume });
	return outcome;
}
