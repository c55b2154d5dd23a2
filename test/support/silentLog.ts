/** A log for tests that nobody reads, and one whose lines a test reads. */
import type { Log } from '../../src/inference/model';

export const silentLog: Log = {
	trace: () => undefined,
	info: () => undefined,
	warn: () => undefined,
	error: () => undefined,
};

export interface RecordingLog extends Log {
	readonly lines: string[];
}

export function recordingLog(): RecordingLog {
	const lines: string[] = [];
	return {
		lines,
		trace: (message) => lines.push(`trace ${message}`),
		info: (message) => lines.push(`info ${message}`),
		warn: (message) => lines.push(`warn ${message}`),
		error: (message, cause) =>
			lines.push(`error ${message}${cause === undefined ? '' : ` ${String(cause)}`}`),
	};
}
