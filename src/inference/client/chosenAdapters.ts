/** The adapters that a client uses: completion and chat have their own. */

import type { Adapter } from '../model';

export interface ChosenAdapters {
	readonly completion: readonly Adapter[];
	readonly chat: readonly Adapter[];
}

export const NO_ADAPTERS: ChosenAdapters = { completion: [], chat: [] };
