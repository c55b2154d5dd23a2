/** An adapter as a row of the models view. */

import type { Translate } from '../statusText';
import type { ShelvedAdapter, TreeRow } from './treeRow';

export function adapterRow(adapter: ShelvedAdapter, translate: Translate): TreeRow {
	const { path: file, name, isActive, description, problem } = adapter;
	const words = [...(isActive ? [translate('in use')] : []), description].filter((word) => word !== '');
	return {
		id: `adapter:${file}`,
		label: name,
		description: words.join(' · '),
		tooltip: [translate('Adapter {0}', name), ...words, ...(problem === undefined ? [] : [problem]), file],
		icon: problem !== undefined ? 'circle-slash' : isActive ? 'layers-active' : 'layers',
		isGood: isActive,
		acts: [
			...(problem !== undefined ? [] : [isActive ? ('noAdapter' as const) : ('adapter' as const)]),
			'reveal',
		],
		target: { type: 'adapter', adapter },
		children: [],
	};
}
