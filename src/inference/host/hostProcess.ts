/** The life of a host process around an engine: arguments, priority, signals and its end. */

import * as fs from 'node:fs';
import * as os from 'node:os';
import type { Engine } from '../engine/engine';
import type { CheckFile } from './hostedModel';
import { serve } from './serve';

/**
 * Nice value of the host: the editor goes first where cores are scarce, and the model still gets a third of a core
 * that it has to share.
 */
const NICENESS = 5;

/**
 * Runs a host to its end and ends the process. Arguments: the address to listen at and the path of the token file.
 *
 * @throws Error when an argument is missing or nothing can listen there: the process then ends with code 1.
 */
export async function runHost(engine: Engine, check: CheckFile, hostVersion: string): Promise<void> {
	const [address, tokenFile] = process.argv.slice(2);
	if (address === undefined || tokenFile === undefined) {
		throw new Error('Usage: host.mjs ADDRESS TOKEN-FILE. The extension starts this program by itself.');
	}
	lowerPriority();
	const ending = new AbortController();
	process.once('SIGTERM', () => ending.abort());
	// Ctrl+C in a terminal reaches every process below it; the client decides when the host ends.
	process.on('SIGINT', () => undefined);
	await serve(engine, {
		address,
		token: fs.readFileSync(tokenFile, 'utf8').trim(),
		hostVersion,
		check,
		log: (line) => console.error(line),
		signal: ending.signal,
	});
	fs.rmSync(tokenFile, { force: true });
	// Native threads and pending timers must not keep a host that nobody needs.
	process.exit(0);
}

/** Before any thread of the engine starts: on Linux the priority belongs to a thread and is inherited by new ones. */
function lowerPriority(): void {
	try {
		os.setPriority(NICENESS);
	} catch (error) {
		console.error(`the priority cannot be lowered: ${String(error)}`);
	}
}
