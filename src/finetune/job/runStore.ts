/** All runs on this machine, in folders of their own: which there are, which can go on, and one at a time. */

import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { sleep } from '../../inference/cancel';
import type { Log } from '../../inference/model';
import type { Translate } from '../../inference/statusText';
import { english } from './english';
import type { RunOrder } from './messages';
import { obstacleOf } from './obstacle';
import { RunFolder, type RunState, type StoredState } from './runFolder';
import { describeHolder, type Holder, holderOf, RunLock } from './runLock';
import { tidy } from './tidy';

/** Milliseconds between two looks at a trainer that was left behind, and how many there are: two minutes. */
const LOOK = 1_000;
const MOST_LOOKS = 120;
/** Looks at a window that is there: one that closes may outlive the beginning of the next by a few seconds. */
const LOOKS_AT_WINDOW = 10;

/** Time in UTC, then four random digits: sorted by name is sorted by age. */
const RUN_ID = /^\d{8}-\d{6}-[0-9a-f]{4}$/;

/** A run that this window may start or resume, and nobody else until the lock is released. */
export interface Claim {
	readonly run: RunFolder;
	readonly lock: Pick<RunLock, 'holdFor' | 'release'>;
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
	/** Without one it begins again with the same data. */
	readonly hasCheckpoint: boolean;
	/** Another window trains it, or the trainer of a closed window still writes its checkpoint. */
	readonly elsewhere: 'training' | 'saving' | undefined;
}

export class RunStore {
	/**
	 * @param folder Absolute path; made when first needed.
	 * @param wait Default: time as it passes.
	 */
	constructor(
		readonly folder: string,
		private readonly log: Log,
		private readonly wait: typeof sleep = sleep,
	) {}

	/**
	 * Locks the machine for one training: of a new run, whose folder is made, or of one from `list`.
	 *
	 * @param translate For the refusal; default: English.
	 * @throws TrainingElsewhere when another window trains; the error of a disk that cannot be written.
	 */
	async claim(id?: string, translate: Translate = english): Promise<Claim> {
		const chosen = id ?? newId();
		// It tells of somebody's code: for this user only.
		await fs.mkdir(this.folder, { recursive: true, mode: 0o700 });
		const lock = await RunLock.take(this.lockFile, chosen, translate);
		try {
			await tidy(await this.folders(), chosen, this.log);
			const run = this.run(chosen);
			await fs.mkdir(run.path, { recursive: true, mode: 0o700 });
			return { run, lock };
		} catch (error) {
			await lock.release();
			throw error;
		}
	}

	/**
	 * Newest first. Folders without a readable order are left out.
	 *
	 * @param translate For the obstacles; default: English.
	 */
	async list(translate: Translate = english): Promise<readonly StoredRun[]> {
		const holder = await holderOf(this.lockFile);
		const runs: StoredRun[] = [];
		for (const run of await this.folders()) {
			const { id } = run;
			const order = await run.readOrder();
			if (order !== undefined) {
				const stored = await run.readState();
				const hasCheckpoint = await run.hasCheckpoint();
				const isHeld = id === holder?.run;
				const open = stored === undefined || stored.state === 'running' || stored.state === 'paused';
				const state = open && !isHeld ? 'interrupted' : (stored?.state ?? 'running');
				const obstacle = isHeld
					? translate('It is being trained now.')
					: (await obstacleOf(order, stored, hasCheckpoint, translate))?.reason;
				const elsewhere = isHeld ? placeOf(holder) : undefined;
				runs.push({ id, folder: run.path, order, state, stored, obstacle, hasCheckpoint, elsewhere });
			}
		}
		return runs.reverse();
	}

	/**
	 * Who trains, other than this window, and what to do about it; undefined when nobody does.
	 *
	 * @param translate Default: English.
	 */
	async elsewhere(translate: Translate = english): Promise<string | undefined> {
		const holder = await holderOf(this.lockFile);
		return holder === undefined || holder.pid === process.pid ? undefined : describeHolder(holder, translate);
	}

	/**
	 * Resolves when the trainer of a closed window has written its last checkpoint, after two minutes at the latest; and
	 * after ten seconds where the window that trains has not closed.
	 *
	 * @throws AbortError
	 */
	async whenFree(signal: AbortSignal): Promise<void> {
		for (let looks = 0; looks < MOST_LOOKS; looks++) {
			const holder = await holderOf(this.lockFile);
			if (holder === undefined || (!holder.isOrphan && looks >= LOOKS_AT_WINDOW)) {
				return;
			}
			await this.wait(LOOK, signal);
		}
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
	private async folders(): Promise<readonly RunFolder[]> {
		const names = await fs.readdir(this.folder).catch((): string[] => []);
		return names
			.filter((name) => RUN_ID.test(name))
			.sort()
			.map((id) => this.run(id));
	}
}

function placeOf({ isOrphan, pid }: Holder): StoredRun['elsewhere'] {
	if (isOrphan) {
		return 'saving';
	}
	return pid === process.pid ? undefined : 'training';
}

function newId(): string {
	const time = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
	return `${time}-${randomBytes(2).toString('hex')}`;
}
