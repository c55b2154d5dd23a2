/** Counts the cores that this process may use. */

import * as fs from 'node:fs';
import * as os from 'node:os';
import { availableCores } from './threads';

/** At least one. */
export function countCores(): number {
	return availableCores(os.availableParallelism(), readCgroupQuota());
}

function readCgroupQuota(): string | undefined {
	try {
		return fs.readFileSync('/sys/fs/cgroup/cpu.max', 'utf8');
	} catch {
		// Not in a container, or not Linux.
		return undefined;
	}
}
