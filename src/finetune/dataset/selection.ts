/** Which samples are worth learning when there is no time for all: not those that the base knows, nor the noisiest. */

import { randomFrom, seedFor } from '../training/random';

export interface Candidate {
	readonly tokens: number;
	/** Of the base model, in nats per token of the middle; undefined where it was not asked. */
	readonly loss: number | undefined;
}

/** Shares of the scored samples, by their loss: what is known already, and what nobody can know. */
const KNOWN = 0.3;
const NOISE = 0.02;
/** Fewer say nothing of the others. */
const FEWEST_SCORED = 50;

/**
 * The indices of those that are kept: all while they fit. Those that were scored come first.
 * @param budget tokens that there is time for
 */
export function selected(
	candidates: readonly Candidate[],
	budget: number,
	seed: number,
): ReadonlySet<number> {
	const all = new Set(candidates.keys());
	const tokens = candidates.reduce((sum, candidate) => sum + candidate.tokens, 0);
	const losses = candidates.flatMap(({ loss }) => loss ?? []).sort((one, other) => one - other);
	if (tokens <= budget || losses.length < FEWEST_SCORED) {
		return all;
	}
	const low = losses[Math.floor(losses.length * KNOWN)] ?? Number.NEGATIVE_INFINITY;
	const high = losses[Math.ceil(losses.length * (1 - NOISE)) - 1] ?? Number.POSITIVE_INFINITY;
	const random = randomFrom(seedFor(seed, 'selection'));
	const ranked = candidates
		.map(({ tokens, loss }, index) => ({ index, tokens, loss, lot: random.next() }))
		.filter(({ loss }) => loss === undefined || (loss >= low && loss <= high))
		.sort(
			(one, other) =>
				Number(one.loss === undefined) - Number(other.loss === undefined) || one.lot - other.lot,
		);
	const kept = new Set<number>();
	let left = budget;
	for (const { index, tokens } of ranked) {
		if (left <= 0) {
			break;
		}
		kept.add(index);
		left -= tokens;
	}
	return kept;
}
