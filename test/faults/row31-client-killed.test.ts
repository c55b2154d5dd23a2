/** Fault 31, the host's part: the extension host is killed. Its model host notices, ends, and cleans up. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fakeHostFile, isAlive } from '../support/fakeHost';

describe('fault 31: extension host killed', function () {
	this.timeout(30_000);
	let folder: string;
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	it('leaves neither the host nor its socket and token behind', async () => {
		const child = spawn(process.execPath, [path.join(path.dirname(fakeHostFile), 'fakeClient.entry.mjs')], {
			stdio: ['ignore', 'pipe', 'inherit'],
			env: { ...process.env, TMPDIR: folder },
		});
		let host = 0;
		for await (const line of createInterface({ input: child.stdout })) {
			host ||= Number(/^host (\d+)/.exec(line)?.[1] ?? 0);
			if (line.includes('t5 ')) {
				child.kill('SIGKILL');
			}
		}
		assert.notEqual(host, 0);
		const files = () => fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
		assert.ok(isAlive(host), 'it waits for a window that reloads');
		assert.ok(files().some((file) => file.endsWith('.sock')));
		// Its exit cannot be waited for: it is nobody's child any more.
		while (isAlive(host)) {
			await wait(50);
		}
		assert.deepEqual(
			files().filter((file) => /\.(sock|token)$/.test(file)),
			[],
		);
	});
});
