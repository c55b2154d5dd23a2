/** Has a trainer process import or export one adapter: a run of one message and one answer. */

import { abortError, throwIfAborted } from '../../inference/cancel';
import { describeCrash } from './crash';
import type { Exported, ExportOrder, FromTrainer, Imported, ImportOrder } from './messages';
import { type TrainerLaunch, TrainerProcess } from './trainerProcess';

/** @throws Error with a message for the user; an AbortError, with the process gone, when the signal fires. */
export function importAdapter(
	launch: TrainerLaunch,
	order: ImportOrder,
	signal: AbortSignal,
): Promise<Imported> {
	return convert(
		launch,
		order,
		(answer) => (answer.type === 'imported' ? answer : undefined),
		`importing ${order.from}`,
		signal,
	);
}

/** @throws as `importAdapter`. */
export function exportAdapter(
	launch: TrainerLaunch,
	order: ExportOrder,
	signal: AbortSignal,
): Promise<Exported> {
	return convert(
		launch,
		order,
		(answer) => (answer.type === 'exported' ? answer : undefined),
		`exporting ${order.adapterPath}`,
		signal,
	);
}

async function convert<Answer>(
	launch: TrainerLaunch,
	order: ImportOrder | ExportOrder,
	answerOf: (message: FromTrainer) => Answer | undefined,
	doing: string,
	signal: AbortSignal,
): Promise<Answer> {
	throwIfAborted(signal);
	let answer: Answer | undefined;
	let failure: string | undefined;
	const trainer = new TrainerProcess({
		...launch,
		onMessage: (message) => {
			answer ??= answerOf(message);
			if (message.type === 'failed') {
				failure ??= message.message;
			}
		},
		onSilent: (isSilent) => {
			if (isSilent) {
				launch.log.warn(`The trainer has said nothing for a while, ${doing}`);
			}
		},
	});
	const kill = () => trainer.kill();
	signal.addEventListener('abort', kill, { once: true });
	trainer.send(order);
	const end = await trainer.ended;
	signal.removeEventListener('abort', kill);
	if (answer !== undefined) {
		return answer;
	}
	throw signal.aborted
		? abortError()
		: new Error(failure ?? describeCrash(end, doing, 'Nothing was written; try again.'));
}
