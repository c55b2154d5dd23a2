/** One run on disk: its order, how it stands, what it reported, and whether it can go on. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { readJson } from '../../inference/jsonFile';
import type { Log } from '../../inference/model';
import { writeWhole } from '../../inference/wholeFile';
import { boolean, count, literal, object, optional, shortString } from '../../inference/wire/shapes';
import { finished, runOrder } from './messageShapes';
import type { Finished, RunOrder } from './messages';
import { RunLog } from './runLog';

export type RunState = 'running' | 'paused' | 'finished' | 'failed' | 'cancelled';

/** Why a run failed. */
export interface RunProblem {
	readonly code: string;
	readonly message: string;
	readonly resumable: boolean;
}

/** `state.json`. */
export interface StoredState {
	readonly version: 1;
	readonly state: RunState;
	/** Milliseconds since 1970. */
	readonly updated: number;
	/** Step of the last checkpoint that the editor heard of. */
	readonly checkpointStep: number | undefined;
	readonly result: Finished | undefined;
	readonly problem: RunProblem | undefined;
}

const storedState = object<StoredState>({
	version: (value): value is 1 => value === 1,
	state: literal('running', 'paused', 'finished', 'failed', 'cancelled'),
	updated: count,
	checkpointStep: optional(count),
	result: optional(finished),
	problem: optional(object<RunProblem>({ code: shortString, message: shortString, resumable: boolean })),
});

const ORDER = 'run.json';
const STATE = 'state.json';
const LOG = 'log.jsonl';

/** What is left of an old run. */
const KEPT = [ORDER, STATE, LOG];

/** What an adapter is judged on, and what is known of the judging: of a finished run, and of those imported later. */
export const JUDGED = {
	validation: 'validation.jsonl',
	test: 'test.jsonl',
	train: 'train-sample.jsonl',
	chatValidation: 'chat-validation.jsonl',
	chatTest: 'chat-test.jsonl',
	given: 'not-judged',
} as const;

export class RunFolder {
	readonly log: RunLog;

	/** @param path Absolute. */
	constructor(
		readonly path: string,
		log: Log,
	) {
		let told = false;
		this.log = new RunLog(this.file(LOG), (error) => {
			if (!told) {
				told = true;
				log.warn(`The log of the run in ${path} cannot be written; the run goes on: ${String(error)}`);
			}
		});
	}

	get id(): string {
		return path.basename(this.path);
	}

	/** @throws the error of the disk. */
	writeOrder(order: RunOrder): Promise<void> {
		return writeWhole(this.file(ORDER), JSON.stringify(order, undefined, '\t'));
	}

	/** Undefined before it was written, or when it is damaged. */
	readOrder(): Promise<RunOrder | undefined> {
		return readJson(this.file(ORDER), runOrder);
	}

	/** @throws the error of the disk; the earlier state is then intact. */
	writeState(state: Omit<StoredState, 'version' | 'updated'>): Promise<void> {
		const stored: StoredState = { version: 1, updated: Date.now(), ...state };
		return writeWhole(this.file(STATE), JSON.stringify(stored));
	}

	readState(): Promise<StoredState | undefined> {
		return readJson(this.file(STATE), storedState);
	}

	/** Looks at the disk: a trainer whose editor is gone writes its last checkpoint unheard. */
	async hasCheckpoint(): Promise<boolean> {
		const names = await fs.readdir(this.path).catch((): string[] => []);
		for (const name of names.filter((name) => /^checkpoint/.test(name) && isWhole(name))) {
			const inside = await fs.readdir(this.file(name)).catch(() => undefined);
			if (inside === undefined || inside.some(isWhole)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Deletes data and checkpoints; order, state and log stay.
	 *
	 * @param keepsJudged Whether what adapters are judged on stays too: it is somebody's code. Default: yes.
	 */
	async thin(keepsJudged = true): Promise<void> {
		const kept: readonly string[] = keepsJudged ? [...KEPT, ...Object.values(JUDGED)] : KEPT;
		for (const name of await fs.readdir(this.path)) {
			if (!kept.includes(name)) {
				await fs.rm(this.file(name), { recursive: true, force: true });
			}
		}
	}

	private file(name: string): string {
		return path.join(this.path, name);
	}
}

function isWhole(name: string): boolean {
	return !name.endsWith('.tmp');
}
