/** Runs around a scripted trainer process, for tests of its crashes, silences and pauses. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Estimate, Evaluation, Finished, FromTrainer, RunOrder } from '../../src/finetune/job/messages';
import { type RunOptions, TrainingRun } from '../../src/finetune/job/run';
import type { RunView } from '../../src/finetune/job/runRecord';
import { type Claim, RunStore } from '../../src/finetune/job/runStore';
import type { TrainerLimits } from '../../src/finetune/job/trainerProcess';
import { DEFAULT_SETTINGS } from '../../src/finetune/settings';
import { findBuilt } from './fakeHost';
import { type RecordingLog, recordingLog } from './silentLog';

/** One thing that the scripted trainer does, in turn. */
export type TrainerStep =
	| { readonly do: 'send'; readonly message: unknown }
	/** Sends it `count` times, with its step 0 replaced by 1, 2, … */
	| { readonly do: 'flood'; readonly message: unknown; readonly count: number }
	/** Waits for a message of this type, or `yield true` and `yield false`. */
	| { readonly do: 'hear'; readonly type: string }
	/** To its error output. */
	| { readonly do: 'print'; readonly text: string }
	/** Says nothing for a while. */
	| { readonly do: 'rest'; readonly milliseconds: number }
	/** Ends itself by a signal. */
	| { readonly do: 'signal'; readonly signal: NodeJS.Signals }
	/** Blocks its only thread for ever. */
	| { readonly do: 'block' }
	/** Runs for ever and heeds nothing. */
	| { readonly do: 'deaf' }
	/** Writes this file when the channel closes, and ends. */
	| { readonly do: 'checkpoint-when-alone'; readonly file: string }
	| { readonly do: 'throw'; readonly message: string }
	| { readonly do: 'exit'; readonly code: number };

export const trainerFile = findBuilt('fakeTrainer.entry.mjs');

export const estimate: Estimate = {
	device: 'CPU: test',
	threads: 1,
	weights: 1,
	optimiser: 2,
	activations: 3,
	total: 6,
	free: 100,
	gradientCheckpointing: false,
	parameters: 10,
	tokens: 1_000,
	steps: 300,
	stepMilliseconds: undefined,
};

export function evaluationAt(step: number, loss: number): Evaluation {
	return { step, loss, tokens: 10, byFile: { '0': [loss * 10, 10] } };
}

export const result: Finished = {
	adapterPath: '/adapters/a.gguf',
	before: evaluationAt(0, 2),
	after: evaluationAt(300, 1),
	steps: 300,
	tokens: 1_000,
	seconds: 60,
	skipped: 0,
	peakBytes: 1_000_000,
};

export function progressAt(step: number, loss = 1): Extract<FromTrainer, { type: 'progress' }> {
	return {
		type: 'progress',
		progress: {
			step,
			steps: 300,
			loss,
			learningRate: 1e-4,
			gradientNorm: 0.5,
			tokens: 100,
			tokensPerSecond: 50,
			secondsLeft: 10,
		},
	};
}

export function say(message: unknown): TrainerStep {
	return { do: 'send', message };
}

/** Up to step 12 of training, with a checkpoint from step 10. */
export const untilStep12: readonly TrainerStep[] = [
	say({ type: 'phase', phase: 'checking', detail: '' }),
	say({ type: 'estimate', estimate }),
	say({ type: 'phase', phase: 'training', detail: '' }),
	say({ type: 'checkpoint', step: 10, path: '/x' }),
	say(progressAt(12)),
];

/** A folder of runs, and runs of scripted trainers in it; `dispose` when the test is over. */
export class TestRuns {
	readonly log: RecordingLog = recordingLog();
	readonly store: RunStore;
	readonly base: string;
	private readonly started: TrainingRun[] = [];

	constructor(readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'))) {
		this.store = new RunStore(path.join(folder, 'runs'), this.log);
		this.base = path.join(folder, 'base.gguf');
		fs.writeFileSync(this.base, 'base');
	}

	/** Writes the run's data beside the order. */
	order(claim: Claim, script: readonly TrainerStep[]): RunOrder {
		const datasetPath = path.join(claim.run.path, 'data.bin');
		fs.writeFileSync(datasetPath, 'data');
		return {
			version: 1,
			runFolder: claim.run.path,
			basePath: this.base,
			datasetPath,
			adapterFolder: path.join(this.folder, 'adapters'),
			cacheFolder: path.join(this.folder, 'cache'),
			name: JSON.stringify(script),
			settings: DEFAULT_SETTINGS,
		};
	}

	async start(
		script: readonly TrainerStep[],
		options: Partial<Omit<RunOptions, 'trainer'>> & { readonly limits?: Partial<TrainerLimits> } = {},
	): Promise<TrainingRun> {
		const claim = options.claim ?? (await this.store.claim());
		const run = await TrainingRun.start({
			claim,
			order: this.order(claim, script),
			resume: false,
			power: async () => 'mains',
			...options,
			trainer: { trainerFile, nodePath: undefined, log: this.log, limits: options.limits ?? {} },
		});
		this.started.push(run);
		return run;
	}

	async dispose(): Promise<void> {
		for (const run of this.started) {
			run.kill();
			await run.done;
		}
		fs.rmSync(this.folder, { recursive: true, force: true });
	}
}

/** Resolves with the first view, from now on, that is as asked. */
export function until(run: TrainingRun, isSo: (view: RunView) => boolean): Promise<RunView> {
	return new Promise((resolve, reject) => {
		const look = () => {
			if (isSo(run.view)) {
				subscription.dispose();
				resolve(run.view);
			}
		};
		const subscription = run.onDidChange(look);
		look();
		void run.done.then((view) =>
			isSo(view) ? resolve(view) : reject(new Error(`the run ended first: ${JSON.stringify(view)}`)),
		);
	});
}

/** Why the run failed. */
export function problemOf(view: RunView) {
	assert.ok(view.problem !== undefined, JSON.stringify(view));
	return view.problem;
}
