/** Trains on the CPU what a GPU that nobody chose by name has too little memory for. */

import { OutOfMemory } from '../ggml/device';
import type { FromTrainer } from '../job/messages';
import { RunFailure } from './runFailure';

/** A device, as far as it is spoken of. */
export interface Place {
	readonly description: string;
}

/**
 * @param standIn where to train when `place` has too little memory; undefined = nowhere.
 * @param train gets where, and whether that is the stand-in: there may be checkpoints of `place` then.
 * @throws RunFailure `memory` when neither has enough; what else keeps it from working.
 */
export async function trainWhereItFits<P extends Place, T>(
	place: P,
	standIn: P | undefined,
	train: (where: P, isStandIn: boolean) => Promise<T>,
	say: (message: FromTrainer) => void,
): Promise<T> {
	try {
		return await train(place, false);
	} catch (error) {
		if (standIn === undefined || !isShortage(error)) {
			throw error;
		}
		const text = `${place.description} has too little memory for this run: it trains on ${standIn.description} instead, which takes longer. ${firstSentence(error.message)}`;
		say({ type: 'log', level: 'note', text });
	}
	try {
		return await train(standIn, true);
	} catch (error) {
		throw isShortage(error)
			? new RunFailure(
					'memory',
					`Neither ${place.description} nor ${standIn.description} has memory enough. ${error.message}`,
				)
			: error;
	}
}

function isShortage(error: unknown): error is Error {
	return error instanceof OutOfMemory || (error instanceof RunFailure && error.code === 'memory');
}

/** Without the remedies behind it: they were for those who have no stand-in. */
function firstSentence(text: string): string {
	return /^.*?\.(?=\s|$)/s.exec(text)?.[0] ?? text;
}
