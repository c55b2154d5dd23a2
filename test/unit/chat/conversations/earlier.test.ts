/** Tests of what earlier versions left: taken over once, and nothing of it lost. */

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { takeOver } from '../../../../src/chat/conversations/earlier';
import { DiskFolder } from '../../../../src/chat/conversations/folder';
import { Library } from '../../../../src/chat/conversations/library';
import { silentLog } from '../../../support/silentLog';

const turns = [
	{
		id: 'u',
		role: 'user',
		text: 'hi 😀',
		state: 'done',
		remedies: [],
		question: { task: 'question', text: 'hi 😀' },
	},
	{ id: 'm', role: 'assistant', text: 'there', state: 'stopped', note: 'n', remedies: ['restart'] },
];

describe('chat/conversations/earlier', () => {
	let root: string;
	let file: string;
	beforeEach(() => {
		root = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-chat-'));
		file = path.join(root, 'chat.json');
	});
	afterEach(() => fs.rmSync(root, { recursive: true, force: true }));
	const folder = () => new DiskFolder(path.join(root, 'chat'));
	const latest = () => new Library(folder(), silentLog).latest();
	const take = () => takeOver(file, folder(), silentLog);

	it('makes a conversation of it, once', async () => {
		fs.writeFileSync(file, JSON.stringify({ version: 1, turns }));
		assert.equal(await take(), undefined);
		assert.equal(await take(), undefined);
		const found = await latest();
		assert.deepEqual(
			found?.tree.path().map(({ id, text, state, note, parent }) => [id, text, state, note, parent]),
			[
				['u', 'hi 😀', 'done', undefined, undefined],
				['m', 'there', 'stopped', 'n', 'u'],
			],
		);
		assert.equal((await folder().list()).length, 1);
		assert.ok(!fs.existsSync(file));
	});

	it('is done once by two windows at the same time, and after a crash in its middle', async () => {
		const text = JSON.stringify({ version: 1, turns });
		fs.writeFileSync(file, text);
		await Promise.all([take(), take(), take()]);
		const kept = (await folder().list())[0]?.bytes;
		// The crash: the conversation is there, the file too.
		fs.writeFileSync(file, text);
		await take();
		assert.equal((await folder().list())[0]?.bytes, kept);
		assert.equal((await folder().list()).length, 1);
		assert.equal((await latest())?.tree.size, 2);
		assert.deepEqual(fs.readdirSync(root), ['chat']);
	});

	it('does nothing where there is nothing', async () => {
		assert.equal(await take(), undefined);
		fs.writeFileSync(file, '{"version":1,"turns":[]}');
		assert.equal(await take(), undefined);
		assert.deepEqual(fs.readdirSync(root), []);
	});

	for (const [name, text] of [
		['half a file', '{"version":1,"turns":[{"id":"a"'],
		['another version', '{"version":99,"turns":[]}'],
		['a turn with a wrong field', '{"version":1,"turns":[{"id":"a","role":"system","text":"x"}]}'],
		['binary', '\u0000\u0001\uffff'],
		['nothing', ''],
	] as const) {
		it(`puts ${name} aside and says where`, async () => {
			fs.writeFileSync(file, text);
			const aside = await take();
			assert.ok(aside);
			assert.equal(fs.readFileSync(aside, 'utf8'), text);
			assert.equal(await latest(), undefined);
		});
	}
});
