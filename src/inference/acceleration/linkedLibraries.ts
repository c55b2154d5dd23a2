/** Which libraries Linux's linker would find by their names. */

import * as path from 'node:path';
import type { SystemQueries } from './nvidia';

/** Outside PATH for users, on some systems. */
const LINKER_CACHES = ['/sbin/ldconfig', '/usr/sbin/ldconfig', 'ldconfig'];
/** Where the linker looks in any case. */
const STANDARD = [
	'/usr/lib',
	'/usr/lib64',
	'/lib',
	'/lib64',
	'/usr/lib/x86_64-linux-gnu',
	'/usr/lib/wsl/lib',
];

/** @param wanted names as a library asks for them, for example `libcudart.so.13`. @returns those that are missing. */
export async function missingLibraries(
	wanted: readonly string[],
	queries: SystemQueries,
	signal: AbortSignal,
): Promise<readonly string[]> {
	const found = new Set<string>();
	for (const program of LINKER_CACHES) {
		const output = await queries.run(program, ['-p'], signal);
		if (output !== undefined) {
			for (const [, name = ''] of output.matchAll(/^\s*(\S+) \([^)]*x86-64[^)]*\) =>/gm)) {
				found.add(name);
			}
			break;
		}
	}
	const named = (queries.variable('LD_LIBRARY_PATH') ?? '').split(':').filter((one) => path.isAbsolute(one));
	for (const folder of [...named, ...STANDARD]) {
		for (const name of (await queries.list(folder)) ?? []) {
			found.add(name);
		}
	}
	return wanted.filter((name) => !found.has(name));
}
