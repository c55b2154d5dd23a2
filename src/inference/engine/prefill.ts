/** How many prompt tokens are fed to the model at once, so that nobody waits long for a chunk to end. */

import { CHUNK_MILLISECONDS } from '../model';

/** Most tokens at once; chunks of 128 cost 6.5 % of prefill speed against one of the whole prompt. */
const LARGEST_CHUNK = 128;
const SMALLEST_CHUNK = 4;
/**
 * Smaller than this share of the first chunk, every chunk reads the whole KV cache for too little: with 4,400 tokens of
 * context (12 layers, width 640, one thread) chunks of 128, 64 and 16 took 6.6, 7.5 and 30 seconds for the prompt.
 */
const SMALLEST_SHARE = 1 / 2;
/**
 * Chunks of chat while somebody types. It costs chat a quarter of its speed, and half with chunks of 32, which
 * let a completion begin no sooner.
 */
const YIELDING_CHUNK = 64;

/** The largest power of two of tokens, at most 128, that takes up to 100 ms at this speed. */
export function chunkForSpeed(tokensPerSecond: number): number {
	let chunk = LARGEST_CHUNK;
	while (chunk > SMALLEST_CHUNK && chunk > (tokensPerSecond * CHUNK_MILLISECONDS) / 1000) {
		chunk /= 2;
	}
	return chunk;
}

/**
 * The sizes of one request's chunks. Prefill slows down as the context fills and as other programs take the
 * cores: a chunk that was late halves the next, one with time to spare doubles it, up to 128.
 */
export class ChunkSize {
	#size: number;
	readonly #smallest: number;

	/** @param initial tokens, by the speed that was measured at load. */
	constructor(initial: number) {
		this.#size = initial;
		this.#smallest = Math.min(initial, Math.max(SMALLEST_CHUNK, initial * SMALLEST_SHARE));
	}

	/** Tokens of the next chunk. @param yields whether somebody who waits at the cursor may want the next turn. */
	next(yields: boolean): number {
		return yields ? Math.min(this.#size, YIELDING_CHUNK) : this.#size;
	}

	/** Says how long the last chunk took; one that was shorter than it could be says only whether it was late. */
	observe(tokens: number, milliseconds: number): void {
		if (milliseconds > CHUNK_MILLISECONDS) {
			this.#size = Math.max(this.#smallest, this.#size / 2);
		} else if (tokens === this.#size && milliseconds < CHUNK_MILLISECONDS / 3) {
			this.#size = Math.min(LARGEST_CHUNK, this.#size * 2);
		}
	}
}
