/** Whether a model fits into a machine, where it would run there, and how fast. */

import { expectFirstToken, type FirstToken } from './firstToken';
import { contextThatFits, estimateMemory, layersThatFit, type MemoryEstimate } from './memory';
import { isRough, type MachineProfile } from './profile';
import type { ModelShape } from './shape';
import type { Speed } from './speed';

/** Tokens of context that are taken when nobody chose. */
const USUAL_CONTEXT = 8_192;
/** Of the GPU's free memory, what a model may take: others want some at any time. */
const GPU_SHARE = 0.95;

/** A machine as far as a choice depends on it. */
export interface Place {
	/** Bytes of memory that a model could have. */
	readonly free: number;
	/** What ran here, on what runs now; undefined where nothing did. */
	readonly profile: MachineProfile | undefined;
	/** `speedOf` the profile. */
	readonly speed: Speed | undefined;
}

export interface Fit {
	/** `both`: some layers on the GPU, the others on the processor. */
	readonly on: 'gpu' | 'both' | 'cpu';
	readonly fits: boolean;
	readonly memory: MemoryEstimate;
	/** Bytes that there are where it would run: of the GPU, else of the machine. */
	readonly free: number;
	/** The output counted as one. */
	readonly gpuLayers: number;
	/** Tokens of a sequence. */
	readonly contextSize: number;
	/** Tokens that it would have with more memory. */
	readonly fullContext: number;
	/** Undefined where nothing ran here, or where two processors would share the work. */
	readonly expected: FirstToken | undefined;
	/** Whether only much smaller models ran here. */
	readonly isRough: boolean;
}

/** Where a completion should begin within so many milliseconds, and be written at so many tokens a second at least. */
const SOON = 300;
const FLUENT = 20;
/** Tokens a second that are read along with ease. */
const READABLE = 8;

export function fitOf(shape: ModelShape, { free, profile, speed }: Place): Fit {
	const most = Math.min(USUAL_CONTEXT, shape.trainedContext ?? USUAL_CONTEXT);
	const video = profile?.backend === 'cpu' ? 0 : (profile?.video?.free ?? 0) * GPU_SHARE;
	const gpuLayers = video > 0 ? layersThatFit(shape, { contextSize: most }, video) : 0;
	const on = gpuLayers === 0 ? 'cpu' : gpuLayers > shape.layers ? 'gpu' : 'both';
	const room = { host: free, gpu: video > 0 ? video : Number.POSITIVE_INFINITY };
	const contextSize = contextThatFits(shape, { gpuLayers }, most, room);
	const memory = estimateMemory(shape, { contextSize: contextSize ?? most, gpuLayers });
	// The profile is one of the GPU where the model would run on the processor: it tells nothing then.
	const isKnown = profile !== undefined && (on === 'gpu' || (on === 'cpu' && profile.backend === 'cpu'));
	return {
		on,
		fits: contextSize !== undefined,
		memory,
		free: on === 'gpu' ? video : free,
		gpuLayers,
		contextSize: contextSize ?? most,
		fullContext: most,
		expected: speed === undefined || !isKnown ? undefined : expectFirstToken(speed, shape),
		isRough: profile === undefined || isRough(profile, shape),
	};
}

/** Whether a model that fits is quick enough for what it is used for; undefined where nobody knows. */
export function isQuick({ expected }: Pick<Fit, 'expected'>, forCompletion: boolean): boolean | undefined {
	if (expected === undefined) {
		return undefined;
	}
	return forCompletion
		? expected.warm <= SOON && expected.perSecond >= FLUENT
		: expected.perSecond >= READABLE;
}
