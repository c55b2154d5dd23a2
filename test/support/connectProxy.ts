/** An HTTP proxy that takes every host for one server of this machine, and remembers what it was asked for. */
import { once } from 'node:events';
import * as http from 'node:http';
import * as net from 'node:net';

export class ConnectProxy {
	/** Host and port of every tunnel. */
	readonly asked: string[] = [];

	private constructor(
		private readonly server: http.Server,
		private readonly sockets: Set<net.Socket>,
	) {}

	/** @param port where every tunnel leads. */
	static async start(port: number): Promise<ConnectProxy> {
		const sockets = new Set<net.Socket>();
		const server = http.createServer();
		const made = new ConnectProxy(server, sockets);
		server.on('connect', (request, socket: net.Socket) => {
			made.asked.push(request.url ?? '');
			const inner = net.connect(port, '127.0.0.1');
			for (const one of [socket, inner]) {
				sockets.add(one);
				one.on('error', () => undefined);
				one.once('close', () => {
					socket.destroy();
					inner.destroy();
				});
			}
			socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
			socket.pipe(inner).pipe(socket);
		});
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		return made;
	}

	get address(): string {
		const address = this.server.address();
		return address === null || typeof address === 'string' ? '' : `http://127.0.0.1:${address.port}`;
	}

	stop(): void {
		for (const socket of this.sockets) {
			socket.destroy();
		}
		this.server.close();
	}
}
