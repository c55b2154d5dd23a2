/** The one model of a host process: loaded once, however many clients ask for it. */

import * as path from 'node:path';
import type { Engine } from '../engine/engine';
import { type LoadOptions, ModelUnavailable, type Problem, type Unsupported } from '../model';
import { type Loaded, type Refused, refuse } from '../wire/protocol';

/** Says what is wrong with a model file, before native code sees it. */
export type CheckFile = (file: string) => Problem | undefined | Promise<Problem | undefined>;

export class HostedModel {
	private options: LoadOptions | undefined;
	private loading: Promise<Loaded | Refused> | undefined;
	private isReady = false;
	private readonly ending = new AbortController();

	constructor(
		private readonly engine: Engine,
		private readonly check: CheckFile,
		private readonly onProgress: (fraction: number) => void,
	) {}

	/** The engine, or why it cannot be asked yet. */
	get ready(): Engine | Refused {
		return this.isReady
			? this.engine
			: refuse('model-not-loaded', 'The model host has not loaded a model yet.', ['restart']);
	}

	/** A second call with the same options gets the same answer; with others it is refused. */
	async load(options: LoadOptions): Promise<Loaded | Refused> {
		if (this.options !== undefined && !sameOptions(options, this.options)) {
			return refuse(
				'host-serves-another-model',
				`This model host already serves ${this.options.path}, so it cannot load ${options.path}.`,
				['restart'],
			);
		}
		this.options = options;
		this.loading ??= this.loadOnce(options);
		return this.loading;
	}

	/** Why what is meant for the model at `base` is not for this one; undefined where it is. */
	mismatch(base: string): Unsupported | undefined {
		const served = this.options?.path ?? '';
		return base === served
			? undefined
			: {
					type: 'unsupported',
					reason: `The model was changed meanwhile: the adapters are meant for ${path.basename(base)}, but ${path.basename(served)} is loaded.`,
				};
	}

	async dispose(): Promise<void> {
		this.isReady = false;
		this.ending.abort();
		await this.engine.dispose();
	}

	private async loadOnce(options: LoadOptions): Promise<Loaded | Refused> {
		const problem = await this.check(options.path);
		if (problem !== undefined) {
			return { type: 'refused', problem };
		}
		try {
			const model = await this.engine.load(options, this.onProgress, this.ending.signal);
			this.isReady = true;
			return { type: 'loaded', model };
		} catch (error) {
			if (ModelUnavailable.is(error)) {
				return { type: 'refused', problem: error.problem };
			}
			throw error;
		}
	}
}

/** Where caches lie changes nothing about the model. */
export function sameOptions(one: LoadOptions, other: LoadOptions): boolean {
	return (
		one.path === other.path &&
		one.backend === other.backend &&
		one.contextSize === other.contextSize &&
		one.gpuLayers === other.gpuLayers
	);
}
