/** How many bytes this process may still use: the machine's memory and every limit that a container sets. */

import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { cgroupsOf } from '../../inference/cgroups';

/** Where the figures come from. */
export interface MemorySource {
	readonly platform: NodeJS.Platform;
	/** Text of a file below `/proc` or `/sys`; undefined when there is none. */
	readonly read: (file: string) => string | undefined;
	/** What macOS's `vm_stat` prints; undefined when it cannot be run. */
	readonly vmStat: () => string | undefined;
	/** Bytes that the operating system calls free. */
	readonly free: () => number;
}

const thisMachine: MemorySource = {
	platform: process.platform,
	read: (file) => attempt(() => fs.readFileSync(file, 'utf8')),
	vmStat: () => attempt(() => execFileSync('/usr/bin/vm_stat', { encoding: 'utf8', timeout: 5_000 })),
	free: () => os.freemem(),
};

/** Bytes; what caches hold and would give back counts as available. */
export function availableMemory(source: MemorySource = thisMachine): number {
	if (source.platform === 'linux') {
		const kilobytes = /^MemAvailable:\s+(\d+) kB/m.exec(source.read('/proc/meminfo') ?? '')?.[1];
		const machine = kilobytes === undefined ? source.free() : Number(kilobytes) * 1024;
		return Math.max(0, Math.min(machine, ...cgroupRoom(source)));
	}
	return (source.platform === 'darwin' ? vmStatRoom(source.vmStat()) : undefined) ?? source.free();
}

/** The files of a version of cgroups, in a group's folder. */
interface CgroupFiles {
	readonly limit: string;
	readonly usage: string;
	/** In `memory.stat`: pages of files that were not used lately, which the kernel takes back first. */
	readonly reclaimable: RegExp;
}

const VERSION_2: CgroupFiles = {
	limit: 'memory.max',
	usage: 'memory.current',
	reclaimable: /^inactive_file (\d+)/m,
};

const VERSION_1: CgroupFiles = {
	limit: 'memory.limit_in_bytes',
	usage: 'memory.usage_in_bytes',
	reclaimable: /^total_inactive_file (\d+)/m,
};

/** What each limit of this process's group and of those around it leaves. */
function cgroupRoom(source: MemorySource): number[] {
	return cgroupsOf('memory', source.read).flatMap(({ version, folder }) =>
		roomOf(source, folder, version === 2 ? VERSION_2 : VERSION_1),
	);
}

function roomOf(source: MemorySource, folder: string, files: CgroupFiles): number[] {
	const limit = Number.parseInt(source.read(path.posix.join(folder, files.limit)) ?? '', 10);
	const usage = Number.parseInt(source.read(path.posix.join(folder, files.usage)) ?? '', 10);
	if (!Number.isFinite(limit) || !Number.isFinite(usage)) {
		// `max`: no limit.
		return [];
	}
	const statistics = source.read(path.posix.join(folder, 'memory.stat')) ?? '';
	return [limit - usage + Number(files.reclaimable.exec(statistics)?.[1] ?? 0)];
}

/** macOS keeps nearly nothing free: inactive and speculative pages are given back on demand. */
function vmStatRoom(text: string | undefined): number | undefined {
	const pageSize = Number(/page size of (\d+) bytes/.exec(text ?? '')?.[1]);
	const pages = ['free', 'inactive', 'speculative'].map((kind) =>
		Number(new RegExp(`^Pages ${kind}:\\s+(\\d+)`, 'm').exec(text ?? '')?.[1] ?? 0),
	);
	return Number.isFinite(pageSize) ? pages.reduce((sum, count) => sum + count, 0) * pageSize : undefined;
}

function attempt<T>(action: () => T): T | undefined {
	try {
		return action();
	} catch {
		return undefined;
	}
}
