/** Asks the programs and files of this machine. */

import { execFile } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import type { SystemQueries } from './nvidia';

/** Milliseconds: a driver that wakes up a GPU takes a few seconds. */
const PATIENCE = 10_000;

export const systemQueries: SystemQueries = {
	run: (program, words, signal) =>
		new Promise((resolve) => {
			// Not in the workspace: Windows would look there first.
			const options = { cwd: os.homedir(), timeout: PATIENCE, signal, windowsHide: true };
			execFile(program, [...words], options, (error, output) => resolve(error === null ? output : undefined));
		}),
	read: (file) => fs.readFile(file, 'utf8').catch(() => undefined),
	list: (folder) => fs.readdir(folder).catch(() => undefined),
	variable: (name) => process.env[name],
};
