/** Finds the checkpoint that a run goes on from, and says what is not as it was. */

import { messageOf } from '../../inference/failure';
import type { Dataset } from '../dataset/sample';
import type { FromTrainer, RunOrder } from '../job/messages';
import type { TrainingSettings } from '../settings';
import { type CheckpointHeader, checkpointsIn, readCheckpointHeader } from './checkpoint';
import type { MemoryPlan } from './memoryPlan';

/**
 * The newest checkpoint that is whole and of this very run; undefined where there is none.
 * @param say is told of those that cannot be used, and that the run begins anew where none can.
 */
export function newestCheckpoint(
	{ runFolder, settings }: RunOrder,
	dataset: Dataset,
	say: (message: FromTrainer) => void,
): { readonly file: string; readonly header: CheckpointHeader } | undefined {
	const reasons: string[] = [];
	for (const { file } of checkpointsIn(runFolder)) {
		try {
			const header = readCheckpointHeader(file);
			if (header.dataset !== dataset.hash || header.settings !== fixedSettings(settings)) {
				throw new Error(`${file} belongs to other data or other settings.`);
			}
			if (reasons.length > 0) {
				const text = `This run goes on from an older checkpoint, of step ${header.step}. ${reasons.join(' ')}`;
				say({ type: 'log', level: 'note', text });
			}
			return { file, header };
		} catch (error) {
			reasons.push(messageOf(error));
		}
	}
	if (reasons.length > 0) {
		const text = `This run begins anew, at step 0, with the same data: none of its checkpoints can be used. ${reasons.join(' ')} They are kept in ${runFolder} until the run has finished.`;
		say({ type: 'log', level: 'note', text });
	}
	return undefined;
}

/** Layers are computed again backwards where they were before, even if there is memory now: the digits are others. */
export function settingsAsBefore(
	settings: TrainingSettings,
	header: Pick<CheckpointHeader, 'checkpointing'> | undefined,
): TrainingSettings {
	return header?.checkpointing === true ? { ...settings, gradientCheckpointing: 'on' } : settings;
}

/** Says what a resumed run computes otherwise than it began, and what follows. */
export function tellChanges(
	header: Pick<CheckpointHeader, 'kernels' | 'checkpointing'> | undefined,
	{ kernels, estimate }: MemoryPlan,
	say: (message: FromTrainer) => void,
): void {
	if (header === undefined) {
		return;
	}
	const changes = [
		...(kernels.copies === header.kernels.copies
			? []
			: [`transposed copies in ${kernels.copies} instead of ${header.kernels.copies}`]),
		...(kernels.products === header.kernels.products
			? []
			: [`products in ${kernels.products} instead of ${header.kernels.products}`]),
		...(estimate.gradientCheckpointing === header.checkpointing ? [] : ['gradient checkpointing']),
	];
	if (changes.length > 0) {
		const text = `Less memory is free than when this run began, or another device computes: it goes on with ${new Intl.ListFormat('en').format(changes)}. Its losses may differ in the last digits from those of a run that nobody stopped.`;
		say({ type: 'log', level: 'note', text });
	}
}

/** The settings that decide the numbers; threads, time and how often is saved may differ when a run goes on. */
export function fixedSettings(settings: TrainingSettings): string {
	const { minutes, evaluateEvery, checkpointMinutes, backend, threads, gradientCheckpointing, ...fixed } =
		settings;
	return JSON.stringify(fixed);
}
