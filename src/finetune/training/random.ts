/** Random numbers that a seed repeats and a checkpoint carries on. */

export interface Random {
	/** Uniform in [0, 1). */
	next(): number;
	/** What `randomFrom` continues with; what is set here, the next number follows from. */
	state: number;
}

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state, period 2³². @param state any integer. */
export function randomFrom(state: number): Random {
	let current = state | 0;
	return {
		next() {
			current = (current + 0x6d2b79f5) | 0;
			let mixed = Math.imul(current ^ (current >>> 15), 1 | current);
			mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
			return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
		},
		get state() {
			return current;
		},
		set state(value) {
			current = value | 0;
		},
	};
}

/** A seed for one purpose out of the run's seed, so that purposes do not share a sequence. */
export function seedFor(seed: number, purpose: string): number {
	let hash = seed | 0;
	for (let index = 0; index < purpose.length; index++) {
		hash = Math.imul(hash ^ purpose.charCodeAt(index), 0x01000193);
	}
	return hash;
}
