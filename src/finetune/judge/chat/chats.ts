/** The conversations that a run put aside for its judge, as they lie in its folder. */

import { type JudgedChat, readJudgedChats } from '../../instruct/testChats';
import { JUDGED } from '../../job/runFolder';

export interface Chats {
	/** Decides the strength. */
	readonly validation: readonly JudgedChat[];
	/** Decides everything else; seen once. */
	readonly test: readonly JudgedChat[];
	/** What was learned, to see whether it comes out by heart. */
	readonly train: readonly JudgedChat[];
}

/**
 * Undefined where the folder has no test: there is nothing to judge on.
 *
 * @throws DatasetError naming the file and the line that cannot be read.
 */
export async function readChats(folder: string): Promise<Chats | undefined> {
	const test = await readAll(folder, JUDGED.chatTest);
	return test.length === 0
		? undefined
		: {
				test,
				validation: await readAll(folder, JUDGED.chatValidation),
				train: await readAll(folder, JUDGED.chatTrain),
			};
}

async function readAll(folder: string, name: string): Promise<readonly JudgedChat[]> {
	const chats: JudgedChat[] = [];
	for await (const chat of readJudgedChats(folder, name)) {
		chats.push(chat);
	}
	return chats;
}
