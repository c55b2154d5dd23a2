/** What to do after a crash of the host: the pure rules, without a process. */

import * as path from 'node:path';
import type { LoadOptions, Problem } from '../model';
import type { Breaker } from './breaker';
import type { HostLink } from './hostLink';
import { isGpuFault, type LoadedOn, lessOfGpu } from './lessGpu';

/**
 * What the host was doing, as seen from one client: a host that aborts cannot say anything any more. `elsewhere`: it was at
 * work for another window, as far as one can know (see `HostStatus`). A load is put down to the window whose load it was,
 * and to no other: a model that crashes the host is given up by those who load it, and everybody else loads theirs again.
 */
export type Phase = 'starting' | 'loading' | 'adapting' | 'generating' | 'idle' | 'elsewhere';

export interface Crash {
	readonly phase: Phase;
	/** How the host ended, as the end of "the model host …". */
	readonly cause: string;
	/** Its last output. Default: nothing. */
	readonly lines?: readonly string[];
}

type Decision =
	| { readonly type: 'restart'; readonly delay: number /** Milliseconds. */ }
	| { readonly type: 'stop'; readonly problem: Problem };

/** Crashes while loading one file on one backend after which it is not tried again. */
export const LOAD_ATTEMPTS = 2;

/** Follows one choice of model from crash to crash. */
export class Recovery {
	/** What the next host is to load. */
	options: LoadOptions;
	/** Why `options` are not the ones asked for. */
	fallbackReason: string | undefined;
	private crashesInLoad = 0;
	private loadedOn: LoadedOn | undefined;

	constructor(
		private readonly requested: LoadOptions,
		private readonly breaker: Breaker,
	) {
		this.options = requested;
	}

	/** A host has loaded the model; what it says of the GPU decides what follows a crash at work. */
	loaded(model: LoadedOn): void {
		this.loadedOn = { backend: model.backend, gpuLayers: model.gpuLayers };
	}

	/** What was tried instead does not fit either. @returns whether there is something smaller to try, which `options` are now. */
	refused({ code, message }: Problem): boolean {
		return this.options !== this.requested && code === 'out-of-memory' && this.shrink(message);
	}

	/**
	 * Earlier hosts crashed as often as may be while they loaded `options`.
	 *
	 * @returns the problem; undefined where there is another way to load the file, which `options` are now.
	 */
	quarantined(): Problem | undefined {
		const { options } = this;
		const name = path.basename(options.path);
		const description = `${name} crashed the model host ${LOAD_ATTEMPTS} times while it was loaded (backend: ${options.backend}).`;
		if (this.shrinksToCpu(description)) {
			return undefined;
		}
		return {
			code: 'model-crashes-engine',
			message: `${description} It is not tried again until you restart the model or choose another file: ${options.path}`,
			remedies: ['select-model', 'restart', 'show-log', ...othersThan(options)],
		};
	}

	/** Automatic values may shrink; what the user chose is never changed behind their back. */
	private shrinksToCpu(why: string): boolean {
		if (this.options.backend !== 'auto' || this.requested.gpuLayers > 0) {
			return false;
		}
		this.options = { ...this.requested, backend: 'cpu' };
		this.fallbackReason = `${why} It was loaded on the CPU instead.`;
		return true;
	}

	private shrink(why: string): boolean {
		const less = lessOfGpu(this.requested, this.options, this.loadedOn?.gpuLayers);
		if (less === undefined) {
			return false;
		}
		this.options = less.options;
		this.fallbackReason = `${why} ${less.sentence}`;
		return true;
	}

	after(crash: Crash): Decision {
		const description = describeCrash(crash, this.options);
		const delay = this.breaker.crashed(crash.phase === 'elsewhere');
		if (isGpuFault(crash, this.loadedOn)) {
			this.shrink(description);
		} else if (crash.phase === 'loading' && !this.shrinksToCpu(description)) {
			this.crashesInLoad++;
		}
		if (this.crashesInLoad >= LOAD_ATTEMPTS) {
			return { type: 'stop', problem: crashesEngine(description, this.options) };
		}
		return delay === undefined
			? { type: 'stop', problem: crashedRepeatedly(description, this.options) }
			: { type: 'restart', delay };
	}
}

/** @param phase as far as this client has come with the host. */
export function phaseOf(phase: Phase, { wasBusy, wasReloading, wasElsewhere }: HostLink['work']): Phase {
	if (wasElsewhere) {
		return 'elsewhere';
	}
	if (phase !== 'idle' || !wasBusy) {
		return phase;
	}
	return wasReloading ? 'loading' : 'generating';
}

/** One sentence that attributes the crash. */
export function describeCrash(crash: Crash, options: LoadOptions): string {
	return `The model host ${crash.cause} while ${activity(crash.phase, options)}.`;
}

function activity(phase: Phase, options: LoadOptions): string {
	const model = path.basename(options.path);
	switch (phase) {
		case 'starting':
			return 'it was starting';
		case 'loading':
			return `it was loading ${model} (backend: ${options.backend})`;
		case 'adapting':
			return `it was loading an adapter for ${model} (backend: ${options.backend})`;
		case 'generating':
			return `${model} was generating (backend: ${options.backend})`;
		case 'idle':
			return `${model} was idle (backend: ${options.backend})`;
		case 'elsewhere':
			return 'it was at work for another window';
		default:
			return phase satisfies never;
	}
}

function crashesEngine(description: string, options: LoadOptions): Problem {
	return {
		code: 'model-crashes-engine',
		message: `${description} It was tried ${LOAD_ATTEMPTS} times: this file cannot be used here: ${options.path}`,
		remedies: [...othersThan(options), 'select-model', 'show-log'],
	};
}

function crashedRepeatedly(description: string, options: LoadOptions): Problem {
	return {
		code: 'host-crashed-repeatedly',
		message: `${description} It has crashed too often within three minutes and is not started again.`,
		remedies: ['restart', 'show-log', ...othersThan(options), 'select-model'],
	};
}

/** Where the file may still work. */
function othersThan({ backend }: LoadOptions): Problem['remedies'] {
	return backend === 'cpu' ? [] : ['use-cpu'];
}
