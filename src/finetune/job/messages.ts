/**
 * What editor and trainer say to each other over the child's IPC channel, and the order that starts a run.
 *
 * The channel carries JSON: a number that is not finite would arrive as null and the message be dropped
 * (`messageShapes.ts` checks both directions), so it is sent as undefined or 0, as its field says.
 *
 * The trainer's side of the bargain:
 * - It says something at least once a minute while it is not paused; after two minutes it is reported as hung.
 * - When the channel closes (`disconnect`), the editor is gone: it writes a checkpoint and ends with code 0.
 * - After `finished`, `cancelled`, `failed`, `imported` or `exported` it ends by itself; else it is killed 5 s later.
 * - Checkpoints are entries of the run's folder whose names start with `checkpoint`; while one is written its name ends
 *   in `.tmp`, so that every other one is whole.
 */

import type { DataSummary } from '../report/dataSummary';
import type { TrainingSettings } from '../settings';

/** Everything a run needs; written as `run.json` in its folder, so that it can be resumed by another window. */
export interface RunOrder {
	/** Layout of this order. */
	readonly version: 1;
	/** Absolute path of the run's own folder: order, data, checkpoints and log lie there. */
	readonly runFolder: string;
	/** Absolute path of the base model's GGUF. */
	readonly basePath: string;
	/** Absolute path of the dataset (`datasetFile.ts`). */
	readonly datasetPath: string;
	/** Absolute path of the folder where finished adapters are put, named by content hash. */
	readonly adapterFolder: string;
	/** Absolute path of the folder for caches that may be lost, such as fingerprints of models. */
	readonly cacheFolder: string;
	/** Shown as the adapter's name. */
	readonly name: string;
	readonly settings: TrainingSettings;
	/**
	 * Of whose code the data are made: the window's workspace by the hash of its address. Only its own windows show and
	 * resume the run. Undefined in orders of an earlier version, and without a workspace.
	 */
	readonly workspace?: string | undefined;
	/** What the data are, for the report. Undefined in orders of an earlier version. */
	readonly data?: DataSummary | undefined;
	/** Absolute path of an adapter of the same base whose weights the training begins with. Default: with none. */
	readonly from?: string | undefined;
	/** Of the data to learn from, for a learning curve: above 0, at most 1. Default: all of them. */
	readonly share?: number | undefined;
}

export type ToTrainer =
	/** First message. `resume`: goes on from the last checkpoint, if there is one. */
	| { readonly type: 'start'; readonly order: RunOrder; readonly resume: boolean }
	/** Writes a checkpoint and waits; `reason` is shown. */
	| { readonly type: 'pause'; readonly reason: 'user' | 'battery' }
	| { readonly type: 'resume' }
	/** Somebody waits for the model: the trainer stops computing until it hears `false`, or for 30 s. */
	| { readonly type: 'yield'; readonly busy: boolean }
	/** Ends the run at the next node of the graph; what the last checkpoint holds is kept. Killed after 5 s. */
	| { readonly type: 'cancel' }
	| ImportOrder
	| ExportOrder;

/** Instead of `start`: makes an adapter of a PEFT folder. The trainer does it because only it may load ggml. */
export interface ImportOrder {
	readonly type: 'import';
	/** Absolute path of the folder with `adapter_config.json`. */
	readonly from: string;
	readonly basePath: string;
	readonly adapterFolder: string;
	readonly cacheFolder: string;
	readonly name: string;
}

/** Instead of `start`: writes an adapter as a PEFT folder. */
export interface ExportOrder {
	readonly type: 'export';
	readonly adapterPath: string;
	readonly basePath: string;
	/** Absolute path of a folder that is made. */
	readonly toFolder: string;
}

