/** Fault 19, the rest: two versions, a new host for everybody, a host that hangs alone, and whose crash counts for whom. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { endpointIn, endpointNamed } from '../../src/inference/client/endpoint';
import { serve } from '../../src/inference/host/serve';
import { PROTOCOL_VERSION } from '../../src/inference/wire/protocol';
import { FakeEngine } from '../support/fakeEngine';
import {
	collect,
	failure,
	fake,
	fillOf,
	findBuilt,
	isAlive,
	never,
	pidOf,
	said,
	type TestClient,
	testClient,
	untilState,
} from '../support/fakeHost';
import { call, frame, rawClient } from '../support/rawClient';
import { hostsIn, until, WindowProcess } from '../support/windowProcess';

describe('fault 19: versions and crashes of a shared host', function () {
	this.timeout(30_000);
	let folder: string;
	let tests: TestClient[];
	beforeEach(() => {
		folder = path.join(fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'))), 'host');
		tests = [];
	});
	afterEach(async () => {
		await Promise.all(tests.map((test) => test.dispose()));
		fs.rmSync(path.dirname(folder), { recursive: true, force: true });
	});

	/** A window of this process. */
	function open(options: Parameters<typeof testClient>[0] = {}): TestClient {
		const test = testClient({ runtimeFolders: [folder], ...options });
		tests.push(test);
		return test;
	}

	async function ready(options?: Parameters<typeof testClient>[0]): Promise<TestClient> {
		const test = open(options);
		await test.client.load(fake('ok'), never);
		assert.equal(test.client.state.type, 'ready');
		return test;
	}

	const fill = (test: TestClient, script: string) => collect(test.client.fill(fillOf(script), never));
	const olderHost = { hostFile: findBuilt('olderHost.entry.mjs'), version: '1.0.0' };

	/** Until every window knows of all others. */
	const acquainted = (...all: readonly TestClient[]) =>
		until(() => all.every(({ client }) => client.hostClients === all.length));

	it('uses the host of an older version that somebody else uses', async () => {
		const older = await ready(olderHost);
		const newer = await ready({ version: '1.0.1' });
		assert.equal(pidOf(newer.client), pidOf(older.client));
		assert.deepEqual(await fill(newer, 'say 2'), { text: said(2), end: 'end-of-text' });
	});

	it('never enters a host of another Node than the one it was told to use', async () => {
		const first = await ready();
		let node = '';
		const second = await ready({ nodePath: () => node });
		assert.equal(pidOf(second.client), pidOf(first.client));
		node = process.execPath;
		await second.client.load(fake('ok', { contextSize: 512 }), never);
		assert.notEqual(pidOf(second.client), pidOf(first.client));
	});

	it('replaces the host of an older version that nobody uses, and no other one', async () => {
		const older = await ready({ ...olderHost, limits: { grace: 60_000 } });
		const pid = pidOf(older.client);
		await older.client.dispose();
		const same = await ready({ ...olderHost, limits: { grace: 60_000 } });
		assert.equal(pidOf(same.client), pid);
		await same.client.dispose();
		const newer = await ready({ version: '1.1.0' });
		assert.notEqual(pidOf(newer.client), pid);
		await until(() => !isAlive(pid));
		assert.deepEqual(
			newer.lines.filter((line) => /crash|error/.test(line)),
			[],
		);
	});

	/** A host of an older protocol, in this process, with nothing of its own but what may never change. */
	async function olderProtocol(): Promise<{ readonly address: string; readonly done: Promise<void> }> {
		fs.mkdirSync(folder, { mode: 0o700 });
		const { socket, tokenFile } = endpointIn(folder, '', PROTOCOL_VERSION - 1);
		const token = 'e'.repeat(64);
		fs.writeFileSync(tokenFile, token, { mode: 0o600 });
		let done: Promise<void> = Promise.resolve();
		await new Promise<void>((resolve) => {
			done = serve(() => new FakeEngine(), {
				address: socket,
				token,
				hostVersion: '0.9.0',
				check: () => undefined,
				log: () => undefined,
				onListening: resolve,
				signal: never,
			});
		});
		return { address: socket, done };
	}

	it('asks a host of an older protocol to end that nobody uses', async () => {
		const { done, address } = await olderProtocol();
		await ready();
		await done;
		assert.ok(!fs.existsSync(address));
	});

	it('leaves a host of an older protocol alone that somebody uses', async () => {
		const { done, address } = await olderProtocol();
		const user = await rawClient(address);
		const greet = { protocol: PROTOCOL_VERSION, token: 'e'.repeat(64), clientVersion: '0.9.0' };
		user.write(call(1, 'greet', { ...greet, tickMilliseconds: 20 }));
		await user.expect(/"result":\{"protocol"/);
		const asking = await rawClient(address);
		// Written out: this is what later versions send for ever.
		asking.write(frame(`{"jsonrpc":"2.0","id":7,"method":"retire","params":{"token":"${'e'.repeat(64)}"}}`));
		await asking.expect(/"id":7,"result":\{"type":"busy"\}/);
		await ready();
		user.socket.destroy();
		// Until the host has noticed that its user is gone.
		for (let id = 8; !/"leaving"/.test(asking.received()); id++) {
			asking.write(call(id, 'retire', { token: 'e'.repeat(64) }));
			await asking.expect(new RegExp(`"id":${id},"result"`));
		}
		await done;
	});

	it('removes what hosts of older protocols have left, and nothing else', async () => {
		fs.mkdirSync(folder, { mode: 0o700 });
		const old = endpointNamed(folder, 'host-v4-0123456789abcdef');
		const long = Date.now() / 1_000 - 120;
		for (const file of [old.socket, old.tokenFile, path.join(folder, 'somebody-elses.token')]) {
			fs.writeFileSync(file, '');
			fs.utimesSync(file, long, long);
		}
		const young = endpointNamed(folder, 'host-v4-fedcba9876543210');
		fs.writeFileSync(young.tokenFile, '');
		const later = endpointNamed(folder, `host-v${PROTOCOL_VERSION + 1}`);
		fs.writeFileSync(later.tokenFile, '');
		fs.utimesSync(later.tokenFile, long, long);
		await ready();
		await until(() => !fs.existsSync(old.socket) && !fs.existsSync(old.tokenFile));
		for (const file of [young.tokenFile, later.tokenFile, path.join(folder, 'somebody-elses.token')]) {
			assert.ok(fs.existsSync(file), file);
		}
	});

	it('gives everybody a new host when one window asks for it, and nobody counts a crash', async () => {
		const [one, other] = [await ready(), await ready()];
		const pid = pidOf(one.client);
		const answer = fill(other, 'say 40 slow 5');
		const left = untilState(other.client, 'starting');
		await one.client.restart();
		await left;
		await untilState(other.client, 'ready');
		assert.deepEqual(await answer, { text: said(40), end: 'end-of-text' });
		assert.ok(!isAlive(pid));
		assert.equal(pidOf(one.client), pidOf(other.client));
		assert.deepEqual([one.client.recentCrashes, other.client.recentCrashes], [0, 0]);
	});

	it('gives everybody a new host also when a window asks for it that is only starting', async () => {
		const there = await ready();
		const pid = pidOf(there.client);
		const starting = open();
		const load = starting.client.load(fake('ok'), never);
		const left = untilState(there.client, 'starting');
		await starting.client.restart();
		await Promise.all([load, left]);
		await untilState(there.client, 'ready');
		assert.ok(!isAlive(pid));
		assert.equal(pidOf(there.client), pidOf(starting.client));
		assert.deepEqual([there.client.recentCrashes, starting.client.recentCrashes], [0, 0]);
	});

	it('starts one new host when all windows ask for it at once', async () => {
		const all = [await ready(), await ready(), await ready()];
		const pid = pidOf(all[0]?.client ?? assert.fail());
		await Promise.all(all.map(({ client }) => client.restart()));
		const pids = new Set(all.map(({ client }) => pidOf(client)));
		assert.equal(pids.size, 1);
		assert.ok(!pids.has(pid));
		const answered = all.flatMap(({ lines }) => lines.filter((line) => /host (\d+) answered/.test(line)));
		assert.equal(new Set(answered.map((line) => /\d+/.exec(line)?.[0])).size, 2, 'two hosts in all');
	});

	it('ends the host of one window in good order when it is told to by the system', async () => {
		const [one, other] = [await ready(), await ready()];
		process.kill(pidOf(one.client), 'SIGTERM');
		await Promise.all([one, other].map(({ client }) => untilState(client, 'starting')));
		await Promise.all([one, other].map(({ client }) => untilState(client, 'ready')));
		assert.equal(pidOf(one.client), pidOf(other.client));
		assert.deepEqual([one.client.recentCrashes, other.client.recentCrashes], [0, 0]);
	});

	it('gives up in the window whose requests crash the host, and in no other', async () => {
		const [guilty, innocent] = [await ready(), await ready()];
		await acquainted(guilty, innocent);
		const fatal = async () => {
			const { end } = await fill(guilty, 'slow 100 say 2 abort');
			await untilState(innocent.client, 'ready');
			return end;
		};
		assert.equal(await fatal(), 'answer-interrupted');
		assert.equal(await fatal(), 'answer-interrupted');
		// The request hears of the end of the connection, the state of the end of the process.
		await untilState(guilty.client, 'failed');
		assert.equal(failure(guilty.client.state).code, 'host-crashed-repeatedly');
		assert.match(guilty.lines.join('\n'), /while fake:ok was generating/);
		assert.deepEqual(await fill(innocent, 'say 2'), { text: said(2), end: 'end-of-text' });
		assert.equal(innocent.client.recentCrashes, 4);
		assert.match(innocent.lines.join('\n'), /while it was at work for another window/);
		await guilty.client.restart();
		assert.deepEqual(await fill(guilty, 'say 2'), { text: said(2), end: 'end-of-text' });
	});

	it('puts a crash in loading down to the window whose load it was', async () => {
		const innocent = await ready();
		const guilty = await ready();
		await acquainted(guilty, innocent);
		// Adapters are loaded as models are; they may crash native code, too.
		const answer = fill(innocent, 'say 30 slow 20');
		await assert.rejects(guilty.client.useAdapters([{ path: 'fake:abort', scale: 1 }], never), {
			name: 'ModelUnavailable',
		});
		assert.deepEqual(
			await answer,
			{ text: said(30), end: 'end-of-text' },
			'however often it was interrupted',
		);
		assert.match(innocent.lines.join('\n'), /while it was at work for another window/);
		assert.doesNotMatch(innocent.lines.join('\n'), /while fake:ok was generating/);
		assert.doesNotMatch(guilty.lines.join('\n'), /another window/);
	});

	it('ends a host that hangs and that nobody is there to watch', async () => {
		fs.mkdirSync(folder, { mode: 0o700 });
		const before = new WindowProcess(folder);
		const pid = await before.load();
		const marker = path.join(path.dirname(folder), 'hangs');
		await before.tell(`begin say 1 hang once ${marker}`);
		await until(() => fs.existsSync(marker));
		await before.kill();
		assert.deepEqual(hostsIn(folder), [pid]);
		const after = await ready({ limits: { start: 3_000 } });
		assert.notEqual(pidOf(after.client), pid);
		await until(() => !isAlive(pid));
	});
});
