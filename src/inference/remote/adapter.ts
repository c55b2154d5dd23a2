/** A llama-server's adapter, as the settings name it. */

import type { Translate } from '../statusText';
import type { ModelFacts } from './facts';
import { ServerTrouble } from './problems';

/** As llama-server's requests name it. */
export interface ServedAdapter {
	readonly id: number;
	readonly scale: number;
}

/**
 * @param wanted a number or the name of a file, and after `=` a scale, 1 by default.
 * @throws ServerTrouble where the server has no such adapter.
 */
export function adapterOf(
	wanted: string,
	{ kind, adapters }: Pick<ModelFacts, 'kind' | 'adapters'>,
	host: string,
	translate: Translate,
): ServedAdapter {
	const [, name = '', written = '1'] = /^(.*?)(?:=([^=]*))?$/s.exec(wanted.trim()) ?? [];
	const scale = Number(written);
	const found = adapters.find(
		({ id, path }) => String(id) === name || path === name || path.split(/[\\/]/).at(-1) === name,
	);
	if (kind !== 'llama-server' || found === undefined || !Number.isFinite(scale)) {
		const known = adapters.map(({ id, path }) => `${id} (${path.split(/[\\/]/).at(-1)})`).join(', ');
		throw new ServerTrouble(
			'missing',
			known === ''
				? translate(
						'{0} has no adapter called {1}. Change the setting familiar.remote.adapter.',
						host,
						wanted,
					)
				: translate(
						'{0} has no adapter called {1}; it has {2}. Change the setting familiar.remote.adapter.',
						host,
						wanted,
						known,
					),
		);
	}
	return { id: found.id, scale };
}
