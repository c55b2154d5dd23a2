/** The control groups of Linux that limit this process: its own, and those around it. */

import * as path from 'node:path';

export interface Cgroup {
	/** Of the control groups; the files in a folder have other names in each. */
	readonly version: 1 | 2;
	/** Absolute path. */
	readonly folder: string;
}

const MOUNT = '/sys/fs/cgroup';

/** @param read text of a file; undefined where there is none. @returns none on other systems. */
export function cgroupsOf(
	controller: 'cpu' | 'memory',
	read: (file: string) => string | undefined,
): readonly Cgroup[] {
	const groups: Cgroup[] = [];
	for (const line of (read('/proc/self/cgroup') ?? '').split('\n')) {
		const [, number, controllers, group] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
		const version = number === '0' ? 2 : controllers?.split(',').includes(controller) ? 1 : undefined;
		if (version === undefined || group === undefined) {
			continue;
		}
		const mount = version === 2 ? MOUNT : path.posix.join(MOUNT, controller);
		// In a container the path may be the host's, which is not mounted: its own group is then the root of the mount.
		for (let folder = path.posix.join(mount, group); folder.startsWith(mount); ) {
			groups.push({ version, folder });
			folder = path.posix.dirname(folder);
		}
	}
	return groups;
}
