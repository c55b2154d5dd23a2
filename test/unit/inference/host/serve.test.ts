/** The host's service, in this process: clients that come and go, one load for all, and requests that are malformed. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { ANYBODY, type Caller } from '../../../../src/inference/engine/claim';
import type { Engine } from '../../../../src/inference/engine/engine';
import { serve } from '../../../../src/inference/host/serve';
import { PROTOCOL_VERSION } from '../../../../src/inference/wire/protocol';
import { FakeEngine } from '../../../support/fakeEngine';
import { fake, fillOf } from '../../../support/fakeHost';
import { call, greeting, notification, type RawClient, rawClient } from '../../../support/rawClient';

class CountingEngine extends FakeEngine {
	loads = 0;
	disposals = 0;
	readonly callers: Caller[] = [];
	override session(caller: Caller = ANYBODY) {
		this.callers.push(caller);
		return super.session();
	}
	override load(...call: Parameters<Engine['load']>) {
		this.loads++;
		return super.load(...call);
	}
	override async dispose() {
		this.disposals++;
	}
}

describe('serve', () => {
	const token = 'f'.repeat(64);
	let folder: string;
	let engine: CountingEngine;
	let ending: AbortController;
	let done: Promise<void>;
	let lines: string[];

	async function start(times: { graceTime?: number; firstClientTime?: number } = {}): Promise<string> {
		const address = path.join(folder, 'host.sock');
		done = serve(() => engine, {
			address,
			token,
			hostVersion: '1',
			check: (file) =>
				file.endsWith('bad')
					? { code: 'gguf-truncated', message: file, remedies: ['select-model'] }
					: undefined,
			log: (line) => lines.push(line),
			signal: ending.signal,
			...times,
		});
		while (!fs.existsSync(address)) {
			await new Promise((resolve) => setImmediate(resolve));
		}
		return address;
	}

	async function enter(address: string): Promise<RawClient> {
		const client = await rawClient(address);
		client.write(greeting(token));
		await client.expect(
			new RegExp(`"id":1,"result":\\{"protocol":${PROTOCOL_VERSION},"pid":\\d+,"hostVersion":"1"\\}`),
		);
		return client;
	}

	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
		engine = new CountingEngine();
		ending = new AbortController();
		lines = [];
	});
	afterEach(async () => {
		ending.abort();
		await done;
		fs.rmSync(folder, { recursive: true, force: true });
	});

	it('loads once for several clients, and tells all of them the progress', async () => {
		const address = await start();
		const [one, other] = [await enter(address), await enter(address)];
		one.write(call(2, 'load', { options: fake('ok') }));
		other.write(call(2, 'load', { options: fake('ok') }));
		await Promise.all([one, other].map((client) => client.expect(/"id":2,"result":\{"type":"loaded"/)));
		await Promise.all([one, other].map((client) => client.expect(/"progress","params":\{"fraction":1\}/)));
		assert.equal(engine.loads, 1);
	});

	it('serves each client the model that it chose last', async () => {
		const address = await start();
		const [one, other] = [await enter(address), await enter(address)];
		one.write(call(2, 'load', { options: fake('ok') }));
		other.write(call(2, 'load', { options: fake('other') }));
		await one.expect(/"id":2,"result":\{"type":"loaded","model":\{[^}]*fake:ok/);
		await other.expect(/"id":2,"result":\{"type":"loaded","model":\{[^}]*fake:other/);
		assert.equal(engine.loads, 2);
		assert.doesNotMatch(one.received(), /"model":\{[^}]*fake:other/);
		one.write(call(3, 'load', { options: fake('other') }));
		await one.expect(/"id":3,"result":\{"type":"loaded","model":\{[^}]*fake:other/);
		assert.equal(engine.loads, 2);
		one.write(call(4, 'load', { options: fake('refuse') }));
		await one.expect(/"id":4,"result":\{"type":"refused".*out-of-memory/);
		other.write(call(5, 'fill', { stream: 0, request: fillOf('say 1') }));
		await other.expect(/"id":5,"result":\{"type":"end"/);
	});

	it('tells the engine which client has the focus', async () => {
		const client = await enter(await start());
		client.write(call(2, 'load', { options: fake('ok') }));
		await client.expect(/"id":2,"result"/);
		const focus = () => engine.callers.map(({ isFocused }) => isFocused);
		client.write(call(3, 'fill', { stream: 0, request: fillOf('say 1') }));
		await client.expect(/"id":3,"result"/);
		assert.deepEqual(focus(), [false]);
		client.write(notification('focus', { isFocused: true }));
		client.write(notification('focus', { isFocused: 1 }));
		client.write(call(4, 'fill', { stream: 0, request: fillOf('say 1') }));
		await client.expect(/"id":4,"result"/);
		assert.deepEqual(focus(), [true]);
	});

	it('refuses a file that the check refuses, before the engine sees it', async () => {
		const client = await enter(await start());
		client.write(call(2, 'load', { options: { ...fake('ok'), path: '/models/bad' } }));
		await client.expect(/"type":"refused".*gguf-truncated.*\/models\/bad/);
		assert.equal(engine.loads, 0);
	});

	it('refuses generations before a model is loaded', async () => {
		const client = await enter(await start());
		client.write(call(2, 'fill', { stream: 0, request: fillOf('say 1') }));
		await client.expect(/"id":2,"result":\{"type":"refused".*model-not-loaded/);
	});

	it('uses adapters with the model that they are meant for only', async () => {
		const client = await enter(await start());
		client.write(call(2, 'load', { options: fake('ok') }));
		await client.expect(/"id":2,"result"/);
		const adapters = [
			{ path: '/a.gguf', scale: 1 },
			{ path: '/b.gguf', scale: 0.5 },
		];
		client.write(call(3, 'useAdapters', { base: fake('ok').path, adapters }));
		await client.expect(/"id":3,"result":\{"type":"adapters","adapters":\[.*a\.gguf.*b\.gguf.*0\.5/);
		client.write(call(4, 'useAdapters', { base: '/models/before.gguf', adapters: [] }));
		await client.expect(
			/"id":4,"result":\{"type":"unsupported".*meant for before\.gguf, but fake:ok is loaded/,
		);
		// Those before are still in use.
		client.write(call(5, 'fill', { stream: 0, request: fillOf('say 1') }));
		await client.expect(/"id":5,"result":\{"type":"end","reason":"length"/);
	});

	it('loads a model that has left memory again for its adapters, without waiting for itself', async () => {
		const client = await enter(await start());
		client.write(call(2, 'load', { options: fake('ok', { keepAliveMinutes: 1 / 60_000 }) }));
		await client.expect(/"id":2,"result"/);
		while (engine.disposals === 0) {
			await new Promise((resolve) => setImmediate(resolve));
		}
		const adapters = [{ path: '/a.gguf', scale: 1 }];
		client.write(call(3, 'useAdapters', { base: fake('ok').path, adapters }));
		await client.expect(/"id":3,"result":\{"type":"adapters"/);
		assert.equal(engine.loads, 2);
		assert.match(client.received(), /"loading":\["\/models\/fake:ok\\n\/a\.gguf"\]/, 'all are told');
	});

	it('encodes samples and inspects adapters', async () => {
		const client = await enter(await start());
		client.write(call(2, 'load', { options: fake('ok') }));
		await client.expect(/"id":2,"result"/);
		client.write(call(3, 'encode', { fills: [], plains: [{ text: 'ab', maxTokens: 9 }] }));
		await client.expect(/"id":3,"result":\{"type":"encoded","fills":\[\],"plains":\[\[0,97,98\]\]/);
		client.write(call(4, 'inspectAdapter', { path: '/a.gguf' }));
		await client.expect(/"id":4,"result":\{"type":"facts","facts":\{"name":"\/a\.gguf"/);
		client.write(call(5, 'encode', { fills: [], plains: [{ text: 'ab' }] }));
		await client.expect(/"id":5,"error":\{"code":-326/);
		client.write(call(6, 'scoreFills', { fills: [], priority: 'background' }));
		await client.expect(/"id":6,"result":\{"type":"scored","fills":\[\]\}/);
		client.write(call(7, 'scoreFills', { fills: [] }));
		await client.expect(/"id":7,"error":\{"code":-326/);
	});

	it('answers malformed parameters with an error, and goes on', async () => {
		const client = await enter(await start());
		client.write(call(2, 'load', { options: fake('ok') }));
		await client.expect(/"id":2,"result"/);
		const malformed = [
			undefined,
			null,
			[],
			{},
			[{ options: fake('ok') }],
			'text',
			{ stream: 1, request: { prefix: 1 } },
		];
		for (const [index, parameters] of malformed.entries()) {
			client.write(call(10 + index, 'fill', parameters));
			await client.expect(new RegExp(`"id":${10 + index},"error":\\{"code":-326`));
		}
		client.write(call(30, 'fill', { stream: 4, request: fillOf('say 2') }));
		await client.expect(/"event","params":\{"stream":4,"event":\{"type":"text","text":"t0 /);
		await client.expect(/"id":30,"result":\{"type":"end"/);
	});

	it('ends a generation whose request is cancelled, or whose client goes', async () => {
		const address = await start();
		const client = await enter(address);
		client.write(call(2, 'load', { options: fake('ok') }));
		await client.expect(/"id":2,"result"/);
		client.write(call(3, 'fill', { stream: 1, request: fillOf('say 100000 slow 1') }));
		await client.expect(/"stream":1/);
		client.write(notification('$/cancelRequest', { id: 3 }));
		await client.expect(/"id":3,"error":\{"code":-32800/);

		const abort = new Promise<void>((resolve) => {
			const { fill } = engine;
			engine.fill = (request, signal) => {
				signal.addEventListener('abort', () => resolve());
				return fill.call(engine, request, signal);
			};
		});
		client.write(call(4, 'fill', { stream: 2, request: fillOf('say 100000 slow 1') }));
		await client.expect(/"stream":2/);
		client.socket.destroy();
		await abort;
	});

	it('ends when no client comes', async () => {
		await start({ firstClientTime: 20 });
		await (await rawClient(path.join(folder, 'host.sock'))).closed;
		await done;
		assert.equal(engine.loads, 0);
	});

	it('ends some time after the last client, unless another one comes', async () => {
		const address = await start({ graceTime: 400 });
		const first = await enter(address);
		first.socket.destroy();
		await first.closed;
		const second = await enter(address);
		second.write(call(2, 'load', { options: fake('ok') }));
		await second.expect(/"id":2,"result"/);
		await new Promise((resolve) => setTimeout(resolve, 500));
		assert.equal(engine.disposals, 0);
		second.socket.destroy();
		await done;
		assert.equal(engine.disposals, 1);
		assert.ok(!fs.existsSync(address));
	});

	it('ends at once when the last client says that it will not come back', async () => {
		const address = await start({ graceTime: 1 << 30 });
		const [one, other] = [await enter(address), await enter(address)];
		one.write(notification('leave'));
		await one.closed;
		assert.equal(engine.disposals, 0);
		other.write(notification('leave'));
		await done;
	});

	it('sends signs of life', async () => {
		const client = await rawClient(await start());
		client.write(greeting(token, { tickMilliseconds: 20 }));
		await client.expect(/("method":"tick"[\s\S]*){3}/);
	});
});
