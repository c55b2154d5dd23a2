/** What generated texts come from: another model, or other adapters, write other texts. */

import type { ModelState } from '../inference/model';

/** Equal where they are the same; undefined while no model is ready. */
export function originOf(state: ModelState): string | undefined {
	if (state.type !== 'ready') {
		return undefined;
	}
	const { path, adapters } = state.model;
	return JSON.stringify([path, adapters.map((adapter) => [adapter.path, adapter.scale])]);
}
