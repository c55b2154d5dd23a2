/** Counts the cores that this process may use. */

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { type Cgroup, cgroupsOf } from '../cgroups';
import { availableCores } from './threads';

type Read = (file: string) => string | undefined;

/**
 * At least one.
 * @param parallelism cores that the scheduler allows. @param read text of a file below `/proc` or `/sys`.
 */
export function countCores(parallelism = os.availableParallelism(), read: Read = readText): number {
	const quotas = cgroupsOf('cpu', read).map((group) => quotaOf(group, read));
	return Math.min(...[undefined, ...quotas].map((quota) => availableCores(parallelism, quota)));
}

/** Microseconds of all cores together in each period, and the period; undefined where there is no limit. */
function quotaOf({ version, folder }: Cgroup, read: Read): string | undefined {
	const text = (name: string) => read(path.posix.join(folder, name));
	if (version === 2) {
		return text('cpu.max');
	}
	const [quota, period] = [text('cpu.cfs_quota_us'), text('cpu.cfs_period_us')];
	return quota === undefined || period === undefined ? undefined : `${quota.trim()} ${period.trim()}`;
}

function readText(file: string): string | undefined {
	try {
		return fs.readFileSync(file, 'utf8');
	} catch {
		// Not in a container, or not Linux.
		return undefined;
	}
}
