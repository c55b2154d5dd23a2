/** One run on disk: its order, how it stands, what it reported, and whether it can go on. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { exists } from '../../inference/exists';
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

/** What a run learns from. */
const DATA = 'dataset.fds';
/** Stands there while the learning curve of the run is to be measured. */
const WISH = 'learning-curve';

/** What is left of an old run. */
const KEPT = [ORDER, STATE, LOG];

/** What an adapter is judged on, and what is known of the judging: of a finished run, and of those imported later. */
export const JUDGED = {
	validation: 'validation.jsonl',
	test: 'test.jsonl',
	train: 'train-sample.jsonl',
	chatValidation: 'chat-validation.jsonl',
	chatTest: 'chat-test.jsonl',
	chatTrain: 'chat-train-sample.jsonl',
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

	/** Whether what it learned from is still there. */
	hasData(): Promise<boolean> {
		return exists(this.file(DATA));
	}

	/** Whether its learning curve is to be measured without being asked for again. */
	isCurveWanted(): Promise<boolean> {
		return exists(this.file(WISH));
	}

	/** @throws the error of the disk. */
	async wantCurve(): Promise<void> {
		await fs.writeFile(this.file(WISH), '');
	}

	/** Its learning curve is not measured any more, unless somebody asks again: what was begun of it goes. */
	async forgetCurve(): Promise<void> {
		for (const name of await fs.readdir(this.path)) {
			if (name.startsWith(WISH)) {
				await fs.rm(this.file(name), { recursive: true, force: true });
			}
		}
	}

	/** A run on a part of the same data; its folder is made when it begins. @param share as in `RunOrder`. */
	part(share: number, log: Log): RunFolder {
		return new RunFolder(this.file(`${WISH}-${share * 100}`), log);
	}

	/**
	 * Deletes checkpoints; order, state and log stay.
	 *
	 * @param kept What else stays, which is somebody's code: `judged`: what adapters are judged on; `data`: that, and what
	 *   it learned from, for a learning curve. Default: `judged`.
	 */
	async thin(kept: 'nothing' | 'judged' | 'data' = 'judged'): Promise<void> {
		const names: readonly string[] = [
			...KEPT,
			...(kept === 'nothing' ? [] : Object.values(JUDGED)),
			...(kept === 'data' ? [DATA, WISH] : []),
		];
		for (const name of await fs.readdir(this.path)) {
			if (!names.includes(name)) {
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
