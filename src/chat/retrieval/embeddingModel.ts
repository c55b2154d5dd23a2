/** The embedding model: a model of its own in a host process of its own, started when the first vector is asked for. */

import * as path from 'node:path';
import { isAbort } from '../../inference/cancel';
import { messageOf } from '../../inference/failure';
import type { LoadOptions, Log, Model } from '../../inference/model';
import type { Embedder } from './embedder';

/** What is used of a client of the model host. */
export interface EmbeddingClient extends Pick<Model, 'embed' | 'state'> {
	load(options: LoadOptions | undefined, signal: AbortSignal): Promise<void>;
	dispose(): Promise<void>;
}

export interface EmbeddingModelOptions {
	readonly start: () => EmbeddingClient;
	readonly load: LoadOptions;
	readonly log: Log;
}

const never = new AbortController().signal;

export class EmbeddingModel implements Embedder {
	private client: EmbeddingClient | undefined;
	private loading: Promise<void> | undefined;
	/** Problems that the log has already. */
	private readonly told = new Set<string>();

	constructor(private readonly options: EmbeddingModelOptions) {}

	get model(): string {
		return this.options.load.path;
	}

	async embed(text: string, signal: AbortSignal): Promise<readonly number[] | undefined> {
		try {
			this.client ??= this.options.start();
			this.loading ??= this.client.load(this.options.load, never);
			await this.loading;
			if (this.client.state.type === 'failed') {
				this.tell(this.client.state.problem.message);
				return undefined;
			}
			const answer = await this.client.embed(text, signal);
			if (answer.type === 'unsupported') {
				this.tell(answer.reason);
				return undefined;
			}
			return answer.vector;
		} catch (error) {
			if (isAbort(error)) {
				throw error;
			}
			this.tell(messageOf(error));
			return undefined;
		}
	}

	async dispose(): Promise<void> {
		await this.client?.dispose();
		this.client = undefined;
		this.loading = undefined;
	}

	private tell(reason: string): void {
		if (!this.told.has(reason)) {
			this.told.add(reason);
			this.options.log.warn(`The workspace is searched without ${path.basename(this.model)}: ${reason}`);
		}
	}
}
