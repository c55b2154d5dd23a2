/**
 * `node scripts/starter.mjs chat [--most N] [--seed N]`: makes the conversations of the chat stage from the corpus, in a few
 * minutes; the same corpus and the same words give the same files, `chat/train.jsonl` and `chat/validation.jsonl`.
 */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { isAbort } from '../../src/inference/cancel';
import { writeWhole } from '../../src/inference/wholeFile';
import { type Conversation, conversationLine, KINDS } from './chat/conversation';
import { makeConversations } from './chat/make';
import { recipeFolders } from './folder';

/** Conversations of validation, as a share of those to learn. */
const VALIDATION = 0.05;

const stop = new AbortController();
for (const event of ['SIGINT', 'SIGTERM'] as const) {
	process.once(event, () => stop.abort());
}
try {
	const { values } = parseArgs({
		options: { most: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
	});
	const [most, seed] = [Number(values.most), Number(values.seed)];
	if (!Number.isSafeInteger(most) || most < 1 || !Number.isSafeInteger(seed)) {
		throw new Error(
			`--most ${values.most} --seed ${values.seed}: these must be whole numbers, --most from 1 on.`,
		);
	}
	const { corpus, chat } = recipeFolders();
	await fs.mkdir(chat, { recursive: true });
	for (const set of ['train', 'validation'] as const) {
		const wanted = set === 'train' ? most : Math.ceil(most * VALIDATION);
		const made = await makeConversations(
			{ corpus: path.join(corpus, `${set}.jsonl`), set, most: wanted, seed },
			stop.signal,
		);
		const file = path.join(chat, `${set}.jsonl`);
		await writeWhole(file, made.map(conversationLine).join(''));
		console.log(`${file}: ${made.length} conversations: ${countsOf(made)}`);
	}
} catch (error) {
	console.error(isAbort(error) ? 'interrupted; nothing was written' : error);
	process.exitCode = 1;
}

function countsOf(made: readonly Conversation[]): string {
	return KINDS.map((kind) => `${kind} ${made.filter((one) => one.kind === kind).length}`).join(', ');
}
