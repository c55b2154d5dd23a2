/** Has a trainer process do one thing with one answer: import or export an adapter. */

import { abortError, throwIfAborted } from '../../inference/cancel';
import type { Translate } from '../../inference/statusText';
import { describeCrash } from './crash';
import { english } from './english';
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
		(translate) => translate('importing {0}', order.from),
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
		(translate) => translate('exporting {0}', order.adapterPath),
		signal,
	);
}

async function convert<Answer>(
	launch: TrainerLaunch,
	order: ImportOrder | ExportOrder,
	answerOf: (message: FromTrainer) => Answer | undefined,
	doing: (translate: Translate) => string,
	signal: AbortSignal,
): Promise<Answer> {
	throwIfAborted(signal);
	const { translate = english } = launch;
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
				launch.log.warn(`The trainer has said nothing for a while, ${doing(english)}`);
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
	if (signal.aborted) {
		throw abortError();
	}
	const remedy = translate('Nothing was written; try again.');
	throw new Error(failure ?? describeCrash(end, doing(translate), remedy, translate));
}
