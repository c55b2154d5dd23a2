/** What a session shows: nothing, data being prepared, or a run that goes on, is over, or was left behind. */

import type { RunOrder } from '../job/messages';
import type { RunRecord, RunView } from '../job/runRecord';
import type { StoredRun } from '../job/runStore';
import type { Judgement } from '../judge/judgement';
import type { LearningCurve } from '../learningCurve/curve';
import type { CurveProgress } from '../learningCurve/runs';
import type { TrainingSettings } from '../settings';

export type SessionState =
	| { readonly type: 'none' }
	| {
			readonly type: 'preparing';
			readonly name: string;
			readonly detail: string;
			readonly share: number | undefined;
			/** Absolute path of the base model's GGUF. */
			readonly basePath: string;
			readonly settings: TrainingSettings;
	  }
	| { readonly type: 'refused'; readonly name: string; readonly message: string }
	| RunShown;

export interface RunShown {
	readonly type: 'run';
	readonly view: RunView;
	readonly order: RunOrder;
	/** A trainer works on it, or waits, in this window. */
	readonly isLive: boolean;
	/** Its window is gone, and it was not finished. */
	readonly isInterrupted: boolean;
	readonly isResumable: boolean;
	/** Without one it would begin again with the same data. */
	readonly hasCheckpoint: boolean;
	/** Another window trains it, or the trainer of a closed window still writes its checkpoint. */
	readonly elsewhere: StoredRun['elsewhere'];
	/** Why its adapter could not be switched on, though it helped. */
	readonly refusal: string | undefined;
	/** Its adapter is being judged: places that were looked at, of how many. */
	readonly judging?: JudgeProgress | undefined;
	/** What the judge found; undefined before, and where there was nothing to judge on. */
	readonly judgement?: Judgement | undefined;
	/** Why its adapter is not judged, and so off, as a sentence; it can be judged later. */
	readonly notJudged?: string | undefined;
	/** Its learning curve; undefined where there is none and none can be measured. */
	readonly curve?: CurveStanding | undefined;
}

export type CurveStanding =
	/** Its data are there. `reason`: why it is not measured, as a sentence; undefined where nobody asked. */
	| { readonly type: 'possible'; readonly reason: string | undefined }
	/** Its data have gone since. */
	| { readonly type: 'gone'; readonly reason: string }
	/** Undefined before the first of its runs. */
	| { readonly type: 'measuring'; readonly progress: CurveProgress | undefined }
	| { readonly type: 'measured'; readonly curve: LearningCurve };

export interface JudgeProgress {
	readonly done: number;
	readonly all: number;
}

/** A run has ended in this window, and its adapter was judged. */
export interface RunEnded extends Pick<RunShown, 'view' | 'refusal' | 'judgement' | 'notJudged'> {}

/** A run of this window. */
export function runShown(view: RunView, order: RunOrder, isLive: boolean): RunShown {
	const isResumable =
		!isLive &&
		(view.state === 'failed'
			? view.problem?.resumable === true
			: view.state !== 'finished' && view.checkpointStep !== undefined);
	return {
		type: 'run',
		view,
		order,
		isLive,
		isInterrupted: false,
		isResumable,
		hasCheckpoint: view.checkpointStep !== undefined,
		elsewhere: undefined,
		refusal: undefined,
	};
}

/** A run as it lies on disk. */
export function storedShown(stored: StoredRun, record: RunRecord): RunShown {
	const isInterrupted = stored.state === 'interrupted';
	const view = record.view({
		id: stored.id,
		name: stored.order.name,
		state: stored.state === 'interrupted' ? 'paused' : stored.state,
		pausedFor: undefined,
		isEnding: false,
		isSilent: false,
		problem: stored.stored?.problem,
	});
	return {
		type: 'run',
		view: { ...view, result: view.result ?? stored.stored?.result },
		order: stored.order,
		isLive: false,
		isInterrupted,
		isResumable: stored.obstacle === undefined,
		hasCheckpoint: stored.hasCheckpoint,
		elsewhere: stored.elsewhere,
		refusal: undefined,
	};
}
