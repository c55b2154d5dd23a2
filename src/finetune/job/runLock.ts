/** One training at a time on this machine: a lock file that says who trains, and is void when they are gone. */

import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { readJson } from '../../inference/jsonFile';
import { createLock, isFresh, replaceStale } from '../../inference/lockFile';
import { isAlive, markOf, type ProcessMark, processMark } from '../../inference/processMark';
import type { Translate } from '../../inference/statusText';
import { writeWhole } from '../../inference/wholeFile';
import { object, optional, shortString } from '../../inference/wire/shapes';
import { english } from './english';

interface LockText {
	/** Of this very lock. */
	readonly token: string;
	readonly owner: ProcessMark;
	/** The process that trains: it may outlive the window, to write its last checkpoint. */
	readonly trainer: ProcessMark | undefined;
	/** Id of the run. */
	readonly run: string;
}

const lockText = object<LockText>({
	token: shortString,
	owner: processMark,
	trainer: optional(processMark),
	run: shortString,
});

/** Another window trains, or its trainer is still writing. */
class TrainingElsewhere extends Error {
	override readonly name = 'TrainingElsewhere';
	constructor(holder: Holder, translate: Translate) {
		super(describeHolder(holder, translate));
	}
}

export class RunLock {
	private isReleased = false;
	private last: Promise<void> = Promise.resolve();

	private constructor(
		private readonly file: string,
		private readonly text: LockText,
	) {}

	/**
	 * @param file Absolute path; its folder is there.
	 * @param translate For the refusal; default: English.
	 * @throws TrainingElsewhere, or the error of a disk that cannot be written.
	 */
	static async take(file: string, run: string, translate: Translate = english): Promise<RunLock> {
		const text: LockText = { token: randomUUID(), owner: await markOf(process.pid), trainer: undefined, run };
		if (await createLock(file, text)) {
			return new RunLock(file, text);
		}
		const found = await look(file);
		if (found !== 'nobody' && found !== 'stale') {
			throw new TrainingElsewhere(found, translate);
		}
		if (!(await replaceStale(file, text, async () => (await look(file)) === 'stale'))) {
			throw new TrainingElsewhere((await holderOf(file)) ?? STARTING, translate);
		}
		return new RunLock(file, text);
	}

	/** Keeps the lock for as long as this process lives, whatever becomes of the window. No effect once released. */
	holdFor(trainerPid: number): Promise<void> {
		return this.next(async () => {
			if (!this.isReleased) {
				await writeWhole(this.file, JSON.stringify({ ...this.text, trainer: await markOf(trainerPid) }));
			}
		});
	}

	/** Quiet where the lock is not this one any more. */
	release(): Promise<void> {
		this.isReleased = true;
		return this.next(async () => {
			if ((await readJson(this.file, lockText))?.token === this.text.token) {
				await fs.rm(this.file, { force: true });
			}
		});
	}

	/** One after the other: what is written late must not bring a released lock back. */
	private next(action: () => Promise<void>): Promise<void> {
		const result = this.last.then(action);
		this.last = result.catch(() => undefined);
		return result;
	}
}

/** Who trains; a window that is only just starting is not known yet. */
export interface Holder {
	/** Id of the run. */
	readonly run: string | undefined;
	readonly pid: number | undefined;
	/** Its window is gone, and the trainer itself is still there. */
	readonly isOrphan: boolean;
}

const STARTING: Holder = { run: undefined, pid: undefined, isOrphan: false };

/** Who trains, and what to do about it, in a sentence or two. */
export function describeHolder({ pid, isOrphan }: Holder, translate: Translate): string {
	if (pid === process.pid) {
		return translate('This window is fine-tuning already: wait for that run, or cancel it.');
	}
	if (isOrphan) {
		return translate(
			'The trainer of a window that was closed (process {0}) is still writing its last checkpoint: try again in a minute, or end that process.',
			pid ?? '?',
		);
	}
	return pid === undefined
		? translate(
				'Another window is fine-tuning. One training at a time gets the whole machine: wait for that run, or cancel it there.',
			)
		: translate(
				'Another window (process {0}) is fine-tuning. One training at a time gets the whole machine: wait for that run, or cancel it there.',
				pid,
			);
}

/** Who trains now; undefined when nobody does, or all who did are gone. */
export async function holderOf(file: string): Promise<Holder | undefined> {
	const found = await look(file);
	return found === 'nobody' || found === 'stale' ? undefined : found;
}

/** `stale`: the file is there, and those whom it names are not. It stays so until somebody removes it. */
async function look(file: string): Promise<Holder | 'nobody' | 'stale'> {
	const made = await fs.stat(file).catch(() => undefined);
	if (made === undefined) {
		return 'nobody';
	}
	const text = await readJson(file, lockText);
	if (text === undefined) {
		// Not filled yet, or released this moment: either way, somebody is at it.
		return isFresh(made) ? STARTING : 'stale';
	}
	if (await isAlive(text.owner)) {
		return { run: text.run, pid: text.owner.pid, isOrphan: false };
	}
	return text.trainer !== undefined && (await isAlive(text.trainer))
		? { run: text.run, pid: text.trainer.pid, isOrphan: true }
		: 'stale';
}
