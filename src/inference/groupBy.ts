/** Things by what they have in common. */

/** In the order in which they come, the groups by their first. As `Map.groupBy`, which Node has from version 21 on. */
export function groupBy<K, T>(things: Iterable<T>, keyOf: (thing: T) => K): Map<K, T[]> {
	const groups = new Map<K, T[]>();
	for (const thing of things) {
		const key = keyOf(thing);
		const group = groups.get(key);
		if (group === undefined) {
			groups.set(key, [thing]);
		} else {
			group.push(thing);
		}
	}
	return groups;
}
