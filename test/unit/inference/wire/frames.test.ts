/** What the end of a connection over a socket leaves behind. */
import assert from 'node:assert/strict';
import * as net from 'node:net';
import { connectionOver } from '../../../../src/inference/wire/frames';

describe('frames', () => {
	it('leaves no timer that keeps the process alive where the peer is killed in the middle of a message', async () => {
		const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
		const server = net.createServer((socket) => socket.end('Content-Length: 100\r\n\r\n{"half'));
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const address = server.address();
		assert.ok(address !== null && typeof address === 'object');
		const before = timers();
		const reason = await new Promise((resolve) => {
			connectionOver(net.connect(address.port, '127.0.0.1'), 1_000, resolve).connection.listen();
		});
		assert.equal(reason, undefined);
		assert.equal(timers(), before);
		server.close();
	});
});
