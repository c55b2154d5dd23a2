/** Processes that are there, gone, or only seem to be there. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { isAlive, markOf } from '../../../src/inference/processMark';

describe('inference/processMark', () => {
	it('knows this process, and no other with its id', async function () {
		const mark = await markOf(process.pid);
		assert.ok(await isAlive(mark));
		if (process.platform === 'win32') {
			this.skip();
		}
		assert.equal(await isAlive({ ...mark, start: `${mark.start}0` }), false);
	});

	it('takes a process that nobody has buried for gone', async function () {
		if (process.platform !== 'linux') {
			this.skip();
		}
		// The shell becomes a program that never asks for its child.
		const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], {
			stdio: ['ignore', 'pipe', 'ignore'],
		});
		try {
			const [line] = await once(parent.stdout, 'data');
			const mark = await markOf(Number(line));
			// As long as it is a shell, it buries its children.
			while (!fs.readFileSync(`/proc/${parent.pid}/comm`, 'utf8').startsWith('sleep')) {
				await new Promise((resolve) => setTimeout(resolve, 5));
			}
			assert.ok(await isAlive(mark));
			process.kill(mark.pid, 'SIGKILL');
			while (await isAlive(mark)) {
				await new Promise((resolve) => setTimeout(resolve, 5));
			}
			assert.doesNotThrow(() => process.kill(mark.pid, 0), 'its id is still taken');
		} finally {
			parent.kill('SIGKILL');
			await once(parent, 'exit');
		}
	});
});