/** What will be needed, before anything is loaded. Bytes and milliseconds. */
export interface Estimate {
	/** For example `CPU: Intel Xeon`. */
	readonly device: string;
	readonly threads: number;
	readonly weights: number;
	readonly optimiser: number;
	readonly activations: number;
	readonly total: number;
	/** Free memory of the device. */
	readonly free: number;
	readonly gradientCheckpointing: boolean;
	/** Trained numbers. */
	readonly parameters: number;
	/** Tokens that will be trained on, every epoch counted. */
	readonly tokens: number;
	readonly steps: number;
	/** Rows whose gradients make a step; undefined in logs of an earlier version. */
	readonly rowsPerStep?: number | undefined;
	/** Median of three timed steps; undefined before they ran. */
	readonly stepMilliseconds: number | undefined;
	/** Of all looks at the held-out loss after the first; undefined before one was timed, and in logs of an earlier version. */
	readonly lookMilliseconds?: number | undefined;
}

export interface Progress {
	readonly step: number;
	readonly steps: number;
	/** Mean over the step's weighted tokens, in nats; undefined for a step that was skipped. */
	readonly loss: number | undefined;
	readonly learningRate: number;
	/** Global norm before clipping; 0 for a step that was skipped. */
	readonly gradientNorm: number;
	/** Tokens trained on so far, padding not counted. */
	readonly tokens: number;
	readonly tokensPerSecond: number;
	readonly secondsLeft: number;
}

/** Held-out loss, overall and by file. */
export interface Evaluation {
	readonly step: number;
	/** Mean over all weighted held-out tokens, in nats. */
	readonly loss: number;
	readonly tokens: number;
	/** `[sum of losses, weighted tokens]` by index of the dataset's `files`. */
	readonly byFile: Readonly<Record<string, readonly [number, number]>>;
}

export interface Finished {
	/** Absolute path of the adapter. */
	readonly adapterPath: string;
	readonly before: Evaluation;
	readonly after: Evaluation;
	readonly steps: number;
	readonly tokens: number;
	readonly seconds: number;
	/** Steps that were skipped because their loss was not finite. */
	readonly skipped: number;
	/** Peak resident bytes of the trainer. */
	readonly peakBytes: number;
	/** What the adapter was trained for. Default: completion. */
	readonly role?: 'completion' | 'chat' | undefined;
	/** Tokens that there were to learn from, each counted once. Undefined in runs of an earlier version. */
	readonly dataTokens?: number | undefined;
}

/** What the trainer is at, in the order of a run. */
export const PHASES = [
	'checking',
	'fingerprint',
	'loading',
	'timing',
	'training',
	'evaluating',
	'saving',
] as const;
export type Phase = (typeof PHASES)[number];

/** `note`: what the user should know of the whole run; the panel shows it outside the log too. */
export const LOG_LEVELS = ['info', 'warn', 'note'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Why nothing is computed: the user, the battery, or somebody waits for the model. */
export type PauseReason = 'user' | 'battery' | 'busy';

/** A PEFT adapter was made into one of ours. */
export interface Imported {
	readonly type: 'imported';
	/** Absolute path. */
	readonly adapterPath: string;
	/** What was translated or left out, one sentence each. */
	readonly notes: readonly string[];
}

/** An adapter was written as a PEFT folder. */
export interface Exported {
	readonly type: 'exported';
	readonly folder: string;
}

export type FromTrainer =
	| { readonly type: 'phase'; readonly phase: Phase; readonly detail: string }
	| { readonly type: 'estimate'; readonly estimate: Estimate }
	| { readonly type: 'progress'; readonly progress: Progress }
	| { readonly type: 'evaluation'; readonly evaluation: Evaluation }
	| { readonly type: 'checkpoint'; readonly step: number; readonly path: string }
	| { readonly type: 'paused'; readonly reason: PauseReason }
	| { readonly type: 'running' }
	| { readonly type: 'log'; readonly level: LogLevel; readonly text: string }
	| { readonly type: 'finished'; readonly result: Finished }
	| { readonly type: 'cancelled' }
	| Imported
	| Exported
	/** The run cannot go on. `code` is stable, `message` names the thing, the reason and the remedy. */
	| { readonly type: 'failed'; readonly code: string; readonly message: string; readonly resumable: boolean };
