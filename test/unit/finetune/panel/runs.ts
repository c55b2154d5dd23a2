/** Runs as the panel gets them, for tests of what it shows. */

import type { RunView } from '../../../../src/finetune/job/runRecord';
import type { RunShown } from '../../../../src/finetune/panel/sessionState';
import { DEFAULT_SETTINGS } from '../../../../src/finetune/settings';
import { estimate, evaluationAt, progressAt, result } from '../../../support/fakeTrainer';

/** Same shape as `vscode.l10n.t`, without any translation. */
export function translate(message: string, ...values: (string | number | boolean)[]): string {
	return message.replace(/\{(\d+)\}/g, (_, index) => String(values[Number(index)]));
}

export function viewAt(rest: Partial<RunView> = {}): RunView {
	return {
		id: '20260101-000000-abcd',
		name: 'shop',
		state: 'running',
		pausedFor: undefined,
		isEnding: false,
		isSilent: false,
		phase: 'training',
		phaseDetail: '',
		estimate: { ...estimate, stepMilliseconds: 2_000 },
		progress: progressAt(150).progress,
		losses: [
			{ step: 100, loss: 2 },
			{ step: 150, loss: 1 },
		],
		evaluations: [evaluationAt(0, 2.5)],
		log: [{ at: 0, level: 'warn', text: 'a skipped step' }],
		checkpointStep: 140,
		result: undefined,
		problem: undefined,
		...rest,
	};
}

export function shown(view: Partial<RunView> = {}, rest: Partial<RunShown> = {}): RunShown {
	return {
		type: 'run',
		view: viewAt(view),
		order: {
			version: 1,
			runFolder: '/runs/1',
			basePath: '/models/base.gguf',
			datasetPath: '/runs/1/data.bin',
			adapterFolder: '/adapters',
			cacheFolder: '/cache',
			name: 'shop',
			settings: DEFAULT_SETTINGS,
		},
		isLive: true,
		isInterrupted: false,
		isResumable: false,
		hasCheckpoint: true,
		elsewhere: undefined,
		refusal: undefined,
		...rest,
	};
}

/** A run that ended with these held-out losses. */
export function finished(before: number, after: number, rest: Partial<RunShown> = {}): RunShown {
	const ended = { ...result, before: evaluationAt(0, before), after: evaluationAt(300, after) };
	return shown({ state: 'finished', result: ended }, { isLive: false, ...rest });
}
