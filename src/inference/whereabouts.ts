/** What is said of a model that answers, but is not in memory. */

import type { ModelState } from './model';
import type { Translate } from './statusText';

interface Whereabouts {
	readonly sentence: string;
	/** With VS Code's icon syntax, in the place of the usual one. */
	readonly icon: string | undefined;
}

export function whereabouts(
	residence: NonNullable<Extract<ModelState, { type: 'ready' }>['residence']>,
	translate: Translate,
): Whereabouts {
	return residence === 'reloading'
		? { sentence: translate('The model is being loaded again…'), icon: '$(loading~spin)' }
		: {
				sentence: translate('The model has left memory; it is loaded again when it is asked.'),
				icon: undefined,
			};
}
