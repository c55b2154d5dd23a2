/** Finds the checkpoint that a run goes on from. */

import type { Dataset } from '../dataset/sample';
import type { FromTrainer, RunOrder } from '../job/messages';
import type { TrainingSettings } from '../settings';
import { type CheckpointHeader, checkpointsIn, readCheckpointHeader } from './checkpoint';

/** The newest checkpoint that is whole and of this very run. */
export function newestCheckpoint(
	{ runFolder, settings }: RunOrder,
	dataset: Dataset,
	say: (message: FromTrainer) => void,
): { readonly file: string; readonly header: CheckpointHeader } | undefined {
	for (const { file } of checkpointsIn(runFolder)) {
		try {
			const header = readCheckpointHeader(file);
			if (header.dataset !== dataset.hash || header.settings !== fixedSettings(settings)) {
				throw new Error(`${file} belongs to other data or other settings.`);
			}
			return { file, header };
		} catch (error) {
			say({ type: 'log', level: 'warn', text: error instanceof Error ? error.message : String(error) });
		}
	}
	return undefined;
}

/** The settings that decide the numbers; threads, time and how often is saved may differ when a run goes on. */
export function fixedSettings(settings: TrainingSettings): string {
	const { minutes, evaluateEvery, checkpointMinutes, backend, threads, gradientCheckpointing, ...fixed } =
		settings;
	return JSON.stringify(fixed);
}
