/** Loads what a run trains from the file of its base, tells how far it is, and waits while the run is held. */

import type { Device } from '../ggml/device';
import type { FromTrainer } from '../job/messages';
import type { Control } from './control';
import { Learner, type LearnerOptions } from './learner';
import { TensorFile } from './tensorFile';

/** Milliseconds between two reports. */
const REPORT_EVERY = 500;

export interface LoadingContext {
	readonly device: Device;
	/** A CPU, for conversions; the same where the device is one. */
	readonly stage: Device;
	readonly say: (message: FromTrainer) => void;
	readonly control: Pick<Control, 'ready'>;
}

/** @throws as `Learner.load` does; the file is closed in any case. */
export async function loadLearner(
	basePath: string,
	{ device, stage, say, control }: LoadingContext,
	options: LearnerOptions,
	signal: AbortSignal,
): Promise<Learner> {
	const file = new TensorFile(basePath);
	let reported = Number.NEGATIVE_INFINITY;
	const report = async (loaded: number, matrices: number) => {
		if (performance.now() - reported >= REPORT_EVERY) {
			reported = performance.now();
			say({ type: 'phase', phase: 'loading', detail: `${loaded} of ${matrices} matrices` });
		}
		await control.ready();
	};
	try {
		return await Learner.load(device, stage, file, options, report, signal);
	} finally {
		file.dispose();
	}
}
