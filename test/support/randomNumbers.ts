/** Random numbers for generated models: the same seed gives the same numbers. */
import type { WrittenTensor } from './ggufWriter';

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
	let state = seed | 0;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/**
 * Makes fillers of normally distributed numbers. They come from one pool, read from a random place for each
 * chunk: billions of fresh ones would take minutes, and no test can tell.
 */
export function gaussianFillers(seed: number): (deviation: number) => WrittenTensor['fill'] {
	const random = seededRandom(seed);
	const pool = new Float32Array(1 << 20);
	for (let index = 0; index < pool.length; index += 2) {
		const radius = Math.sqrt(-2 * Math.log(random() + 1e-12));
		const angle = 2 * Math.PI * random();
		pool[index] = radius * Math.cos(angle);
		pool[index + 1] = radius * Math.sin(angle);
	}
	return (deviation) => (values) => {
		let at = Math.floor(random() * pool.length);
		for (let index = 0; index < values.length; index++) {
			values[index] = (pool[at] ?? 0) * deviation;
			at = at + 1 === pool.length ? 0 : at + 1;
		}
	};
}
