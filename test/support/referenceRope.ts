/** Rotary position embeddings (Su et al. 2021), with linear scaling, YaRN (Peng et al. 2023) and Llama 3's divisors. */

export interface RopeConfig {
	/** Where the two numbers that rotate together lie. */
	readonly pairs: 'neighbours' | 'halves';
	/** All of a head rotates. */
	readonly headSize: number;
	readonly base: number;
	/** Positions are divided by it; 1 = not scaled. */
	readonly factor: number;
	/** With YaRN only slow pairs are. */
	readonly yarn: { readonly originalContext: number; readonly attentionFactor: number } | undefined;
	/** For each pair, its angle is divided by it. */
	readonly divisors: Float64Array | undefined;
}

/** Turns within the original context at and above which YaRN leaves a pair alone, and at and below which it scales it. */
const FAST_TURNS = 32;
const SLOW_TURNS = 1;

/** Cosine and sine for each position and pair, lengths included. */
export interface Rotation {
	readonly cosines: Float64Array;
	readonly sines: Float64Array;
}

export function rotationOf(rope: RopeConfig, positions: ArrayLike<number>): Rotation {
	const pairs = rope.headSize / 2;
	const cosines = new Float64Array(positions.length * pairs);
	const sines = new Float64Array(positions.length * pairs);
	// YaRN's correction of the attention's temperature, for queries and keys alike.
	const length = rope.yarn === undefined ? 1 : rope.yarn.attentionFactor * yarnTemperature(rope.factor);
	for (let pair = 0; pair < pairs; pair++) {
		const frequency = frequencyOf(rope, pair);
		for (let row = 0; row < positions.length; row++) {
			const angle = (positions[row] ?? 0) * frequency;
			cosines[row * pairs + pair] = length * Math.cos(angle);
			sines[row * pairs + pair] = length * Math.sin(angle);
		}
	}
	return { cosines, sines };
}

function yarnTemperature(factor: number): number {
	return factor <= 1 ? 1 : 1 + 0.1 * Math.log(factor);
}

/** Radians per position. */
function frequencyOf(rope: RopeConfig, pair: number): number {
	const full = rope.base ** ((-2 * pair) / rope.headSize) / (rope.divisors?.[pair] ?? 1);
	const scaled = full / rope.factor;
	if (rope.yarn === undefined) {
		return scaled;
	}
	const { originalContext } = rope.yarn;
	const pairWithTurns = (turns: number) =>
		(rope.headSize * Math.log(originalContext / (turns * 2 * Math.PI))) / (2 * Math.log(rope.base));
	const low = Math.max(0, Math.floor(pairWithTurns(FAST_TURNS)));
	const high = Math.min(rope.headSize - 1, Math.ceil(pairWithTurns(SLOW_TURNS)));
	const ramp = Math.min(1, Math.max(0, (pair - low) / Math.max(0.001, high - low)));
	return scaled * ramp + full * (1 - ramp);
}

/** Rotates every head of every row, in place. */
export function rotate(values: Float64Array, rope: RopeConfig, { cosines, sines }: Rotation): void {
	const pairs = rope.headSize / 2;
	const rows = cosines.length / pairs;
	const heads = values.length / (rows * rope.headSize);
	const neighbours = rope.pairs === 'neighbours';
	for (let row = 0; row < rows; row++) {
		for (let head = 0; head < heads; head++) {
			const start = (row * heads + head) * rope.headSize;
			for (let pair = 0; pair < pairs; pair++) {
				const one = start + (neighbours ? 2 * pair : pair);
				const other = start + (neighbours ? 2 * pair + 1 : pair + pairs);
				const cosine = cosines[row * pairs + pair] ?? 0;
				const sine = sines[row * pairs + pair] ?? 0;
				const x = values[one] ?? 0;
				const y = values[other] ?? 0;
				values[one] = x * cosine - y * sine;
				values[other] = x * sine + y * cosine;
			}
		}
	}
}
