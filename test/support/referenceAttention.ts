/** Causal attention within documents, with grouped heads, soft caps and sliding windows, in plain loops. */
import type { ReferenceConfig } from './referenceConfig';
import { softCap, type Weights } from './referenceLayers';
import { type Rotation, rotate } from './referenceRope';

/** Where each row stands: rows see only rows of their own document. */
export interface Places {
	/** Position within the document. */
	readonly positions: ArrayLike<number>;
	/** Index of the document's first row. */
	readonly starts: ArrayLike<number>;
	readonly rotation: Rotation;
}

/** What layer `layer` computes from its normed input, rows × width, output matrix included. */
export function attention(
	config: ReferenceConfig,
	weights: Weights,
	layer: number,
	input: Float64Array,
	places: Places,
): Float64Array {
	const block = `blk.${layer}`;
	const turned = (name: string) => {
		const projected = weights.linear(input, `${block}.${name}`);
		// Qwen 3 norms each head of queries and keys.
		const norm = `${block}.${name}_norm`;
		const values = weights.has(`${norm}.weight`) ? weights.norm(projected, norm) : projected;
		rotate(values, config.rope, places.rotation);
		return values;
	};
	const heads = mixHeads(config, layer, places, {
		queries: turned('attn_q'),
		keys: turned('attn_k'),
		values: weights.linear(input, `${block}.attn_v`),
	});
	return weights.linear(heads, `${block}.attn_output`);
}

interface Heads {
	readonly queries: Float64Array;
	readonly keys: Float64Array;
	readonly values: Float64Array;
}

function mixHeads(config: ReferenceConfig, layer: number, places: Places, heads: Heads): Float64Array {
	const { headSize: size } = config;
	const rows = places.positions.length;
	const group = config.heads / config.keyValueHeads;
	const result = new Float64Array(rows * config.heads * size);
	const shares = new Float64Array(rows);
	for (let row = 0; row < rows; row++) {
		for (let head = 0; head < config.heads; head++) {
			const query = (row * config.heads + head) * size;
			const keyHead = Math.floor(head / group);
			const first = firstSeen(row, places, config.window(layer));
			let largest = Number.NEGATIVE_INFINITY;
			for (let other = first; other <= row; other++) {
				const key = (other * config.keyValueHeads + keyHead) * size;
				let dot = 0;
				for (let index = 0; index < size; index++) {
					dot += (heads.queries[query + index] ?? 0) * (heads.keys[key + index] ?? 0);
				}
				const score = softCap(dot * config.attentionScale, config.attentionCap);
				shares[other] = score;
				largest = Math.max(largest, score);
			}
			let total = 0;
			for (let other = first; other <= row; other++) {
				const share = Math.exp((shares[other] ?? 0) - largest);
				shares[other] = share;
				total += share;
			}
			for (let other = first; other <= row; other++) {
				const value = (other * config.keyValueHeads + keyHead) * size;
				const share = (shares[other] ?? 0) / total;
				for (let index = 0; index < size; index++) {
					result[query + index] = (result[query + index] ?? 0) + share * (heads.values[value + index] ?? 0);
				}
			}
		}
	}
	return result;
}

/** The first row of the same document that is less than a window away. */
function firstSeen(row: number, { positions, starts }: Places, window: number): number {
	let first = starts[row] ?? 0;
	while ((positions[row] ?? 0) - (positions[first] ?? 0) >= window) {
		first++;
	}
	return first;
}
