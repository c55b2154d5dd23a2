/** Fault 4: the machine sleeps: both processes stop for longer than a hang may last. Nothing is killed. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fakeHostFile, said } from '../support/fakeHost';

/** Milliseconds of sleep; the client takes one second of awake silence for a hang. */
const SLEEP = 3_000;

/** Who wakes up first; between the two lies less than the hang. */
const orders = ['client', 'host'] as const;

describe('fault 4: sleep and wake', function () {
	this.timeout(20_000);
	for (const first of orders) {
		it(`goes on with the same host and loses no text when the ${first} wakes up first`, async () => {
			const child = spawn(process.execPath, [path.join(path.dirname(fakeHostFile), 'fakeClient.entry.mjs')], {
				stdio: ['ignore', 'pipe', 'inherit'],
			});
			let host = 0;
			let hasSlept = false;
			let report = '';
			for await (const line of createInterface({ input: child.stdout })) {
				host ||= Number(/^host (\d+)/.exec(line)?.[1] ?? 0);
				report = line;
				if (line.includes('t5 ') && !hasSlept) {
					hasSlept = true;
					const client = child.pid ?? 0;
					process.kill(client, 'SIGSTOP');
					process.kill(host, 'SIGSTOP');
					await wait(SLEEP);
					process.kill(first === 'client' ? client : host, 'SIGCONT');
					await wait(200);
					process.kill(first === 'client' ? host : client, 'SIGCONT');
				}
			}
			assert.ok(hasSlept);
			assert.deepEqual(JSON.parse(report), {
				text: said(100),
				end: 'end-of-text',
				isSameHost: true,
				state: 'ready',
				lines: JSON.parse(report).lines,
			});
			assert.doesNotMatch(report, /hung/);
		});
	}
});
