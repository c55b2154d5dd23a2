/** Takes over the conversation that earlier versions kept: one file a workspace, with all turns as one JSON value. */

import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import type { Log } from '../../inference/model';
import { isRecord, parseJson } from '../../inference/record';
import { MAX_TURNS } from '../protocol';
import { isArrayOf } from '../shapes';
import { type StoredTurn, storedTurn } from '../turns';
import { type ConversationFolder, isMissing, MAX_BYTES } from './folder';
import { linesOf } from './records';
import { ConversationTree } from './tree';

const VERSION = 1;

function parse(text: string, time: number): readonly StoredTurn[] | undefined {
	const value = parseJson(text);
	if (!isRecord(value) || value['version'] !== VERSION || !isArrayOf(value['turns'], isRecord, MAX_TURNS)) {
		return undefined;
	}
	let parent: string | undefined;
	const turns = value['turns'].map((turn) => {
		const stored = storedTurn({ ...turn, parent, time });
		parent = stored?.id ?? parent;
		return stored;
	});
	const whole = turns.filter((turn) => turn !== undefined);
	return whole.length === turns.length ? whole : undefined;
}

/**
 * Makes a conversation of the file, which is then deleted. Resolves with where a file that cannot be read was put aside;
 * undefined normally. Two windows that do it at once do it once.
 */
export async function takeOver(
	file: string,
	folder: ConversationFolder,
	log: Log,
): Promise<string | undefined> {
	try {
		const stats = await fs.stat(file);
		const text = stats.size > MAX_BYTES ? '' : await fs.readFile(file, 'utf8');
		const turns = parse(text, Math.floor(stats.mtimeMs));
		if (turns === undefined) {
			return await putAside(file, log);
		}
		// The same in both windows, and after a crash between the two steps.
		const id = createHash('sha256').update(text).digest('hex').slice(0, 32);
		if (turns.length > 0 && (await folder.stat(id)) === undefined) {
			const tree = ConversationTree.of(turns.map((turn) => ({ type: 'turn', turn }) as const));
			await folder.create(id, linesOf(tree.records()), true);
		}
		await fs.rm(file, { force: true });
	} catch (error) {
		if (!isMissing(error)) {
			log.warn(`The conversation of an earlier version could not be taken over: ${String(error)}`);
		}
	}
	return undefined;
}

async function putAside(file: string, log: Log): Promise<string | undefined> {
	const aside = `${file}.unreadable-${Date.now()}`;
	try {
		await fs.rename(file, aside);
		log.warn(`The conversation was not readable; its file is kept as ${aside}`);
		return aside;
	} catch (error) {
		if (isMissing(error)) {
			return undefined;
		}
		log.error('An unreadable conversation could not be put aside', error);
		return file;
	}
}
