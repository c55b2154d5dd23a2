/** Grouped-query attention over rows that may hold several documents. */

import type { Tensor } from '../ggml/arena';
import { softCapSlope } from './elementwise';
import type { Kept, Tape } from './tape';
import type { Variable } from './variable';

interface AttentionTerms {
	/**
	 * For each block of queries, F32 [keys, queries, 1, sequences]: 0 where a query may look, −∞ elsewhere. The keys are
	 * those up to the block's end: no query looks ahead.
	 */
	readonly masks: readonly Tensor[];
	/** Factor of q·k. */
	readonly scale: number;
	/** cap·tanh(x / cap) before the softmax; 0 = none. */
	readonly softCap: number;
}

/** Queries of a block: what lies behind them is not computed, and a smaller block would fill the kernels badly. */
const BLOCK = 128;

/** Ends of the blocks of queries; a rest is a block of its own. */
export function blockEnds(positions: number): readonly number[] {
	return Array.from({ length: Math.ceil(positions / BLOCK) }, (_, index) =>
		Math.min(positions, (index + 1) * BLOCK),
	);
}

/**
 * q [head, heads, m], k and v [head, keyValueHeads, m] → [head·heads, m]; m = positions of all sequences, one after the other.
 * P = softmax(s·K·Qᵀ + mask), O = P·V (Vaswani et al. 2017). With dP = dO·Vᵀ:
 * dV = Pᵀ·dO, dS = s·P·(dP − Σ dP·P), dQ = dS·K, dK = dSᵀ·Q.
 * The query heads that share a key head stand one below the other as its rows: nothing is repeated.
 */
