/** How many threads training takes: physical cores, less one for everything else. */

import * as fs from 'node:fs';
import { countCores } from '../../inference/engine/cores';

/**
 * ggml's threads spin while they wait for each other: with another busy program on one of their cores, a step takes
 * several times as long. So one core stays free, and two threads of one core count once.
 */
export function trainingThreads(asked: number): number {
	const available = countCores();
	return asked > 0
		? Math.min(asked, available)
		: Math.max(1, Math.min(available, physicalCores() ?? available) - 1);
}

/** Undefined where the system does not say. */
function physicalCores(folder = '/sys/devices/system/cpu'): number | undefined {
	try {
		const siblings = fs
			.readdirSync(folder)
			.filter((name) => /^cpu\d+$/.test(name))
			.map((name) => fs.readFileSync(`${folder}/${name}/topology/thread_siblings_list`, 'utf8').trim());
		return siblings.length === 0 ? undefined : new Set(siblings).size;
	} catch {
		// Not Linux, or a container that hides it.
		return undefined;
	}
}
