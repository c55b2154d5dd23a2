/** The life of a host process around its models: arguments, token, priority, signals and its end. */

import * as crypto from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import type { Engine } from '../engine/engine';
import { markOf } from '../processMark';
import { ALREADY_SERVED } from '../wire/protocol';
import { AddressTaken } from './address';
import type { CheckFile } from './hostedModel';
import type { MemoryView } from './memory';
import { serve } from './serve';

/**
 * Nice value of the host: the editor goes first where cores are scarce, and the model still gets a third of a core
 * that it has to share.
 */
const NICENESS = 5;

/** Largest log, in bytes: it lies where memory may serve as the disk. */
const MAX_LOG = 1024 * 1024;

/** Milliseconds between two looks at the files. */
const FILES_INTERVAL = 10_000;

/**
 * Runs a host to its end and ends the process. Arguments: the address to listen at, and in a folder of this user alone the
 * paths of the files for its token and for its mark, which it writes, and of the log that its error output goes to.
 *
 * It belongs to no window: whoever started it may be gone while it serves others. It runs from the folder of the extension
 * that started it; when that is updated or removed meanwhile, it ends as always, when its last window has left.
 *
 * @throws Error when an argument is missing or nothing can listen there: the process then ends with code 1.
 */
export async function runHost(
	createEngine: () => Engine,
	check: CheckFile,
	hostVersion: string,
	memory?: MemoryView,
): Promise<void> {
	const [address, tokenFile, markFile, logFile] = process.argv.slice(2);
	if (address === undefined || tokenFile === undefined || markFile === undefined || logFile === undefined) {
		throw new Error(
			'Usage: host.mjs ADDRESS TOKEN-FILE MARK-FILE LOG-FILE. The extension starts this program by itself.',
		);
	}
	lowerPriority();
	const ending = new AbortController();
	process.once('SIGTERM', () => ending.abort());
	// Ctrl+C in a terminal reaches every process below it, and a closed terminal those of its session.
	process.on('SIGINT', () => undefined);
	process.on('SIGHUP', () => undefined);
	const files = new Map([
		[tokenFile, crypto.randomBytes(32).toString('hex')],
		[markFile, JSON.stringify(await markOf(process.pid))],
	]);
	const token = files.get(tokenFile) ?? '';
	try {
		await serve(createEngine, {
			address,
			token,
			hostVersion,
			check,
			...(memory && { memory }),
			log: (line) => console.error(line),
			onListening: () => {
				writeAll(files);
				setInterval(() => lookAfter(files), FILES_INTERVAL).unref();
			},
			onEnding: () => {
				if (holds(tokenFile, token)) {
					removeAll([...files.keys(), logFile]);
				}
			},
			signal: ending.signal,
		});
	} catch (error) {
		if (!(error instanceof AddressTaken)) {
			throw error;
		}
		process.exit(ALREADY_SERVED);
	}
	// Native threads and pending timers must not keep a host that nobody needs.
	process.exit(0);
}

/** For this user alone, each whole from the start; whatever has the name before is replaced, not written into. */
function writeAll(files: ReadonlyMap<string, string>): void {
	for (const [file, text] of files) {
		const written = `${file}.${process.pid}`;
		fs.rmSync(written, { force: true });
		fs.writeFileSync(written, text, { mode: 0o600, flag: 'wx' });
		if (fs.lstatSync(file, { throwIfNoEntry: false })?.isDirectory() === true) {
			fs.rmSync(file, { recursive: true });
		}
		fs.renameSync(written, file);
	}
}

/** What cannot be removed, as an open file on some systems, is no reason to end in another way. */
function removeAll(files: readonly string[]): void {
	for (const file of files) {
		try {
			fs.rmSync(file, { force: true });
		} catch (error) {
			console.error(`${file} stays: ${String(error)}`);
		}
	}
}

function holds(file: string, text: string): boolean {
	try {
		return fs.readFileSync(file, 'utf8') === text;
	} catch {
		return false;
	}
}

/**
 * Folders for temporary files are cleaned of what looks old, and without the token nobody comes in any more. The log is
 * cut, since native libraries write what they like for as long as the host lives.
 */
function lookAfter(files: ReadonlyMap<string, string>): void {
	try {
		const gone = new Map([...files].filter(([file]) => !fs.existsSync(file)));
		writeAll(gone);
		const log = fs.fstatSync(process.stderr.fd);
		if (log.isFile() && log.size > MAX_LOG) {
			fs.ftruncateSync(process.stderr.fd);
		}
	} catch (error) {
		console.error(`the files of the host cannot be looked after: ${String(error)}`);
	}
}

/** Before any thread of the engine starts: on Linux the priority belongs to a thread and is inherited by new ones. */
function lowerPriority(): void {
	try {
		os.setPriority(NICENESS);
	} catch (error) {
		console.error(`the priority cannot be lowered: ${String(error)}`);
	}
}
