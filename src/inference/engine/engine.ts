/** What the host process serves: a model that can be loaded and disposed, and asked by several callers. Types only. */

import type { Generator, LoadOptions, ModelDescription } from '../model';
import type { Caller } from './claim';

/** A loaded model for one of those that share it: with adapters of its own, and in its turn. */
export interface EngineSession extends Generator {
	/** Nothing is asked any more. What runs is ended by its own signals. */
	leave(): void;
}

/** One model, from loading it to freeing it. */
export interface Engine {
	/**
	 * Loads a model, once; `onProgress` gets fractions from 0 to 1.
	 * @throws ModelUnavailable when the model cannot be loaded as asked for; an AbortError when the signal fires.
	 */
	load(
		options: LoadOptions,
		onProgress: (fraction: number) => void,
		signal: AbortSignal,
	): Promise<ModelDescription>;
	/** @throws ModelUnavailable where no model is loaded. */
	session(caller: Caller): EngineSession;
	/** Bytes that are free where the loaded model computes; undefined: main memory is all it uses. */
	freeMemory?(): Promise<number | undefined>;
	/** Ends what is running and frees the model. May be called more than once. */
	dispose(): Promise<void>;
}
