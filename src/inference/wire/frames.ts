/** A JSON-RPC connection over a socket that garbage and oversized messages end before they are held in memory. */

import type { Socket } from 'node:net';
import { Transform, type TransformCallback } from 'node:stream';
import {
	createMessageConnection,
	type MessageConnection,
	SocketMessageWriter,
	StreamMessageReader,
} from 'vscode-jsonrpc/node';

/** Turns of the event loop after the end of a connection: vscode-jsonrpc handles one message of those that came before in each. */
const LAST_TURNS = 32;

/** Longest header block, in bytes. Ours takes 24: one `Content-Length` line and an empty one. */
const MAX_HEADER_BYTES = 128;

/**
 * Lets the bytes of well-formed frames through. vscode-jsonrpc itself believes any `Content-Length` and collects
 * headers without an end, so it would fill the memory for whoever can connect.
 */
class FrameGuard extends Transform {
	private header = '';
	/** Bytes of the current body that are still to come. */
	private remaining = 0;

	/** @param limit Largest body in bytes; may be raised once the peer is known. */
	constructor(public limit: number) {
		super();
	}

	override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
		const fault = this.inspect(chunk);
		if (fault === undefined) {
			done(undefined, chunk);
		} else {
			done(new Error(fault));
		}
	}

	/** What is wrong with the chunk. */
	private inspect(chunk: Buffer): string | undefined {
		let offset = 0;
		while (offset < chunk.length) {
			if (this.remaining > 0) {
				const step = Math.min(this.remaining, chunk.length - offset);
				this.remaining -= step;
				offset += step;
				continue;
			}
			this.header += String.fromCharCode(chunk[offset] ?? 0);
			offset++;
			if (this.header.endsWith('\r\n\r\n')) {
				const length = /^Content-Length: (\d{1,12})\r\n\r\n$/.exec(this.header)?.[1];
				if (length === undefined) {
					return 'a message with a malformed header';
				}
				this.remaining = Number(length);
				if (this.remaining === 0 || this.remaining > this.limit) {
					return `a message of ${length} bytes`;
				}
				this.header = '';
			} else if (this.header.length >= MAX_HEADER_BYTES) {
				return 'bytes that are no message';
			}
		}
		return undefined;
	}
}

export interface GuardedConnection {
	readonly connection: MessageConnection;
	readonly guard: FrameGuard;
	/** Whether nothing can be sent any more; `onClosed` follows when the last messages of the peer have been heard. */
	readonly hasEnded: boolean;
	/** Ends it: every pending request is rejected. */
	close(): void;
}

/**
 * Ready to `listen`. `onClosed` is called once, with what went wrong, or undefined where the peer just left.
 * vscode-jsonrpc leaves requests pending for ever when the peer dies; disposing of the connection rejects them.
 *
 * @param limit Largest message in bytes.
 */
export function connectionOver(
	socket: Socket,
	limit: number,
	onClosed: (reason: string | undefined) => void,
): GuardedConnection {
	const guard = new FrameGuard(limit);
	const reader = new StreamMessageReader(socket.pipe(guard));
	// Its timer for the rest of a message goes on for ever, and keeps the process alive, where the peer was killed meanwhile.
	reader.partialMessageTimeout = 0;
	const writer = new SocketMessageWriter(socket);
	const connection = createMessageConnection(reader, writer);
	let isClosed = false;
	let hasEnded = false;
	const close = (reason: string | undefined) => {
		if (isClosed) {
			return;
		}
		isClosed = true;
		hasEnded = true;
		connection.dispose();
		socket.destroy();
		guard.destroy();
		onClosed(reason);
	};
	/** What the peer has said before it went is heard: that it ends, or what it was about to do. */
	const closeSoon = (turns = LAST_TURNS) => {
		hasEnded = true;
		if (turns > 0 && !isClosed) {
			setImmediate(closeSoon, turns - 1);
		} else {
			close(undefined);
		}
	};
	// The listeners on the streams stay: an error without one would end the process.
	socket.on('error', () => close(undefined));
	socket.on('close', () => closeSoon());
	guard.on('error', (error) => close(error.message));
	// What cannot be read is the peer's fault; what cannot be written only says that the peer has gone.
	reader.onError((error) => close(error.message));
	writer.onError(() => close(undefined));
	connection.onClose(() => closeSoon());
	return {
		connection,
		guard,
		get hasEnded() {
			return hasEnded;
		},
		close: () => close(undefined),
	};
}
