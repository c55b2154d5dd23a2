/** Orders names by how well they match what was typed. */

/**
 * How well a name matches, higher is better; undefined where not all that was typed occurs in it, in that order. The
 * file's own name counts more than its folders, whole runs more than scattered letters.
 */
function scoreOf(name: string, typed: string): number | undefined {
	const lower = name.toLowerCase();
	const base = lower.slice(lower.lastIndexOf('/') + 1);
	if (typed === '') {
		return -lower.length;
	}
	const at = base.indexOf(typed);
	if (at >= 0) {
		return 3_000 - at * 10 - base.length;
	}
	if (lower.includes(typed)) {
		return 2_000 - lower.length;
	}
	let index = -1;
	for (const character of typed) {
		index = lower.indexOf(character, index + 1);
		if (index < 0) {
			return undefined;
		}
	}
	return 1_000 - lower.length;
}

/** The best `most` items, the best first; equals keep their order. */
export function bestOf<T>(
	items: readonly T[],
	nameOf: (item: T) => string,
	typed: string,
	most: number,
): readonly T[] {
	const wanted = typed.toLowerCase();
	return items
		.flatMap((item) => {
			const score = scoreOf(nameOf(item), wanted);
			return score === undefined ? [] : [{ item, score }];
		})
		.sort((one, other) => other.score - one.score)
		.slice(0, most)
		.map(({ item }) => item);
}
