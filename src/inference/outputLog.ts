/** The log as one of the editor's output channels keeps it. */

import type { Log } from './model';

/** The shape of VS Code's `LogOutputChannel`. */
interface Channel {
	trace(message: string): void;
	info(message: string): void;
	warn(message: string): void;
	error(message: string): void;
}

export function logTo(channel: Channel): Log {
	return {
		trace: (message) => channel.trace(message),
		info: (message) => channel.info(message),
		warn: (message) => channel.warn(message),
		error: (message, cause) =>
			channel.error(cause === undefined ? message : `${message}: ${describeCause(cause)}`),
	};
}

function describeCause(cause: unknown): string {
	return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
