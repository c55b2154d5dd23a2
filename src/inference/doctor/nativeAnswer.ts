/** What the probe process prints: one line of JSON before it tries a package of ggml, and one after. */

import { anyOf, boolean, list, literal, object, optional, shortString } from '../wire/shapes';

interface ProbedDevice {
	/** What the maker calls it. */
	readonly description: string;
	/** `CPU`, `CUDA`, `Vulkan`, `MTL`. */
	readonly registry: string;
	/** A GPU that is more than software. */
	readonly isGpu: boolean;
}

/** Said before the libraries are loaded: what crashes then has been named. */
interface Trying {
	readonly type: 'trying';
	readonly package: string;
}

export interface Tried {
	readonly type: 'tried';
	/** For example `linux-x64-vulkan`. */
	readonly package: string;
	/** Of ggml; undefined where it could not be loaded. */
	readonly version?: string | undefined;
	readonly devices: readonly ProbedDevice[];
	/** Why it could not be loaded. */
	readonly problem?: string | undefined;
}

/** Said at last. `trainsOn`: what a fine-tune would compute on; undefined where it could not start. */
interface Probed {
	readonly type: 'probed';
	readonly trainsOn?: string | undefined;
	readonly problem?: string | undefined;
}

export type ProbeLine = Trying | Tried | Probed;

const device = object<ProbedDevice>({ description: shortString, registry: shortString, isGpu: boolean });

export const isProbeLine = anyOf(
	object<Trying>({ type: literal('trying'), package: shortString }),
	object<Tried>({
		type: literal('tried'),
		package: shortString,
		version: optional(shortString),
		devices: list(device),
		problem: optional(shortString),
	}),
	object<Probed>({
		type: literal('probed'),
		trainsOn: optional(shortString),
		problem: optional(shortString),
	}),
);
