/** Normally distributed weights for generated models. */
import type { WrittenTensor } from './ggufWriter';

/**
 * Makes fillers of normally distributed numbers. They come from one pool, read from a random place for each
 * chunk: billions of fresh ones would take minutes, and no test can tell.
 */
export function gaussianFillers(random: () => number): (deviation: number) => WrittenTensor['fill'] {
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
