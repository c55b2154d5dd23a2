/** A peer that writes whatever bytes a test wants to the host's socket. */
import * as net from 'node:net';
import { PROTOCOL_VERSION } from '../../src/inference/wire/protocol';

export interface RawClient {
	readonly socket: net.Socket;
	/** Everything received so far. */
	received(): string;
	/** Resolves when the peer has ended the connection. */
	readonly closed: Promise<void>;
	write(bytes: string | Uint8Array): void;
	/** Resolves when `pattern` has been received. */
	expect(pattern: RegExp): Promise<string>;
}

export async function rawClient(address: string): Promise<RawClient> {
	const socket = net.connect(address);
	await new Promise((resolve, reject) => {
		socket.once('connect', resolve);
		socket.once('error', reject);
	});
	let text = '';
	socket.on('data', (chunk) => {
		text += chunk.toString('utf8');
	});
	// Writing to a peer that hung up is what some tests do.
	socket.on('error', () => undefined);
	const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
	return {
		socket,
		received: () => text,
		closed,
		write: (bytes) => void socket.write(bytes),
		expect: (pattern) =>
			new Promise((resolve, reject) => {
				const look = () => {
					const found = pattern.exec(text)?.[0];
					if (found !== undefined) {
						socket.off('data', look);
						resolve(found);
					}
				};
				socket.on('data', look);
				void closed.then(() => reject(new Error(`The connection ended after: ${text}`)));
				look();
			}),
	};
}

/** A frame around any JSON text. */
export function frame(json: string): string {
	return `Content-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`;
}

export function call(id: number, method: string, parameters?: unknown): string {
	return frame(JSON.stringify({ jsonrpc: '2.0', id, method, params: parameters }));
}

export function notification(method: string, parameters?: unknown): string {
	return frame(JSON.stringify({ jsonrpc: '2.0', method, params: parameters }));
}

export function greeting(token: string, changes: object = {}): string {
	const greet = { protocol: PROTOCOL_VERSION, token, clientVersion: 'test', tickMilliseconds: 1_000 };
	return call(1, 'greet', { ...greet, ...changes });
}
