/** Offers, once for each interruption, to go on with a fine-tune that a closed window left behind. */

import type { Translate } from '../../inference/statusText';
import type { Memory } from '../adapters/choices';
import type { StoredRun } from '../job/runStore';

/** Key of the last interruption that was told, in the global state. */
const OFFERED = 'familiar.offeredRun';

/**
 * @param ask Shows the text and the buttons; resolves with the one that was pressed.
 * @returns what the user wants; undefined where nothing was asked or answered.
 */
export async function offerToResume(
	left: StoredRun,
	memory: Memory,
	ask: (text: string, ...buttons: string[]) => Thenable<string | undefined>,
	translate: Translate,
): Promise<'resume' | 'show' | undefined> {
	// A run that was resumed and interrupted again is offered again.
	const interruption = `${left.id}:${left.stored?.updated ?? 0}`;
	if (memory.get(OFFERED, '') === interruption) {
		return undefined;
	}
	await memory.update(OFFERED, interruption);
	const resume = translate('Resume');
	const show = translate('Show');
	const { name } = left.order;
	const text = left.hasCheckpoint
		? translate(
				'The fine-tune of {0} was interrupted when the editor was closed. It can go on from its last checkpoint.',
				name,
			)
		: translate(
				'The fine-tune of {0} was interrupted when the editor was closed. It can begin again with the same data.',
				name,
			);
	const chosen = await ask(text, resume, show);
	return chosen === resume ? 'resume' : chosen === show ? 'show' : undefined;
}
