/** An adapter in the words of a menu: where it is from, what it gained, and whether it fits. */

import type { ShelvedAdapter } from '../../inference/models/treeRow';
import { formatBytes, type Translate } from '../../inference/statusText';
import { formatChange, formatLoss, formatStrength } from '../panel/format';
import type { Choice } from './choices';
import type { StoredAdapter } from './store';

/** Sizes are told in whole megabytes. */
const LEAST_BYTES = 1_000_000;
/** Repositories that are named where there are many. */
const MOST_NAMES = 2;

interface AdapterWords {
	readonly label: string;
	readonly description: string;
	readonly detail: string;
}

/** @param dateOf A moment in milliseconds since 1970 as date and time: a workspace may be trained on twice a day. */
export function adapterWords(
	adapter: StoredAdapter,
	active: readonly Choice[],
	dateOf: (at: number) => string,
	translate: Translate,
): AdapterWords {
	const choice = active.find((one) => one.path === adapter.path);
	const run = adapter.facts?.run;
	const icon =
		adapter.problem !== undefined
			? '$(error)'
			: choice === undefined
				? '$(circle-large-outline)'
				: '$(pass-filled)';
	const gained =
		run === undefined
			? translate('imported')
			: translate(
					'held-out loss {0} → {1} ({2})',
					formatLoss(run.lossBefore),
					formatLoss(run.lossAfter),
					formatChange(run.lossBefore, run.lossAfter),
				);
	const created = run === undefined ? Number.NaN : Date.parse(run.created);
	const facts = [
		...(run === undefined || run.repositories.length === 0
			? []
			: [repositoryNames(run.repositories, translate)]),
		adapter.bytes < LEAST_BYTES
			? translate('less than {0}', formatBytes(LEAST_BYTES))
			: formatBytes(adapter.bytes),
	];
	return {
		label: `${icon} ${adapter.name}`,
		description: [
			...(choice === undefined ? [] : [translate('in use, {0}', formatStrength(choice.scale))]),
			...(adapter.facts === undefined ? [] : [gained]),
			dateOf(Number.isNaN(created) ? adapter.written : created),
		].join(' · '),
		detail: adapter.problem ?? adapter.warning ?? facts.join(' · '),
	};
}

/** In the words of the models view: it stands below its model there, so there is less to say. */
export function shelvedAdapter(
	{ path, name, facts, problem }: StoredAdapter,
	active: readonly Choice[],
	translate: Translate,
): ShelvedAdapter {
	const choice = active.find((one) => one.path === path);
	const run = facts?.run;
	const gained =
		run === undefined
			? translate('imported')
			: translate('loss {0}', formatChange(run.lossBefore, run.lossAfter));
	const other = facts?.baseName === undefined ? [] : [translate('for {0}', facts.baseName)];
	return {
		path,
		name,
		isActive: choice !== undefined,
		description: [
			...(choice === undefined || choice.scale === 1 ? [] : [formatStrength(choice.scale)]),
			...(problem === undefined ? [gained] : other),
		].join(' · '),
		problem,
	};
}

/** A workspace may have dozens: the first say enough. */
function repositoryNames(names: readonly string[], translate: Translate): string {
	const more = names.length - MOST_NAMES;
	return more > 1
		? translate('{0} and {1} more', names.slice(0, MOST_NAMES).join(', '), more)
		: names.join(', ');
}

/** A line for the status bar's tooltip; undefined while none is in use. */
export function activeLine(active: readonly Choice[], translate: Translate): string | undefined {
	const [first, ...more] = active;
	if (first === undefined) {
		return undefined;
	}
	const each = (choice: Choice) => `${choice.name} (${formatStrength(choice.scale)})`;
	return more.length === 0
		? translate('Adapter: {0}', each(first))
		: translate('Adapters: {0}', active.map(each).join(' + '));
}
