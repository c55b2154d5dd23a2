/** Tests of the process's own life: it ends by itself, answers in order, and drops what it does not understand. */

import * as assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import * as os from 'node:os';
import * as path from 'node:path';
import type { CheckReply } from '../../../../src/chat/check/checking';
import { serveChecks } from '../../../../src/chat/check/serve';
import { root } from '../../../support/root';

class FakeChannel extends EventEmitter {
	readonly sent: CheckReply[] = [];
	readonly ends: number[] = [];
	send(reply: CheckReply): boolean {
		this.sent.push(reply);
		this.emit('sent');
		return true;
	}
	exit(code: number): void {
		this.ends.push(code);
		this.emit('ended');
	}
}

const request = (id: number) => ({ id, compilers: [], file: '/a.ts', before: '', after: '', open: [] });

describe('chat/check/serve', () => {
	it('ends when nobody asks anything', async () => {
		const channel = new FakeChannel();
		serveChecks(channel, 1);
		await once(channel, 'ended');
		assert.deepEqual([channel.ends, channel.sent], [[0], []]);
	});

	it('ends some time after the last answer, not while it works', async function () {
		this.timeout(60_000);
		const channel = new FakeChannel();
		serveChecks(channel, 20);
		const compilers = [
			{ kind: 'native', folder: path.join(root, 'node_modules/typescript'), version: '7' },
		] as const;
		channel.emit('message', { ...request(1), compilers, file: path.join(os.tmpdir(), 'none.ts') });
		await once(channel, 'ended');
		assert.deepEqual(
			channel.sent.map(({ id, type }) => [id, type]),
			[[1, 'checked']],
		);
	});

	it('ends with the editor', () => {
		const channel = new FakeChannel();
		serveChecks(channel, 60_000);
		channel.emit('disconnect');
		assert.deepEqual(channel.ends, [0]);
	});

	it('answers one after the other, and drops what is no request', async () => {
		const channel = new FakeChannel();
		serveChecks(channel, 1_000);
		for (const message of [request(1), 'rubbish', { ...request(2), file: 7 }, request(3)]) {
			channel.emit('message', message);
		}
		while (channel.sent.length < 2) {
			await once(channel, 'sent');
		}
		assert.deepEqual(channel.sent, [
			{ id: 1, type: 'failed', reason: 'There is no compiler' },
			{ id: 3, type: 'failed', reason: 'There is no compiler' },
		]);
		channel.emit('disconnect');
	});
});
