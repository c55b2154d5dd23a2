/** Fault 31, the chat's part: the extension host is killed while an answer is written. What was said is there, but for a second. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { diskSession } from '../support/diskSession';
import { FakeModel } from '../support/fakeModel';
import { root } from '../support/root';

const child = path.join(root, 'out/test/support/chattingChild.entry.mjs');

/** Chats until so many words are written, and is killed. Resolves with when each was written, in the child's milliseconds. */
async function chatUntilKilled(folder: string, words: number): Promise<readonly number[]> {
	const running = spawn(process.execPath, [child, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
	const times: number[] = [];
	for await (const line of createInterface({ input: running.stdout })) {
		times.push(Number(line.split(' ')[1]));
		if (times.length === words) {
			running.kill('SIGKILL');
		}
	}
	return times;
}

describe('fault 31: extension host killed while it chats', function () {
	this.timeout(60_000);
	let folder: string;
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	function open() {
		const model = new FakeModel();
		const session = diskSession(folder, model);
		return { model, session };
	}

	for (const words of [1, 230, 370]) {
		it(`loses of a question and ${words} words at most what came in the last second`, async () => {
			const times = await chatUntilKilled(folder, words);
			const { model, session } = open();
			await session.load();
			if (words === 1 && session.turns.length === 0) {
				// The question itself was asked in that second: it may have been on its way to the disk.
				return;
			}
			const [asked, answer] = session.turns;
			assert.equal(asked?.text, 'Count.');
			assert.equal(answer?.state, 'interrupted');
			const said = times.map((_, index) => `${index} `).join('');
			const saved = answer.text;
			assert.ok(said.startsWith(saved) || saved.startsWith(said), saved);
			const old = times.filter((time) => time < (times.at(-1) ?? 0) - 1_000).length;
			assert.ok(saved.split(' ').length - 1 >= old, `${saved.length} characters, ${old} words are old`);
			model.onChat = () => 'Whole.';
			const again = session.regenerate();
			assert.ok(again.type === 'answering');
			await again.finished;
			await session.dispose();
			const third = open().session;
			await third.load();
			assert.deepEqual(
				third.turns.map(({ text, branch }) => [text, branch]),
				[
					['Count.', undefined],
					['Whole.', { at: 2, of: 2 }],
				],
			);
			third.showVersion(third.turns[1]?.id ?? '', -1);
			assert.equal(third.turns[1]?.text, saved);
		});
	}
});
