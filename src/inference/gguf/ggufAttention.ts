/** What must hold of a model's attention: numbers and lengths of heads. llama.cpp aborts on some that do not. */
import { invalid, type Metadata } from './ggufMetadata';
import type { GgufTensor } from './ggufTensors';

const MAX_LENGTH = 1 << 20;

interface AttentionFacts {
	readonly architecture: string;
	readonly layers: number;
	/** Length of an embedding. */
	readonly width: number;
	/** Whether llama.cpp's graph needs keys, values and rotation to have the same length. */
	readonly oneHeadLength: boolean;
}

/** Throws a `GgufError` that names the key or tensor. */
export function checkAttention(
	metadata: Metadata,
	tensors: readonly GgufTensor[],
	{ architecture, layers, width, oneHeadLength }: AttentionFacts,
): void {
	const key = `${architecture}.attention.head_count`;
	const heads = metadata.perLayer(key, layers) ?? invalid(`metadata key "${key}" is missing`);
	const most = Math.max(...heads);
	// Hybrid models have layers without attention, and zeros there.
	if (most < 1 || most > width) {
		invalid(`metadata key "${key}" is ${heads.join(', ')} instead of 1 to ${width}`);
	}
	checkKeyValueHeads(metadata, `${key}_kv`, heads, layers);
	const keyLength = metadata.optionalCount(`${architecture}.attention.key_length`, 1, MAX_LENGTH);
	if (keyLength === undefined && width % most !== 0) {
		invalid(`metadata key "${architecture}.embedding_length" is ${width}, which ${most} heads cannot share`);
	}
	const lengths = {
		key: keyLength ?? width / most,
		value: metadata.optionalCount(`${architecture}.attention.value_length`, 1, MAX_LENGTH) ?? width / most,
	};
	const rotaryKey = `${architecture}.rope.dimension_count`;
	const rotary = metadata.optionalCount(rotaryKey, 0, MAX_LENGTH) ?? lengths.key;
	if (rotary % 2 !== 0) {
		invalid(`metadata key "${rotaryKey}" makes ${rotary} rotated dimensions, which is not even`);
	}
	// Where layers differ, the lengths may too; those models check it themselves.
	if (oneHeadLength && heads.length === 1) {
		if (lengths.key !== lengths.value) {
			invalid(
				`metadata key "${architecture}.attention.key_length" makes keys of ${lengths.key} for values of ${lengths.value}`,
			);
		}
		if (rotary !== lengths.key) {
			invalid(`metadata key "${rotaryKey}" is ${rotary} instead of the head length ${lengths.key}`);
		}
		checkQueries(tensors, most * lengths.key);
	}
}

function checkKeyValueHeads(metadata: Metadata, key: string, heads: readonly number[], layers: number): void {
	const counts = metadata.perLayer(key, layers) ?? [];
	for (const [layer, count] of counts.entries()) {
		const queries = heads[layer] ?? heads[0] ?? 0;
		if ((count === 0 && counts.length === 1) || (count > 0 && queries % count !== 0)) {
			invalid(`metadata key "${key}" is ${count}, which does not divide ${queries} attention heads`);
		}
	}
}

function checkQueries(tensors: readonly GgufTensor[], expected: number): void {
	for (const { name, shape } of tensors) {
		if (/^blk\.\d+\.attn_q\.weight$/.test(name) && shape[1] !== expected) {
			invalid(`the tensor "${name}" has the shape ${shape.join(' × ')}, but the heads need ${expected} rows`);
		}
	}
}
