/**
 * What is kept of old runs: two that can go on, what the newest are judged on, the records of the others, and no more than
 * twenty in all.
 */

import * as fs from 'node:fs/promises';
import type { Log } from '../../inference/model';
import { obstacleOf } from './obstacle';
import type { RunFolder } from './runFolder';

/** Runs that can go on and keep their data and checkpoints. */
const KEPT_RESUMABLE = 2;

/** Folders that are kept at all. */
const KEPT_RUNS = 20;

/** Newest runs that keep what adapters are judged on. */
const KEPT_JUDGED = 3;

/** Milliseconds after which a folder that never got an order is swept away. */
const ABANDONED = 24 * 60 * 60 * 1000;

/**
 * Held by a lock, so that nobody else does. What cannot be tidied is logged and stays.
 *
 * @param runs Oldest first.
 * @param except Id of a run that is left alone.
 */
export async function tidy(runs: readonly RunFolder[], except: string, log: Log): Promise<void> {
	let resumable = 0;
	for (const [age, run] of runs.toReversed().entries()) {
		if (run.id === except) {
			continue;
		}
		try {
			if (age >= KEPT_RUNS || (await isAbandoned(run))) {
				await fs.rm(run.path, { recursive: true, force: true });
			} else if (await isDone(run)) {
				await run.thin(age < KEPT_JUDGED ? 'judged' : 'nothing');
			} else if ((await run.readOrder()) !== undefined) {
				resumable++;
				if (resumable > KEPT_RESUMABLE) {
					await run.thin('nothing');
				}
			}
		} catch (error) {
			log.warn(`The old run in ${run.path} cannot be tidied: ${String(error)}`);
		}
	}
}

/** Nothing makes it go on. A run whose order cannot be read is not judged. */
async function isDone(run: RunFolder): Promise<boolean> {
	const order = await run.readOrder();
	if (order === undefined) {
		return false;
	}
	const obstacle = await obstacleOf(order, await run.readState(), await run.hasCheckpoint());
	return obstacle?.isFinal === true;
}

/** A folder that was made for a run whose data were never finished. */
async function isAbandoned(run: RunFolder): Promise<boolean> {
	const names = await fs.readdir(run.path);
	const { mtimeMs } = await fs.stat(run.path);
	return !names.includes('run.json') && !(await run.hasCheckpoint()) && Date.now() - mtimeMs > ABANDONED;
}
