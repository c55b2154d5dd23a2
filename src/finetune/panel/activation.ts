/** Puts what was trained into use with the model that it was trained for, now or as soon as that is loaded. */

import * as path from 'node:path';
import type { Model } from '../../inference/model';
import type { Translate } from '../../inference/statusText';
import type { ActiveAdapters } from '../adapters/active';
import type { Choices } from '../adapters/choices';
import type { FineTuneSessionOptions } from './sessionOptions';

interface ActivationOptions {
	readonly model: Pick<Model, 'state'>;
	readonly active: Pick<ActiveAdapters, 'use'>;
	/** Of this workspace. */
	readonly choices: Pick<Choices, 'set'>;
	readonly translate: Translate;
}

export function activation(options: ActivationOptions): FineTuneSessionOptions['activate'] {
	const { model, active, choices, translate } = options;
	const isLoaded = (basePath: string) => model.state.type === 'ready' && model.state.model.path === basePath;
	return async (file, name, basePath, strength) => {
		const chosen = [{ path: file, name, scale: strength }];
		if (isLoaded(basePath)) {
			const reason = await active.use(chosen);
			// The model may have been changed meanwhile: then the reason is not the adapter's.
			if (reason === undefined || isLoaded(basePath)) {
				return reason;
			}
		}
		await choices.set(basePath, chosen);
		return translate('It is used as soon as {0} is loaded.', path.basename(basePath));
	};
}
