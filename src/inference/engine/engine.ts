/** What the host process serves: a generator that can be loaded and disposed. Types only. */

import type { Generator, LoadOptions, ModelDescription } from '../model';

export interface Engine extends Generator {
	/**
	 * Loads a model, once; `onProgress` gets fractions from 0 to 1.
	 * @throws ModelUnavailable when the model cannot be loaded as asked for; an AbortError when the signal fires.
	 */
	load(
		options: LoadOptions,
		onProgress: (fraction: number) => void,
		signal: AbortSignal,
	): Promise<ModelDescription>;
	/** Ends what is running and frees the model. May be called more than once. */
	dispose(): Promise<void>;
}
