/** Ends a process that another window may have started, and waits for its end: it is nobody's child here. */

import { isAlive, type ProcessMark, processMark } from '../processMark';
import { parseJson } from '../record';
import { readSecret } from './endpoint';

/** Milliseconds between two looks. */
const INTERVAL = 20;

/** As a host writes it for others; undefined where there is none. */
export function readMark(file: string): ProcessMark | undefined {
	const found = parseJson(readSecret(file) ?? '');
	return processMark(found) ? found : undefined;
}

/** At once, and only if the id still belongs to the process that was meant. */
export async function killMarked(mark: ProcessMark): Promise<void> {
	if (!(await isAlive(mark))) {
		return;
	}
	try {
		process.kill(mark.pid, 'SIGKILL');
	} catch {
		// It has just ended.
	}
}

/** Whether it has ended within some milliseconds. */
export async function isGone(mark: ProcessMark, milliseconds: number): Promise<boolean> {
	for (const start = performance.now(); performance.now() - start < milliseconds; ) {
		if (!(await isAlive(mark))) {
			return true;
		}
		await new Promise((resolve) => setTimeout(resolve, INTERVAL));
	}
	return !(await isAlive(mark));
}
