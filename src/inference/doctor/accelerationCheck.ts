/** Which backend computes, and why not a faster one. */

import { backendNames, type ModelState } from '../model';
import type { Translate } from '../statusText';
import { attention, commandHelps, type Finding, ok } from './check';

export function accelerationFinding(state: ModelState, translate: Translate): Finding {
	const name = translate('Acceleration');
	const { getAcceleration, showLog } = commandHelps(translate);
	if (state.type !== 'ready') {
		return ok(name, translate('known when a model is loaded'));
	}
	const { backend, notFaster, fallbackReason } = state.model;
	const used = backend === 'cpu' ? 'CPU' : backendNames[backend];
	if (notFaster === undefined) {
		return ok(name, fallbackReason === undefined ? used : `${used}: ${fallbackReason}`);
	}
	const text = `${used}: ${notFaster.reason}`;
	switch (notFaster.remedy) {
		case 'none':
		case 'setting':
			return ok(name, text);
		case 'pack':
			return attention(name, text, getAcceleration, showLog);
	}
}
