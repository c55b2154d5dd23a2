/** What was counted of suggestions by the adapters that wrote them: for those who compare adapters. */

import { countOf, type Entry, SURVIVAL_SECONDS } from './ledger';

export interface AdapterCounts {
	/** Identities of the adapters, joined by `+`; empty for the model alone. */
	readonly adapter: string;
	/** Name of the model. */
	readonly model: string;
	/** Suggestions that were shown, and of those accepted as a whole. */
	readonly shown: number;
	readonly accepted: number;
	/** Accepted texts that were looked for after two minutes, and of those found. */
	readonly checked: number;
	readonly kept: number;
}

/** Accepted texts are compared after so long: most that is changed is changed by then. */
const SURVIVAL = SURVIVAL_SECONDS[1];

/** Of entries of a version that did not know the adapters' identities, only those of the model alone count. */
export function countsByAdapter(entries: readonly Entry[]): readonly AdapterCounts[] {
	const sums = new Map<string, AdapterCounts>();
	for (const { model, adapter: names, adapterId = '', counts } of entries) {
		if (names !== '' && adapterId === '') {
			continue;
		}
		const key = JSON.stringify([model, adapterId]);
		const before = sums.get(key) ?? { adapter: adapterId, model, shown: 0, accepted: 0, checked: 0, kept: 0 };
		sums.set(key, {
			...before,
			shown: before.shown + countOf(counts, 'shown'),
			accepted: before.accepted + countOf(counts, 'accepted'),
			checked: before.checked + countOf(counts, `checked.${SURVIVAL}`),
			kept: before.kept + countOf(counts, `kept.${SURVIVAL}`),
		});
	}
	return [...sums.values()];
}
