/** Runs an audit in a worker thread: progress, cancellation by ending the thread, and its errors as our own. */

import { codeOf } from '../../inference/failure';
import { workerAnswer } from '../../inference/workerAnswer';
import { RepositoryError } from './repository';
import type { Audit, AuditProgress, Repository, Verdict } from './verdict';

export interface AuditOrder {
	readonly repositories: readonly Repository[];
	/** Absolute path of the model that shall be trained: one that cannot be is refused before anything is read. */
	readonly basePath: string | undefined;
	/** Absolute path of what earlier audits found. Default: nothing is remembered. */
	readonly cacheFile?: string;
}

/** A file that the user takes in. */
interface FileOrder {
	readonly repository: Repository;
	/** Relative to the repository's folder, with `/`. */
	readonly file: string;
}

export type ToAuditWorker =
	| { readonly type: 'audit'; readonly order: AuditOrder }
	| { readonly type: 'file'; readonly order: FileOrder };

export type FromAuditWorker =
	| { readonly type: 'progress'; readonly progress: AuditProgress }
	/** What went wrong without spoiling the result. */
	| { readonly type: 'warning'; readonly message: string }
	| { readonly type: 'done'; readonly audit: Audit }
	| { readonly type: 'judged'; readonly verdict: Verdict }
	| { readonly type: 'failed'; readonly name: string; readonly message: string };

type Answer = Extract<FromAuditWorker, { type: 'done' | 'judged' }>;

/** Megabytes of JavaScript objects: a repository that needs more ends the audit, not the editor. */
const MEMORY = 1_024;
const OUT_OF_MEMORY = 'ERR_WORKER_OUT_OF_MEMORY';

export class AuditWorker {
	/**
	 * @param script absolute path of the built `worker.ts`
	 * @param onWarning is told what went wrong without spoiling the result. Default: nobody is.
	 */
	constructor(
		private readonly script: string,
		private readonly onWarning: (message: string) => void = () => undefined,
	) {}

	/**
	 * The same as `audit`, on a thread of its own.
	 * @throws RepositoryError when none of the folders can be read; an Error naming why the model cannot be trained; an
	 *   AbortError when cancelled
	 */
	async audit(
		order: AuditOrder,
		onProgress: (progress: AuditProgress) => void,
		signal: AbortSignal,
	): Promise<Audit> {
		const answer = await this.run({ type: 'audit', order }, onProgress, signal);
		if (answer.type !== 'done') {
			throw new Error('The reader of the repositories answered what it was not asked. Try again.');
		}
		return answer.audit;
	}

	/**
	 * What becomes of a file that the user takes in.
	 * @throws an AbortError when cancelled
	 */
	async judge(order: FileOrder, signal: AbortSignal): Promise<Verdict> {
		const answer = await this.run({ type: 'file', order }, () => undefined, signal);
		if (answer.type !== 'judged') {
			throw new Error('The reader of the repositories answered what it was not asked. Try again.');
		}
		return answer.verdict;
	}

	private run(
		order: ToAuditWorker,
		onProgress: (progress: AuditProgress) => void,
		signal: AbortSignal,
	): Promise<Answer> {
		return workerAnswer(
			{ script: this.script, order, memory: MEMORY, name: 'The reader of the repositories' },
			(message: FromAuditWorker) => {
				switch (message.type) {
					case 'progress':
						onProgress(message.progress);
						return undefined;
					case 'warning':
						this.onWarning(message.message);
						return undefined;
					case 'failed':
						throw errorOf(message);
					default:
						return message;
				}
			},
			signal,
		).catch((error: unknown) => {
			throw codeOf(error) === OUT_OF_MEMORY ? tooMuch() : error;
		});
	}
}

function tooMuch(): Error {
	return new Error(
		`The open folders hold more than an audit has memory for (${MEMORY} MB). Leave folders out with familiar.exclude or .familiarignore, or open fewer.`,
	);
}

function errorOf(failure: Extract<FromAuditWorker, { type: 'failed' }>): Error {
	switch (failure.name) {
		case 'RepositoryError':
			return new RepositoryError(failure.message);
		case 'RunFailure':
			return new Error(failure.message);
		default:
			return new Error(`The repositories could not be read: ${failure.message}`);
	}
}
