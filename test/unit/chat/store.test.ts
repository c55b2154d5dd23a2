/** Tests of the conversation on disk: kept, replaced whole, and never trusted. */

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { FileChatStore } from '../../../src/chat/store';
import { newTurn, type StoredTurn } from '../../../src/chat/turns';
import { silentLog } from '../../support/silentLog';

describe('chat/store', () => {
	let folder: string;
	let file: string;
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-chat-'));
		file = path.join(folder, 'inner', 'chat.json');
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	const turns: readonly StoredTurn[] = [
		{
			...newTurn('user'),
			text: 'hi 😀\u202e',
			state: 'done',
			question: { task: 'question', text: 'hi 😀\u202e' },
		},
		{ ...newTurn('assistant'), text: 'there', state: 'stopped', note: 'n', remedies: ['restart'] },
	];

	it('gives back what was saved', async () => {
		await new FileChatStore(file, silentLog).save(turns, true);
		const loaded = await new FileChatStore(file, silentLog).load();
		assert.deepEqual(loaded, { turns, setAside: undefined });
	});

	it('starts empty where there is nothing', async () => {
		const loaded = await new FileChatStore(file, silentLog).load();
		assert.deepEqual(loaded, { turns: [], setAside: undefined });
		assert.ok(!fs.existsSync(path.dirname(file)));
	});

	it('keeps the last of many saves and no temporary file', async () => {
		const store = new FileChatStore(file, silentLog);
		await Promise.all([store.save([], false), store.save(turns.slice(0, 1), false), store.save(turns, true)]);
		assert.deepEqual((await store.load()).turns, turns);
		assert.deepEqual(fs.readdirSync(path.dirname(file)), ['chat.json']);
	});

	for (const [name, text] of [
		['half a file', '{"version":1,"turns":[{"id":"a"'],
		['another version', '{"version":99,"turns":[]}'],
		['a turn with a wrong field', '{"version":1,"turns":[{"id":"a","role":"system","text":"x"}]}'],
		['a question of an unknown task', JSON.stringify({ version: 1, turns: [{ ...turns[0], question: {} }] })],
		['binary', '\u0000\u0001\uffff'],
		['nothing', ''],
	] as const) {
		it(`puts ${name} aside and starts fresh`, async () => {
			fs.mkdirSync(path.dirname(file), { recursive: true });
			fs.writeFileSync(file, text);
			const store = new FileChatStore(file, silentLog);
			const { turns: loaded, setAside } = await store.load();
			assert.deepEqual(loaded, []);
			assert.ok(setAside);
			assert.equal(fs.readFileSync(setAside, 'utf8'), text);
			await store.save(turns, false);
			assert.equal((await store.load()).turns.length, 2);
		});
	}

	it('fails without touching the earlier file', async () => {
		const store = new FileChatStore(file, silentLog);
		await store.save(turns, true);
		// A folder where the temporary file should go makes the write fail as a full disk would.
		fs.mkdirSync(`${file}.${process.pid}.tmp`);
		fs.writeFileSync(path.join(`${file}.${process.pid}.tmp`, 'x'), '');
		await assert.rejects(store.save([], true));
		assert.deepEqual((await store.load()).turns, turns);
	});
});
