/** The setting for those who know what they train: choices of a run that have no setting of their own, checked by name. */

import type { Translate } from '../../inference/statusText';
import { settings as keys } from '../../manifest';
import { isTrainingSettings } from '../job/messageShapes';
import { settingsProblem, type TrainingSettings } from '../settings';

/** Names in `familiar.finetune.advanced`. */
export const ADVANCED = [
	'alpha',
	'rankStabilised',
	'dropout',
	'targets',
	'topLayers',
	'learningRateRatioB',
	'weightDecay',
	'endWeight',
	'rowsPerStep',
	'epochs',
	'gradientCheckpointing',
	'evaluateEvery',
	'seed',
	'threads',
] as const satisfies readonly (keyof TrainingSettings)[];

/**
 * The settings of a run with what the user set beside them.
 *
 * @param advanced as it stands in the settings file.
 * @throws Error naming the first name that is unknown and the first value that cannot be, and what may be.
 */
export function withAdvanced(
	training: TrainingSettings,
	advanced: Readonly<Record<string, unknown>>,
	translate: Translate,
): TrainingSettings {
	let changed = training;
	for (const [name, value] of Object.entries(advanced)) {
		if (!ADVANCED.some((known) => known === name)) {
			throw new Error(
				translate(
					'{0} has no choice named "{1}". There are: {2}.',
					keys.fineTuneAdvanced.key,
					name,
					ADVANCED.join(', '),
				),
			);
		}
		const next: unknown = { ...changed, [name]: value };
		if (!isTrainingSettings(next)) {
			throw new Error(
				translate(
					'In {0}, {1} cannot be {2}. See the description of the setting.',
					keys.fineTuneAdvanced.key,
					name,
					JSON.stringify(value),
				),
			);
		}
		changed = next;
	}
	const problem = settingsProblem(changed);
	if (problem !== undefined) {
		throw new Error(translate('Check {0}: {1}', keys.fineTuneAdvanced.key, problem));
	}
	return changed;
}
