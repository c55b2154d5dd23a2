/** Judges adapters on this machine: finds the places, opens a session of the model for the judge, keeps what it found. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { throwIfAborted } from '../../inference/cancel';
import type { LoadableModel } from '../../inference/chosenModels';
import type { LoadOptions, Model, ModelState } from '../../inference/model';
import type { Translate } from '../../inference/statusText';
import type { AdapterRole } from '../adapters/choices';
import { JUDGED } from '../job/runFolder';
import { readChats } from './chat/chats';
import { readGeneralChats } from './chat/generalChats';
import { judgeChats } from './chat/judgeChats';
import { CheckWorker } from './checkWorker';
import { readGeneralCode } from './generalCode';
import { type JudgeOptions, judge } from './judge';
import type { Judgement } from './judgement';
import { readJudgement, writeJudgement } from './judgementFile';
import { readSpans } from './spans';

export interface JudgingOptions {
	/** The user's own session of the model: its adapters are left alone. */
	readonly model: Pick<Model, 'state' | 'onDidChangeState'>;
	/** What chats: the same, or one of its own. */
	readonly chatModel: Pick<Model, 'state' | 'onDidChangeState'>;
	/** Another session; nothing is loaded in it yet. */
	readonly startModel: () => LoadableModel;
	/** How the user's model of that role was loaded: the same again is the same in memory. */
	readonly loadOptions: (role: AdapterRole) => LoadOptions | undefined;
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
	/** Whom the adapter was trained for. */
	readonly role: AdapterRole;
}

/** What an adapter is judged on, and how. */
interface Test {
	/** Places or conversations. */
	readonly size: number;
	judge(
		model: LoadableModel,
		shared: Pick<JudgeOptions, 'adapterPath' | 'checker' | 'budget' | 'onProgress' | 'translate'>,
		signal: AbortSignal,
	): Promise<Judgement>;
}

/** Of a conversation, where the model does not say how many it takes. */
const MOST_TOKENS = 4_096;

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
		const { startModel, fileOf, translate } = this.options;
		const { adapterPath, basePath, budget, role } = order;
		const test = role === 'chat' ? await this.chats(order) : await this.places(order);
		throwIfAborted(signal);
		if (test === undefined) {
			return undefined;
		}
		const load = this.options.loadOptions(role);
		if (!isReady(this.modelOf(role).state, basePath) || load?.path !== basePath) {
			throw new NotLoaded(translate('{0} is not loaded. It is judged when it is.', path.basename(basePath)));
		}
		onProgress(0, test.size);
		const checker = new CheckWorker(fileOf('judgeWorker.js'), path.dirname(fileOf('general.txt')));
		const session = startModel();
		try {
			await session.load(load, signal);
			if (session.state.type === 'failed') {
				throw new Error(session.state.problem.message);
			}
			const found = await test.judge(
				session,
				{ adapterPath, checker, budget, onProgress, translate },
				signal,
			);
			await writeJudgement(adapterPath, found);
			return found;
		} finally {
			await session.dispose();
			await checker.dispose();
		}
	}

	/** Undefined where the run put no places aside. */
	private async places({ folder }: JudgeOrder): Promise<Test | undefined> {
		const spans = await readSpans(folder);
		return (
			spans && {
				size: spans.test.length,
				judge: async (model, shared, signal) => {
					const general = await readGeneralCode(this.options.fileOf('general.txt'));
					return judge({ ...shared, model, spans, general }, signal);
				},
			}
		);
	}

	/** Undefined where the run put no conversations aside. */
	private async chats({ folder }: JudgeOrder): Promise<Test | undefined> {
		const chats = await readChats(folder);
		return (
			chats && {
				size: chats.test.length,
				judge: async (model, shared, signal) => {
					const [first] = chats.test[0]?.messages ?? [];
					const system = first?.role === 'system' ? first.content : undefined;
					const general = await readGeneralChats(this.options.fileOf('generalChats.txt'), system);
					const maxTokens = model.state.type === 'ready' ? model.state.model.contextSize : MOST_TOKENS;
					return judgeChats({ ...shared, model, chats, general, maxTokens }, signal);
				},
			}
		);
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
	async isWanted(folder: string, adapterPath: string, role: AdapterRole): Promise<boolean> {
		const names = await fs.readdir(folder).catch((): string[] => []);
		const isThere = await fs.stat(adapterPath).then(
			(status) => status.isFile(),
			() => false,
		);
		return isThere && names.includes(TESTS[role]) && !names.includes(JUDGED.given);
	}

	/** Whether a run has anything to judge an adapter of that role on. @param folder absolute, of the run. */
	async hasPlaces(folder: string, role: AdapterRole): Promise<boolean> {
		return (await fs.readdir(folder).catch((): string[] => [])).includes(TESTS[role]);
	}

	/** It was cancelled, or could not be: it is judged when it is asked for. */
	async giveUp(folder: string): Promise<void> {
		// Without the mark it would only be judged at the next start.
		await fs.writeFile(path.join(folder, JUDGED.given), '').catch(() => undefined);
	}

	/** Resolves when the model is loaded. @throws AbortError when the signal fires. */
	async whenReady(basePath: string, role: AdapterRole, signal: AbortSignal): Promise<void> {
		const model = this.modelOf(role);
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

	private modelOf(role: AdapterRole): JudgingOptions['model'] {
		return role === 'chat' ? this.options.chatModel : this.options.model;
	}
}

/** The file without which there is nothing to judge on. */
const TESTS: Readonly<Record<AdapterRole, string>> = { completion: JUDGED.test, chat: JUDGED.chatTest };

function isReady(state: ModelState, basePath: string): boolean {
	return state.type === 'ready' && state.model.path === basePath;
}
