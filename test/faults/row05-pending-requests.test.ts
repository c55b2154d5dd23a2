/** Fault 5: requests are pending when the host dies. Every one of them settles. */
import assert from 'node:assert/strict';
import * as path from 'node:path';
import { HostLife } from '../../src/inference/client/hostLife';
import { DEFAULT_LIMITS } from '../../src/inference/client/hostLimits';
import { openRuntimeFolder } from '../../src/inference/client/runtimeFolder';
import { tokens } from '../../src/inference/wire/shapes';
import {
	collect,
	endOf,
	fake,
	fakeHostFile,
	fillOf,
	never,
	pidOf,
	type TestClient,
	testClient,
	untilState,
} from '../support/fakeHost';
import { silentLog } from '../support/silentLog';

describe('fault 5: pending requests when the host dies', () => {
	let test: TestClient;
	afterEach(() => test.dispose());

	it('rejects all of them when the connection ends', async () => {
		test = testClient();
		const folder = openRuntimeFolder([path.join(test.folder, 'other')], silentLog);
		const life = await HostLife.start(
			{
				hostFile: fakeHostFile,
				nodePath: undefined,
				version: 'test',
				folder,
				group: '',
				log: silentLog,
				limits: DEFAULT_LIMITS,
			},
			() => undefined,
			never,
		);
		assert.equal((await life.link.load(fake('ok'), () => undefined, never)).type, 'loaded');
		const ends = Promise.all([
			collect(life.link.stream('fill', fillOf('say 100000 slow 5'), never)).then((answer) => answer.end),
			collect(life.link.stream('fill', fillOf('slow 100000 say 1'), never)).then((answer) => answer.end),
			life.link.request('tokenize', { text: 'slow 100000 say 1' }, tokens, never).catch(endOf),
		]);
		process.kill(life.pid, 'SIGKILL');
		assert.deepEqual(await ends, ['HostGone', 'HostGone', 'HostGone']);
		assert.match((await life.ended).cause, /SIGKILL/);
		assert.ok(life.link.work.wasBusy);
		const late = life.link.request('tokenize', { text: 'a' }, tokens, never);
		assert.equal(await late.catch(endOf), 'HostGone');
	});

	it('settles them with a problem when the next host dies, too', async () => {
		test = testClient();
		const { client } = test;
		await client.load(fake('ok'), never);
		const ends = [
			collect(client.fill(fillOf('say 100000 slow 5'), never)).then((answer) => answer.end),
			collect(client.fill(fillOf('slow 100000 say 1'), never)).then((answer) => answer.end),
			client.tokenize('slow 100000 say 1', never).then((answer) => answer.type, endOf),
		];
		for (let crash = 0; crash < 2; crash++) {
			process.kill(pidOf(client), 'SIGKILL');
			await untilState(client, 'starting');
			await untilState(client, 'ready');
			// An answer after those requests were sent: they have reached the new host.
			await client.embed('a', never);
		}
		assert.deepEqual(await Promise.all(ends), Array(3).fill('answer-interrupted'));
	});

	it('lets a signal, or the end of the client, settle those that wait for the next host', async () => {
		test = testClient({ limits: { restartDelays: [1 << 30] } });
		await test.client.load(fake('ok'), never);
		const controller = new AbortController();
		const ends = [
			collect(test.client.fill(fillOf('say 100000 slow 5'), controller.signal)),
			collect(test.client.fill(fillOf('say 100000 slow 5'), never)),
		];
		process.kill(pidOf(test.client), 'SIGKILL');
		await untilState(test.client, 'starting');
		controller.abort();
		assert.equal((await ends[0])?.end, 'AbortError');
		await test.client.dispose();
		assert.equal((await ends[1])?.end, 'AbortError');
	});
});
