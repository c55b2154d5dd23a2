/** All runs on this machine, in folders of their own: which there are, which can go on, and one at a time. */

import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { Log } from '../../inference/model';
import type { RunOrder } from './messages';
import { RunFolder, type RunState, type StoredState } from './runFolder';
import { holderOf, RunLock } from './runLock';

/** Finished runs whose data and checkpoints are kept. */
const KEPT_RUNS = 5;

/** Milliseconds after which a folder that never got an order is swept away. */
const ABANDONED = 24 * 60 * 60 * 1000;

/** Time in UTC, then four random digits: sorted by name is sorted by age. */
const RUN_ID = /^\d{8}-\d{6}-[0-9a-f]{4}$/;

/** A run that this window may start or resume, and nobody else until the lock is released. */
export interface Claim {
	readonly run: RunFolder;
	readonly lock: RunLock;
}

export interface StoredRun {
	readonly id: string;
	/** Absolute. */
	readonly folder: string;
	readonly order: RunOrder;
	/** `interrupted`: it was running or paused, and its window is gone. */
	readonly state: RunState | 'interrupted';
	readonly stored: StoredState | undefined;
	/** Why it cannot be resumed, as a sentence; undefined when it can. */
	readonly obstacle: string | undefined;
}

export class RunStore {
	/** @param folder Absolute path; made when first needed. */
	constructor(
		private readonly folder: string,
		private readonly log: Log,
	) {}

	/**
	 * Locks the machine for one training: of a new run, whose folder is made, or of one from `list`.
	 *
	 * @throws TrainingElsewhere when another window trains; the error of a disk that cannot be written.
	 */
	async claim(id?: string): Promise<Claim> {
		const chosen = id ?? newId();
		await fs.mkdir(this.folder, { recursive: true });
		const lock = await RunLock.take(this.lockFile, chosen);
		try {
			await this.tidy(chosen);
			const run = this.run(chosen);
			await fs.mkdir(run.path, { recursive: true });
			return { run, lock };
		} catch (error) {
			await lock.release();
			throw error;
		}
	}

	/** Newest first. Folders without a readable order are left out. */
	async list(): Promise<readonly StoredRun[]> {
		const held = (await holderOf(this.lockFile))?.run;
		const runs: StoredRun[] = [];
		for (const id of await this.ids()) {
			const run = this.run(id);
			const order = await run.readOrder();
			if (order !== undefined) {
				const stored = await run.readState();
				const isHeld = id === held;
				const open = stored === undefined || stored.state === 'running' || stored.state === 'paused';
				const state = open && !isHeld ? 'interrupted' : (stored?.state ?? 'running');
				const obstacle = isHeld ? 'It is being trained now.' : await obstacleOf(run, order, stored);
				runs.push({ id, folder: run.path, order, state, stored, obstacle });
			}
		}
		return runs.reverse();
	}

	/** @throws Error when it is being trained, or when it cannot be deleted. */
	async delete(id: string): Promise<void> {
		if ((await holderOf(this.lockFile))?.run === id) {
			throw new Error(`The run ${id} is being trained; cancel it before deleting it.`);
		}
		await fs.rm(this.run(id).path, { recursive: true, force: true });
	}

	/** @throws Error for an id that no run can have: it would lead out of the folder. */
	run(id: string): RunFolder {
		if (!RUN_ID.test(id)) {
			throw new Error(`"${id}" is not the id of a run.`);
		}
		return new RunFolder(path.join(this.folder, id), this.log);
	}

	private get lockFile(): string {
		return path.join(this.folder, 'lock');
	}

	/** Oldest first. */
	private async ids(): Promise<readonly string[]> {
		const names = await fs.readdir(this.folder).catch((): string[] => []);
		return names.filter((name) => RUN_ID.test(name)).sort();
	}

	/** Keeps the last finished runs whole and the others' orders, states and logs. Held by a lock, so nobody else does. */
	private async tidy(except: string): Promise<void> {
		const old: { readonly run: RunFolder; readonly updated: number }[] = [];
		for (const id of await this.ids()) {
			const run = this.run(id);
			const stored = await run.readState();
			if (id === except) {
				continue;
			}
			if (stored?.state === 'finished') {
				old.push({ run, updated: stored.updated });
			} else if (await isAbandoned(run)) {
				await this.quietly(run, () => fs.rm(run.path, { recursive: true, force: true }));
			}
		}
		old.sort((one, other) => other.updated - one.updated);
		for (const { run } of old.slice(KEPT_RUNS)) {
			await this.quietly(run, () => run.thin());
		}
	}

	private async quietly(run: RunFolder, action: () => Promise<void>): Promise<void> {
		try {
			await action();
		} catch (error) {
			this.log.warn(`The old run in ${run.path} cannot be tidied: ${String(error)}`);
		}
	}
}

function newId(): string {
	const time = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
	return `${time}-${randomBytes(2).toString('hex')}`;
}

/** The first reason why the run cannot be resumed. */
async function obstacleOf(
	run: RunFolder,
	order: RunOrder,
	stored: StoredState | undefined,
): Promise<string | undefined> {
	if (stored?.state === 'finished') {
		return 'It is finished.';
	}
	if (stored?.problem !== undefined && !stored.problem.resumable) {
		return stored.problem.message;
	}
	if (!(await exists(order.basePath))) {
		return `Its base model ${order.basePath} is no longer there; put it back to resume.`;
	}
	if (!(await exists(order.datasetPath))) {
		return `Its data ${order.datasetPath} is no longer there; start a new run.`;
	}
	return (await run.hasCheckpoint()) ? undefined : 'It ended before its first checkpoint; start a new run.';
}

/** A folder that was made for a run whose data were never finished. */
async function isAbandoned(run: RunFolder): Promise<boolean> {
	const names = await fs.readdir(run.path).catch(() => undefined);
	const { mtimeMs } = await fs.stat(run.path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
	return (
		names !== undefined &&
		!names.includes('run.json') &&
		!(await run.hasCheckpoint()) &&
		Date.now() - mtimeMs > ABANDONED
	);
}

function exists(file: string): Promise<boolean> {
	return fs.access(file).then(
		() => true,
		() => false,
	);
}
