/** Judges adapters on this machine: finds the places, opens a session of the model for the judge, keeps what it found. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { throwIfAborted } from '../../inference/cancel';
import type { LoadableModel } from '../../inference/chosenModels';
import type { LoadOptions, Model, ModelState } from '../../inference/model';
import type { Translate } from '../../inference/statusText';
import { JUDGED } from '../job/runFolder';
import { CheckWorker } from './checkWorker';
import { readGeneralCode } from './generalCode';
import { judge } from './judge';
import type { Judgement } from './judgement';
import { readJudgement, writeJudgement } from './judgementFile';
import { readSpans } from './spans';

export interface JudgingOptions {
	/** The user's own session of the model: its adapters are left alone. */
	readonly model: Pick<Model, 'state' | 'onDidChangeState'>;
	/** Another session; nothing is loaded in it yet. */
	readonly startModel: () => LoadableModel;
	/** How the user's model was loaded: the same again is the same in memory. */
	readonly loadOptions: () => LoadOptions | undefined;
	/** Absolute path of a file that was built for the extension. */
	readonly fileOf: (name: string) => string;
	readonly translate: Translate;
}

export interface JudgeOrder {
	/** Absolute. */
	readonly adapterPath: string;
	/** Absolute path of the base model's GGUF. */
	readonly basePath: string;
	/** Absolute path of the folder of the run whose places are used. */
	readonly folder: string;
	/** Milliseconds. */
	readonly budget: number;
}

/** The model that the adapter belongs to is not the one that is loaded. */
export class NotLoaded extends Error {
	override readonly name = 'NotLoaded';
}

export class Judging {
	constructor(private readonly options: JudgingOptions) {}

	/**
	 * Undefined where the folder has no places to judge on.
	 *
	 * @param onProgress places looked at, of how many.
	 * @throws NotLoaded; Error with a message for the user; an AbortError.
	 */
	async judge(
		order: JudgeOrder,
		onProgress: (done: number, all: number) => void,
		signal: AbortSignal,
	): Promise<Judgement | undefined> {
		const { model, startModel, fileOf, translate } = this.options;
		const spans = await readSpans(order.folder);
		throwIfAborted(signal);
		if (spans === undefined) {
			return undefined;
		}
		const load = this.options.loadOptions();
		if (!isReady(model.state, order.basePath) || load?.path !== order.basePath) {
			throw new NotLoaded(
				translate('{0} is not loaded. It is judged when it is.', path.basename(order.basePath)),
			);
		}
		const general = await readGeneralCode(fileOf('general.txt'));
		onProgress(0, spans.test.length);
		const checker = new CheckWorker(fileOf('judgeWorker.js'), path.dirname(fileOf('general.txt')));
		const session = startModel();
		try {
			await session.load(load, signal);
			if (session.state.type === 'failed') {
				throw new Error(session.state.problem.message);
			}
			const { adapterPath, budget } = order;
			const found = await judge(
				{ model: session, adapterPath, spans, general, checker, budget, onProgress, translate },
				signal,
			);
			await writeJudgement(adapterPath, found);
			return found;
		} finally {
			await session.dispose();
			await checker.dispose();
		}
	}

	/** What was found of an adapter; undefined before it was judged. */
	read(adapterPath: string): Promise<Judgement | undefined> {
		return readJudgement(adapterPath);
	}

	/**
	 * Whether an adapter shall be judged without being asked for: it is there, its run has places to judge on, and neither
	 * did somebody cancel it nor did it fail.
	 *
	 * @param folder Absolute, of the run.
	 */
	async isWanted(folder: string, adapterPath: string): Promise<boolean> {
		const names = await fs.readdir(folder).catch((): string[] => []);
		const isThere = await fs.stat(adapterPath).then(
			(status) => status.isFile(),
			() => false,
		);
		return isThere && names.includes(JUDGED.test) && !names.includes(JUDGED.given);
	}

	/** Whether a run has places to judge on. @param folder absolute, of the run. */
	async hasPlaces(folder: string): Promise<boolean> {
		return (await fs.readdir(folder).catch((): string[] => [])).includes(JUDGED.test);
	}

	/** It was cancelled, or could not be: it is judged when it is asked for. */
	async giveUp(folder: string): Promise<void> {
		// Without the mark it would only be judged at the next start.
		await fs.writeFile(path.join(folder, JUDGED.given), '').catch(() => undefined);
	}

	/** Resolves when the model is loaded. @throws AbortError when the signal fires. */
	async whenReady(basePath: string, signal: AbortSignal): Promise<void> {
		const { model } = this.options;
		throwIfAborted(signal);
		if (isReady(model.state, basePath)) {
			return;
		}
		await new Promise<void>((resolve) => {
			const end = () => {
				subscription.dispose();
				signal.removeEventListener('abort', end);
				resolve();
			};
			const subscription = model.onDidChangeState((state) => {
				if (isReady(state, basePath)) {
					end();
				}
			});
			signal.addEventListener('abort', end, { once: true });
		});
		throwIfAborted(signal);
	}
}

function isReady(state: ModelState, basePath: string): boolean {
	return state.type === 'ready' && state.model.path === basePath;
}
