/** What can be done with an adapter, as the items of a menu. */

import type { Translate } from '../../inference/statusText';
import { formatStrength } from '../panel/format';
import { added, type Choice, MOST_ADAPTERS, without } from './choices';
import type { StoredAdapter } from './store';

export type AdapterAct =
	/** These are to be in use, and no others. */
	| { readonly type: 'change'; readonly choices: readonly Choice[] }
	| { readonly type: 'strength'; readonly choice: Choice }
	| { readonly type: 'report' }
	| { readonly type: 'export' }
	| { readonly type: 'delete' };

interface MenuItem {
	readonly label: string;
	readonly description: string;
	readonly act: AdapterAct;
}

/** Strengths that the menu offers. */
const STRENGTHS = [0.25, 0.5, 0.75, 1, 1.25, 1.5];

/** One that does not fit can only be deleted: llama.cpp would not take it, and PEFT would not know its base. */
export function adapterMenu(
	adapter: StoredAdapter,
	inUse: readonly Choice[],
	translate: Translate,
): readonly MenuItem[] {
	const item = (label: string, act: AdapterAct, description = ''): MenuItem => ({ label, description, act });
	const change = (label: string, choices: readonly Choice[]) => item(label, { type: 'change', choices });
	const mine = inUse.find((one) => one.path === adapter.path);
	const choice: Choice = { path: adapter.path, name: adapter.name, scale: 1 };
	const items: MenuItem[] = [];
	if (adapter.problem === undefined) {
		if (mine === undefined || inUse.length > 1) {
			items.push(change(translate('$(check) Use alone'), [choice]));
		}
		if (mine === undefined && inUse.length > 0 && inUse.length < MOST_ADAPTERS) {
			const below = inUse.map((one) => one.name).join(' + ');
			items.push(change(translate('$(layers) Add on top of {0}', below), added(inUse, choice)));
		}
	}
	if (mine !== undefined) {
		items.push(
			item(
				translate('$(settings) Strength…'),
				{ type: 'strength', choice: mine },
				formatStrength(mine.scale),
			),
			change(translate('$(circle-slash) Turn off'), without(inUse, adapter.path)),
		);
	}
	if (adapter.facts !== undefined) {
		items.push(item(translate('$(graph) Show report…'), { type: 'report' }));
	}
	if (adapter.problem === undefined) {
		items.push(item(translate('$(export) Export as PEFT…'), { type: 'export' }));
	}
	items.push(item(translate('$(trash) Delete…'), { type: 'delete' }));
	return items;
}

export function strengthMenu(
	choice: Choice,
	inUse: readonly Choice[],
	translate: Translate,
): readonly MenuItem[] {
	return STRENGTHS.map((scale) => ({
		label: formatStrength(scale),
		description: [
			...(scale === 1 ? [translate('as trained')] : []),
			...(scale === choice.scale ? [translate('in use')] : []),
		].join(', '),
		act: { type: 'change', choices: added(inUse, { ...choice, scale }) },
	}));
}
