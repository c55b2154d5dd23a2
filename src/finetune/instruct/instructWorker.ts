/** Makes and selects pairs in a worker thread: progress, and cancellation by ending the thread. */

import { workerAnswer } from '../../inference/workerAnswer';
import type { Audit } from '../corpus/verdict';
import type { Collected, CollectOptions, CollectProgress } from './collect';
import type { Pair } from './pair';
import type { Selected } from './select';

export type InstructOrder =
	| {
			readonly type: 'collect';
			readonly audit: Audit;
			/** Absolute path of the folder with the grammars. */
			readonly grammars: string;
			readonly options: CollectOptions;
	  }
	| { readonly type: 'select'; readonly pairs: readonly Pair[]; readonly seed: number };

export type FromInstructWorker =
	| { readonly type: 'progress'; readonly progress: CollectProgress }
	| { readonly type: 'collected'; readonly collected: Collected }
	| { readonly type: 'selected'; readonly selected: Selected }
	| { readonly type: 'failed'; readonly message: string };

type Answer = Extract<FromInstructWorker, { type: 'collected' | 'selected' }>;
type OnProgress = (progress: CollectProgress) => void;

/** Megabytes of JavaScript objects: a workspace that needs more ends the work, not the editor. */
const MEMORY = 1_024;

export class InstructWorker {
	/** @param script absolute path of the built `worker.ts`. @param grammars absolute path of the folder with the grammars. */
	constructor(
		private readonly script: string,
		private readonly grammars: string,
	) {}

	/** As `collect`. @throws Error with the reason; an AbortError. */
	async collect(
		audit: Audit,
		options: CollectOptions,
		onProgress: OnProgress,
		signal: AbortSignal,
	): Promise<Collected> {
		const answer = await this.run(
			{ type: 'collect', audit, grammars: this.grammars, options },
			onProgress,
			signal,
		);
		if (answer.type !== 'collected') {
			throw new Error('The reader of the workspace gave another answer than it was asked for. Try again.');
		}
		return answer.collected;
	}

	/** As `select`. @throws Error with the reason; an AbortError. */
	async select(
		pairs: readonly Pair[],
		seed: number,
		onProgress: OnProgress,
		signal: AbortSignal,
	): Promise<Selected> {
		const answer = await this.run({ type: 'select', pairs, seed }, onProgress, signal);
		if (answer.type !== 'selected') {
			throw new Error('The reader of the workspace gave another answer than it was asked for. Try again.');
		}
		return answer.selected;
	}

	private run(order: InstructOrder, onProgress: OnProgress, signal: AbortSignal): Promise<Answer> {
		return workerAnswer(
			{ script: this.script, order, memory: MEMORY, name: 'The reader of the workspace' },
			(message: FromInstructWorker) => {
				switch (message.type) {
					case 'progress':
						onProgress(message.progress);
						return undefined;
					case 'failed':
						throw new Error(`Questions and answers could not be made of the workspace: ${message.message}`);
					default:
						return message;
				}
			},
			signal,
		);
	}
}
