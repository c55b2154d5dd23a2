/** The conversations that judge an adapter of chat, one a line of JSON in the run's folder. */

import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import * as readline from 'node:readline';
import type { ChatMessage, ChatToEncode } from '../../inference/model';
import { parseJson } from '../../inference/record';
import { chatMessage, list, literal, object, shortString } from '../../inference/wire/shapes';
import { DatasetError } from '../dataset/datasetError';
import { JUDGED } from '../job/runFolder';
import { PAIR_KINDS, type PairKind } from './pair';

/** A conversation that nothing of the training has shown. */
export interface JudgedChat extends ChatToEncode {
	/** `repository/path`: those of one file are one cluster of the bootstrap. */
	readonly file: string;
	readonly kind: PairKind;
	readonly messages: readonly ChatMessage[];
}

const isJudgedChat = object<JudgedChat>({
	file: shortString,
	kind: literal(...PAIR_KINDS),
	messages: list(chatMessage),
});

/**
 * Only this user can read it: it is somebody's code.
 * @throws the error of the disk; an earlier file is then intact.
 */
export async function writeJudgedChats(
	folder: string,
	name: string,
	chats: readonly JudgedChat[],
): Promise<void> {
	const file = path.join(folder, name);
	const temporary = `${file}.${randomUUID()}.tmp`;
	try {
		await fs.writeFile(temporary, chats.map((chat) => `${JSON.stringify(chat)}\n`).join(''), { mode: 0o600 });
		await fs.rename(temporary, file);
	} finally {
		await fs.rm(temporary, { force: true });
	}
}

/**
 * The conversations of a run, in their order; none where the run is of no chat.
 * @param folder absolute path of the run's folder.
 * @throws DatasetError naming the file and the line that cannot be read.
 */
export async function* readJudgedChats(
	folder: string,
	name: string = JUDGED.chatTest,
): AsyncGenerator<JudgedChat, void> {
	const file = path.join(folder, name);
	const isThere = await fs.stat(file).then(
		(status) => status.isFile(),
		() => false,
	);
	if (!isThere) {
		return;
	}
	const lines = readline.createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
	let number = 0;
	for await (const line of lines) {
		number++;
		const chat = parseJson(line);
		if (!isJudgedChat(chat)) {
			throw new DatasetError(
				`${file} cannot be used: line ${number} is no conversation. Prepare the data again.`,
			);
		}
		yield chat;
	}
}
