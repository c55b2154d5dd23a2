/** Makes one ranking of several whose scores cannot be compared. */

/**
 * Cormack, Clarke and Büttcher, Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods
 * (SIGIR 2009): each ranking gives 1 / (k + rank), with k = 60.
 */
const K = 60;

interface Fused<T> {
	readonly item: T;
	readonly score: number;
}

/**
 * @param rankings the best first
 * @param keyOf the same for what is the same in several rankings
 */
export function fuse<T>(
	rankings: readonly (readonly T[])[],
	keyOf: (item: T) => string,
): readonly Fused<T>[] {
	const fused = new Map<string, Fused<T>>();
	for (const ranking of rankings) {
		for (const [index, item] of ranking.entries()) {
			const key = keyOf(item);
			const known = fused.get(key);
			fused.set(key, {
				item: known?.item ?? item,
				score: (known?.score ?? 0) + 1 / (K + index + 1),
			});
		}
	}
	// Those of the first ranking go first where two are equal.
	return [...fused.values()].sort((one, other) => other.score - one.score);
}
