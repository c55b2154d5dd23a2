/** Numbers for the grams of one length: the tokens of a gram, last to first, as its shorter one and one token more to its left. */

/** A table is at most this full. */
const LOAD = 0.7;
const SMALLEST = 1 << 10;
const EMPTY = -1;
/** Keys stay whole numbers that a double holds. */
const TOKENS = 2 ** 16;

/** Numbers are given from 0 in the order in which grams come. */
export class GramTable {
	#slots = new Int32Array(SMALLEST).fill(EMPTY);
	/** By number: shorter gram · 2¹⁶ + token. */
	#keys = new Float64Array(SMALLEST);
	#size = 0;

	get size(): number {
		return this.#size;
	}

	/** @returns undefined for a gram that is not there. */
	find(shorter: number, token: number): number | undefined {
		const found = this.#slots[this.#slotOf(shorter * TOKENS + token)] ?? EMPTY;
		return found === EMPTY ? undefined : found;
	}

	/**
	 * The number of a gram, a new one where it is not there yet.
	 * @param shorter number of the gram without its first token, below 2³¹.
	 * @param token below 2¹⁶.
	 */
	add(shorter: number, token: number): number {
		const key = shorter * TOKENS + token;
		const slot = this.#slotOf(key);
		const found = this.#slots[slot] ?? EMPTY;
		if (found !== EMPTY) {
			return found;
		}
		const number = this.#size++;
		if (number >= this.#keys.length) {
			const keys = new Float64Array(Math.ceil(this.#keys.length * 1.5));
			keys.set(this.#keys);
			this.#keys = keys;
		}
		this.#keys[number] = key;
		this.#slots[slot] = number;
		if (this.#size > this.#slots.length * LOAD) {
			this.#grow();
		}
		return number;
	}

	#grow(): void {
		this.#slots = new Int32Array(this.#slots.length * 2).fill(EMPTY);
		for (let number = 0; number < this.#size; number++) {
			this.#slots[this.#slotOf(this.#keys[number] ?? 0)] = number;
		}
	}

	/** Where a key stands, or the free slot where it would. */
	#slotOf(key: number): number {
		const slots = this.#slots;
		const mask = slots.length - 1;
		let slot = mix(key) & mask;
		for (;;) {
			const number = slots[slot] ?? EMPTY;
			if (number === EMPTY || this.#keys[number] === key) {
				return slot;
			}
			slot = (slot + 1) & mask;
		}
	}
}

/** Spreads the bits of a key (the finalizer of MurmurHash3, Austin Appleby, public domain). */
function mix(key: number): number {
	let hash = ((key % 2 ** 32) ^ Math.imul(Math.floor(key / 2 ** 32), 0x9e3779b1)) | 0;
	hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
	hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
	return (hash ^ (hash >>> 16)) >>> 0;
}
