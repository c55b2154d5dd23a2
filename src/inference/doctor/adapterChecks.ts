/** The adapters in use: whether their files are still there. */

import type { Translate } from '../statusText';
import { commandHelps, type Finding, ok, wrong } from './check';

interface AdapterFacts {
	readonly name: string;
	/** Whether its file can be read. */
	readonly isThere: boolean;
}

export function adaptersFinding(adapters: readonly AdapterFacts[], translate: Translate): Finding {
	const name = translate('Adapters');
	const lost = adapters.filter((one) => !one.isThere).map((one) => one.name);
	if (lost.length > 0) {
		return wrong(
			name,
			translate('in use, and their files are gone: {0}', lost.join(', ')),
			commandHelps(translate).selectAdapter,
		);
	}
	return ok(
		name,
		adapters.length === 0
			? translate('none in use')
			: translate('in use, and their files are there: {0}', adapters.map((one) => one.name).join(', ')),
	);
}
