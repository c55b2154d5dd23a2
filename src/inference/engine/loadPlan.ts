/** What is tried to get a model into memory, and in plain words why it did not work. */

import { messageOf } from '../failure';
import type { LoadOptions, Problem } from '../model';
import { isMemoryError } from './loadAdvice';

/** `chosen`: as the settings say; `half`: half of the layers that did not fit on the GPU; `cpu`: none. */
export type Attempt = 'chosen' | 'half' | 'cpu';

/** Automatic values shrink until they fit: fewer layers, then the CPU. Chosen values never do. */
export function planAttempts(
	{ backend, gpuLayers }: Pick<LoadOptions, 'backend' | 'gpuLayers'>,
	isOnGpu: boolean,
): readonly [Attempt, ...Attempt[]] {
	if (!isOnGpu || gpuLayers >= 0) {
		return ['chosen'];
	}
	return backend === 'auto' ? ['chosen', 'half', 'cpu'] : ['chosen', 'half'];
}

/** What an attempt that failed means for the user, given the next one. */
export function explainFallback(next: Attempt, detail: string): string {
	const now = next === 'cpu' ? 'the CPU is used' : 'fewer layers are on the GPU';
	return `The model did not fit on the GPU (${detail}), so ${now}.`;
}

/** Why loading failed in the end. */
export function explainFailure(error: unknown, file: string, options: LoadOptions): Problem {
	const detail = messageOf(error);
	const name = error instanceof Error ? error.name : '';
	if (isMemoryError(error)) {
		const chosen = options.contextSize > 0 ? ` with a context of ${options.contextSize} tokens` : '';
		const remedies = ['select-model', 'use-starter', 'use-cpu'] as const;
		return {
			code: 'out-of-memory',
			message: `There is not enough memory for ${file}${chosen}: ${detail}`,
			remedies: remedies.filter((remedy) => remedy !== 'use-cpu' || options.backend !== 'cpu'),
		};
	}
	if (name === 'NoBinaryFoundError' || detail.includes('NoBinaryFound')) {
		return {
			code: 'backend-unavailable',
			message: `llama.cpp has no binary for this machine (${process.platform}-${process.arch}): ${detail}`,
			remedies: ['show-log', 'set-node-path'],
		};
	}
	return {
		code: 'model-load-failed',
		message: `llama.cpp could not load ${file}: ${detail}`,
		remedies: ['select-model', 'use-starter', 'show-log'],
	};
}
