/** Fault 25: somebody else talks to the host's socket. They are dropped, and the host goes on. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { MAX_FRAME_BYTES, MAX_GREETING_BYTES, PROTOCOL_VERSION } from '../../src/inference/wire/protocol';
import { collect, fake, fillOf, never, pidOf, said, type TestClient, testClient } from '../support/fakeHost';
import { call, frame, greeting, notification, rawClient } from '../support/rawClient';

describe('fault 25: a hostile or outdated peer', () => {
	let test: TestClient;
	let address: string;
	let token: string;
	let host: number;
	before(async () => {
		test = testClient();
		await test.client.load(fake('ok'), never);
		host = pidOf(test.client);
		const folder = path.join(test.folder, 'host');
		const socket = fs.readdirSync(folder).find((name) => name.endsWith('.sock')) ?? '';
		address = path.join(folder, socket);
		token = fs.readFileSync(address.replace(/sock$/, 'token'), 'utf8');
	});
	after(() => test.dispose());

	async function isUnharmed(): Promise<void> {
		assert.deepEqual(await collect(test.client.fill(fillOf('say 5'), never)), {
			text: said(5),
			end: 'end-of-text',
		});
		assert.equal(pidOf(test.client), host);
		assert.equal(test.client.state.type, 'ready');
	}

	/** What somebody without the token sends. */
	const strangers: readonly (readonly [string, () => string | Uint8Array])[] = [
		['a wrong token', () => greeting('0'.repeat(64))],
		['an empty token', () => greeting('')],
		['a token that is the beginning of the right one', () => greeting(token.slice(0, 63))],
		['an older protocol', () => greeting(token, { protocol: PROTOCOL_VERSION - 1 })],
		['a newer protocol', () => greeting(token, { protocol: PROTOCOL_VERSION + 1 })],
		['a greeting without parameters', () => call(1, 'greet')],
		['a greeting of a list', () => call(1, 'greet', [token])],
		['a request without a greeting', () => call(1, 'fill', { stream: 0, request: fillOf('say 1') })],
		['a notification without a greeting', () => notification('leave')],
		['an unknown method', () => call(1, 'toString')],
		['random bytes', () => Uint8Array.from({ length: 5_000 }, (_, index) => (index * 97) % 256)],
		['a request of HTTP', () => 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
		['a header without a length', () => 'Content-Type: text\r\n\r\n{}'],
		['a negative length', () => 'Content-Length: -5\r\n\r\n{}'],
		['a length of nothing', () => 'Content-Length: 0\r\n\r\n'],
		['a length that is no number', () => 'Content-Length: lots\r\n\r\n{}'],
		['a header that does not end', () => 'Content-Length: '.padEnd(100_000, '1')],
		['a frame of 100 MB', () => `Content-Length: ${100 * 1024 * 1024}\r\n\r\n`],
		['a greeting that is too long', () => greeting('0'.repeat(MAX_GREETING_BYTES))],
		['text that is not JSON', () => frame('{"jsonrpc":')],
		['JSON that is no message', () => frame('[1, 2]') + frame('null') + call(1, 'greet')],
		['a cancellation without parameters', () => notification('$/cancelRequest')],
	];
	for (const [name, bytes] of strangers) {
		it(`drops ${name}, without an answer`, async () => {
			const peer = await rawClient(address);
			peer.write(bytes());
			await peer.closed;
			assert.equal(peer.received(), '');
			await isUnharmed();
		});
	}

	/** What breaks the protocol although the token was right. */
	const faults: readonly (readonly [string, () => string])[] = [
		['a frame over the limit', () => `Content-Length: ${MAX_FRAME_BYTES + 1}\r\n\r\n`],
		['a frame of 100 MB', () => `Content-Length: ${100 * 1024 * 1024}\r\n\r\n${'x'.repeat(1_000_000)}`],
		['garbage between frames', () => `${call(2, 'tokenize', { text: 'a' })}garbage\r\n\r\n`],
		['a second greeting', () => greeting(token)],
		['an unknown method', () => call(2, 'toString')],
	];
	for (const [name, bytes] of faults) {
		it(`drops a greeted peer that sends ${name}`, async () => {
			const peer = await rawClient(address);
			peer.write(greeting(token));
			await peer.expect(/"result":\{"protocol"/);
			peer.write(bytes());
			await peer.closed;
			await isUnharmed();
		});
	}

	it('accepts what comes in single bytes, and several messages at once', async () => {
		const peer = await rawClient(address);
		for (const byte of Buffer.from(greeting(token))) {
			peer.write(Uint8Array.of(byte));
		}
		await peer.expect(/"result":\{"protocol"/);
		peer.write(call(1, 'load', { options: fake('ok') }));
		await peer.expect(/"id":1,"result":\{"type":"loaded"/);
		peer.write(call(2, 'tokenize', { text: 'a' }) + call(3, 'tokenize', { text: 'é' }));
		await peer.expect(/"id":3,"result":\{"type":"tokens","tokens":\[233\]/);
		peer.socket.destroy();
	});

	it('keeps its memory while a peer sends 100 MB that no header announces', async () => {
		const peer = await rawClient(address);
		peer.write(greeting(token));
		await peer.expect(/"result":\{"protocol"/);
		const before = residentBytes(host);
		for (let sent = 0; sent < 100 && !peer.socket.destroyed; sent++) {
			peer.write(new Uint8Array(1024 * 1024));
			await new Promise((resolve) => setImmediate(resolve));
		}
		await peer.closed;
		assert.ok(residentBytes(host) - before < 32 * 1024 * 1024);
		await isUnharmed();
	});

	it('goes on while many connect and say nothing', async () => {
		const peers = await Promise.all(Array.from({ length: 40 }, () => rawClient(address)));
		await isUnharmed();
		for (const peer of peers) {
			peer.socket.destroy();
		}
		await isUnharmed();
	});
});

/** Resident memory of a process; 0 where the system does not say. */
function residentBytes(pid: number): number {
	const file = `/proc/${pid}/status`;
	const found = fs.existsSync(file) ? /VmRSS:\s+(\d+) kB/.exec(fs.readFileSync(file, 'utf8')) : undefined;
	return Number(found?.[1] ?? 0) * 1024;
}
