/** What completion tells the status bar and the doctor while nothing is wrong. */
import type { CompletionStatus } from '../../src/inference/statusText';

export const completionStatus: CompletionStatus = {
	enabled: true,
	language: { name: 'TypeScript', on: true },
	manualOnly: false,
	onBattery: false,
	pausedUntil: undefined,
	lastSilence: undefined,
	lastMilliseconds: undefined,
};
