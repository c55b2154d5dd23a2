/** Runs an audit in a worker thread: progress, cancellation by ending the thread, and its errors as our own. */

import { Worker } from 'node:worker_threads';
import { abortError, throwIfAborted } from '../../inference/cancel';
import { RepositoryError } from './repository';
import type { Audit, AuditProgress, Repository } from './verdict';

export interface AuditOrder {
	readonly repositories: readonly Repository[];
	/** Absolute path of the model that shall be trained: one that cannot be is refused before anything is read. */
	readonly basePath: string | undefined;
}

export type FromAuditWorker =
	| { readonly type: 'progress'; readonly progress: AuditProgress }
	| { readonly type: 'done'; readonly audit: Audit }
	| { readonly type: 'failed'; readonly name: string; readonly message: string };

/** Megabytes of JavaScript objects: a repository that needs more ends the audit, not the editor. */
const MEMORY = 1_024;

export class AuditWorker {
	/** @param script absolute path of the built `worker.ts` */
	constructor(private readonly script: string) {}

	/**
	 * The same as `audit`, on a thread of its own.
	 * @throws RepositoryError when Git can read none of the folders; an Error naming why the model cannot be trained; an
	 *   AbortError when cancelled
	 */
	async audit(
		order: AuditOrder,
		onProgress: (progress: AuditProgress) => void,
		signal: AbortSignal,
	): Promise<Audit> {
		throwIfAborted(signal);
		const worker = new Worker(this.script, {
			workerData: order,
			resourceLimits: { maxOldGenerationSizeMb: MEMORY },
		});
		let onAbort: () => void = () => undefined;
		try {
			return await new Promise((resolve, reject) => {
				onAbort = () => reject(abortError());
				signal.addEventListener('abort', onAbort, { once: true });
				worker.on('message', (message: FromAuditWorker) => {
					if (message.type === 'progress') {
						onProgress(message.progress);
					} else if (message.type === 'done') {
						resolve(message.audit);
					} else {
						reject(errorOf(message));
					}
				});
				worker.once('error', reject);
				worker.once('exit', (code) =>
					reject(
						new Error(`The reader of the repositories ended without a result (code ${code}). Try again.`),
					),
				);
			});
		} finally {
			signal.removeEventListener('abort', onAbort);
			await worker.terminate();
		}
	}
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
