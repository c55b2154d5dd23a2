/** The conversations that judge an adapter of chat, one a line of JSON in the run's folder. */

import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import * as readline from 'node:readline';
import { throwIfAborted } from '../../inference/cancel';
import type { Adapter, ChatMessage, ChatScores, ChatToEncode, Generator } from '../../inference/model';
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

export const TEST_CHATS = JUDGED.chatTest;
export const VALIDATION_CHATS = JUDGED.chatValidation;

/** Conversations of one request: its characters stay far below a message. */
const BATCH = 64;

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
	name: string = TEST_CHATS,
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

/** Loss of each conversation that fits: nats of all its answers' tokens, and how many those are. */
export interface ChatLoss {
	readonly file: string;
	readonly kind: PairKind;
	readonly nats: number;
	readonly tokens: number;
}

/**
 * Scores them with the adapters and no others; those that are too long for `maxTokens` are left out, alike for every
 * choice of adapters, so that two calls can be paired.
 * @throws DatasetError with the model's reason; what the model throws; an AbortError.
 */
export async function chatLosses(
	model: Pick<Generator, 'scoreChats'>,
	chats: readonly JudgedChat[],
	adapters: readonly Adapter[],
	maxTokens: number,
	onProgress: (done: number, all: number) => void,
	signal: AbortSignal,
): Promise<readonly ChatLoss[]> {
	const losses: ChatLoss[] = [];
	for (let start = 0; start < chats.length; start += BATCH) {
		throwIfAborted(signal);
		const batch = chats.slice(start, start + BATCH);
		const request = { chats: batch.map(({ messages }) => ({ messages })), maxTokens, adapters };
		const scored: ChatScores | Awaited<ReturnType<Generator['scoreChats']>> = await model.scoreChats(
			request,
			signal,
		);
		if (scored.type === 'unsupported') {
			throw new DatasetError(scored.reason);
		}
		for (const [index, { file, kind }] of batch.entries()) {
			const logs = scored.chats[index] ?? [];
			if (logs.length > 0) {
				losses.push({ file, kind, nats: -logs.reduce((sum, log) => sum + log, 0), tokens: logs.length });
			}
		}
		onProgress(Math.min(chats.length, start + BATCH), chats.length);
	}
	return losses;
}
