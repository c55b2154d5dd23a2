/** Fault 31, the chat's part: two windows, each a process of its own, write, name and delete the same conversations at the same time. */
import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { DiskFolder } from '../../src/chat/conversations/folder';
import { readRecords } from '../../src/chat/conversations/records';
import { ConversationTree } from '../../src/chat/conversations/tree';
import { root } from '../support/root';

const entry = path.join(root, 'out/test/support/chatWindow.entry.mjs');

class Window {
	private readonly process: ChildProcessByStdio<Writable, Readable, null>;
	private readonly lines: AsyncIterator<string>;

	constructor(folder: string, name: string) {
		this.process = spawn(process.execPath, [entry, folder, name], { stdio: ['pipe', 'pipe', 'inherit'] });
		this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
	}

	/** Resolves with what it said when it was done. */
	async does(line: string): Promise<unknown> {
		this.process.stdin.write(`${line}\n`);
		const said = await this.lines.next();
		assert.equal(said.done ?? false, false, `the window died of "${line}"`);
		const { done }: { readonly done?: unknown } = JSON.parse(said.value);
		return done;
	}

	end(): void {
		this.process.kill();
	}
}

describe('fault 31: two windows on one workspace', function () {
	this.timeout(120_000);
	let folder: string;
	let windows: readonly [Window, Window];
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
		windows = [new Window(folder, 'one'), new Window(folder, 'two')];
	});
	afterEach(() => {
		for (const window of windows) {
			window.end();
		}
		fs.rmSync(folder, { recursive: true, force: true });
	});

	/** The only conversation that is there. */
	async function begin(): Promise<string> {
		await windows[0].does('ask begin 1');
		const [first] = await new DiskFolder(folder).list();
		assert.ok(first !== undefined);
		return first.id;
	}

	/** As a third window would read it; undefined where it is gone. */
	async function read(id: string): Promise<ConversationTree | undefined> {
		const text = await new DiskFolder(folder).read(id);
		if (text === undefined) {
			return undefined;
		}
		const { records, brokenLines } = readRecords(text);
		assert.equal(brokenLines, 0, id);
		return ConversationTree.of(records);
	}

	function assertSaid(tree: ConversationTree | undefined, text: string): void {
		const turns = tree?.all() ?? [];
		const asked = turns.find((turn) => turn.text === text);
		assert.ok(asked !== undefined, text);
		const answer = turns.find(({ parent }) => parent === asked.id);
		assert.deepEqual([answer?.text, answer?.state], [`Answer to ${text}.`, 'done']);
	}

	it('loses nothing that either says, in the conversation of both and in their own', async () => {
		const shared = await begin();
		const rounds = 12;
		const kept = await Promise.all(windows.map((window) => window.does(`work ${shared} ${rounds}`)));
		await Promise.all(windows.map((window) => window.does('end')));
		const tree = await read(shared);
		for (const [index, name] of ['one', 'two'].entries()) {
			for (let round = 0; round < rounds; round++) {
				assertSaid(tree, `${name} shared ${round}`);
			}
			const own = kept[index];
			assert.ok(Array.isArray(own) && own.length === rounds / 2);
			for (const [at, id] of own.entries()) {
				const mine = await read(String(id));
				assertSaid(mine, `${name} own ${2 * at}`);
				assert.equal(mine?.title, `Own of ${name} ${2 * at}`);
			}
		}
		assert.match(tree?.title ?? '', new RegExp(`^(?:one|two) ${rounds - 1}$`));
		assert.equal((await new DiskFolder(folder).list()).length, 1 + rounds, 'what was deleted is gone');
	});

	it('keeps all that one says in a conversation that the other deletes again and again', async () => {
		const doomed = await begin();
		await Promise.all([windows[0].does('ask early 40'), windows[1].does(`delete ${doomed} 200`)]);
		await windows[0].does('ask late 1');
		await Promise.all(windows.map((window) => window.does('end')));
		const tree = await read(doomed);
		for (const text of ['begin 0', ...Array.from({ length: 40 }, (_, index) => `early ${index}`), 'late 0']) {
			assertSaid(tree, `one ${text}`);
		}
	});

	it('leaves deleted what both have, however they delete it', async () => {
		const doomed = await begin();
		assert.equal(await windows[1].does(`open ${doomed}`), true);
		await Promise.all(windows.map((window) => window.does(`delete ${doomed} 20`)));
		await Promise.all(windows.map((window) => window.does('end')));
		assert.equal(await read(doomed), undefined);
		assert.deepEqual(fs.readdirSync(folder), []);
	});
});