export function attention(
	tape: Tape,
	q: Variable,
	k: Variable,
	v: Variable,
	terms: AttentionTerms,
): Variable {
	const { graph } = tape;
	const [head, heads, columns] = q.tensor.shape;
	const keyHeads = k.tensor.shape[1];
	const sequences = terms.masks[0]?.shape[3] ?? 1;
	const positions = columns / sequences;
	const blocks = blocksOf(terms.masks);
	const needed = [q, k, v].some((one) => one.needsGradient);

	/** [head, h, m] → [head, positions, h, sequences]. */
	const byHead = (x: Tensor, count: number) =>
		graph.contiguous(graph.permute(graph.reshape(x, [head, count, positions, sequences]), [0, 2, 1, 3]));
	/** [head, n, h, sequences] → [head, h, n, sequences]. */
	const byPosition = (x: Tensor) => graph.contiguous(graph.permute(x, [0, 2, 1, 3]));
	const flat = (x: Tensor, count: number) => graph.reshape(x, [head, count, columns]);
	/** The block's part of [head, positions, heads, sequences], by key head. */
	const rowsOf = (x: Tensor, { from, count }: Block) =>
		graph.reshape(blocks.length === 1 ? x : graph.contiguous(graph.part(x, 1, from, count)), [
			head,
			(count * heads) / keyHeads,
			keyHeads,
			sequences,
		]);
	/** Rows by key head ↔ by query head. */
	const tall = (x: Tensor, { count }: Block) =>
		graph.reshape(x, [x.shape[0], (count * heads) / keyHeads, keyHeads, sequences]);
	const square = (x: Tensor, { count }: Block) => graph.reshape(x, [x.shape[0], count, heads, sequences]);
	const upTo = (x: Tensor, dimension: 0 | 1, { end }: Block) =>
		blocks.length === 1 ? x : graph.part(x, dimension, 0, end);
	const joined = (parts: readonly Tensor[]) =>
		parts.reduce((whole, part) => graph.concatenate(whole, part, 2));

	const queries = byHead(q.tensor, heads);
	const keys = byHead(k.tensor, keyHeads);
	const values = byHead(v.tensor, keyHeads);
	const leftKeys = tape.left(keys);
	const turnedValues = tape.leftTransposed(values);
	const { softCap } = terms;
	const kept: { readonly shares: Kept; readonly tanh: Kept | undefined }[] = [];
	const mixed = blocks.map((block) => {
		const scores = square(graph.matrixProduct(upTo(leftKeys, 1, block), rowsOf(queries, block)), block);
		const tanh = softCap === 0 ? undefined : graph.tanh(graph.scale(scores, terms.scale / softCap));
		const shares =
			tanh === undefined
				? graph.softMax(scores, block.mask, terms.scale)
				: graph.softMax(graph.scale(tanh, softCap), block.mask, 1);
		const result = graph.matrixProduct(upTo(turnedValues, 0, block), tall(shares, block));
		if (needed) {
			kept.push({ shares: tape.keep(shares), tanh: tanh === undefined ? undefined : tape.keep(tanh) });
		}
		return byPosition(graph.reshape(result, [head, block.count, heads, sequences]));
	});
	const output = graph.reshape(joined(mixed), [head * heads, columns]);
	if (!needed) {
		return tape.record(output, [], () => undefined);
	}
	const keptQueries = tape.keep(queries);
	const keptKeys = tape.keep(keys);
	const keptValues = tape.keep(values);

	return tape.record(output, [q, k, v], (dy) => {
		const dMixed = byHead(flat(dy, heads), heads);
		const turnedKeys = tape.leftTransposed(keptKeys.value());
		const leftValues = keptValues.left();
		let dKeys: Tensor | undefined;
		let dValues: Tensor | undefined;
		const dQueries: Tensor[] = [];
		// From the last block, which sees all keys, to the first.
		for (const [index, block] of [...blocks.entries()].reverse()) {
			const { shares, tanh } = kept[index] ?? {};
			if (shares === undefined) {
				continue;
			}
			const dRows = rowsOf(dMixed, block);
			const dShares = square(graph.matrixProduct(upTo(leftValues, 1, block), dRows), block);
			const scale = tanh === undefined ? terms.scale : 1;
			const dCapped = softMaxBack(tape, dShares, shares.value(), scale);
			const dScores = tall(
				tanh === undefined
					? dCapped
					: graph.scale(graph.multiply(dCapped, softCapSlope(tape, tanh.value())), terms.scale),
				block,
			);
			dQueries.unshift(
				byPosition(
					graph.reshape(graph.matrixProduct(upTo(turnedKeys, 0, block), dScores), [
						head,
						block.count,
						heads,
						sequences,
					]),
				),
			);
			const ofValues = tape.outer(dRows, tall(shares.value(), block));
			const ofKeys = tape.outer(rowsOf(keptQueries.value(), block), dScores);
			dValues = dValues === undefined ? ofValues : graph.addAtStart(dValues, ofValues);
			dKeys = dKeys === undefined ? ofKeys : graph.addAtStart(dKeys, ofKeys);
		}
		tape.give(q, () => flat(joined(dQueries), heads));
		const [ofK, ofV] = [dKeys, dValues];
		if (ofK !== undefined && ofV !== undefined) {
			tape.give(v, () => flat(byPosition(ofV), keyHeads));
			tape.give(k, () => flat(byPosition(ofK), keyHeads));
		}
	});
}

/** Queries `from` to `end`, which see the keys up to `end`. */
interface Block {
	readonly from: number;
	readonly count: number;
	readonly end: number;
	readonly mask: Tensor;
}

function blocksOf(masks: readonly Tensor[]): readonly Block[] {
	let from = 0;
	return masks.map((mask) => {
		const count = mask.shape[1];
		from += count;
		return { from: from - count, count, end: from, mask };
	});
}

/** Gradient of y = softmax(scale·x + mask) with respect to x: scale·y·(dy − Σ dy·y). dy is overwritten. */
export function softMaxBack({ graph, options }: Tape, dy: Tensor, y: Tensor, scale: number): Tensor {
	switch (options.forms.softMaxBack) {
		case true:
			// In place: ggml's allocator may put the other form's result over y, which the CPU's kernel still reads.
			return graph.softMaxBackInto(dy, y, scale);
		case 'wrong':
			return graph.softMaxBack(dy, y, scale);
		default: {
			const mean = graph.sumRows(graph.multiply(dy, y));
			return graph.scale(graph.multiply(graph.subtract(dy, mean), y), scale);
		}
	}
}
