/** Merges what the trainer says into one picture of the run. */

import type { Translate } from '../../inference/statusText';
import { LossCurve, type LossPoint } from './lossCurve';
import type {
	Estimate,
	Evaluation,
	Finished,
	FromTrainer,
	LogLevel,
	PauseReason,
	Phase,
	Progress,
} from './messages';
import type { RunProblem, RunState } from './runFolder';
import type { LoggedMessage } from './runLog';

/** Most lines of the log, and most evaluations, that a view holds: the newest. */
const MAX_LINES = 200;
const MAX_EVALUATIONS = 1_000;

/** What the end of the run rests on is kept whole in `RunView.result`; a long run has too many for all files. */
export type EvaluationPoint = Omit<Evaluation, 'byFile'>;

export interface LogLine {
	/** Milliseconds since 1970. */
	readonly at: number;
	readonly level: LogLevel;
	readonly text: string;
}

/** A run at one moment. */
export interface RunView {
	readonly id: string;
	readonly name: string;
	readonly state: RunState;
	/** Why nothing is computed right now; `busy` is no state of its own, it passes. */
	readonly pausedFor: PauseReason | undefined;
	/** It was asked to end and has not yet. */
	readonly isEnding: boolean;
	/** It has said nothing for so long that it seems to hang: `kill` may be offered. */
	readonly isSilent: boolean;
	/** Undefined before the trainer spoke. */
	readonly phase: Phase | undefined;
	readonly phaseDetail: string;
	readonly estimate: Estimate | undefined;
	readonly progress: Progress | undefined;
	/** At most 2,000. */
	readonly losses: readonly LossPoint[];
	/** Held-out losses, in the order of their steps. */
	readonly evaluations: readonly EvaluationPoint[];
	readonly log: readonly LogLine[];
	/** Step of the last checkpoint; undefined when there is none. */
	readonly checkpointStep: number | undefined;
	readonly result: Finished | undefined;
	readonly problem: RunProblem | undefined;
}

/** What the run's owner knows and the trainer does not say. */
type RunStanding = Pick<RunView, 'id' | 'name' | 'state' | 'pausedFor' | 'isEnding' | 'isSilent' | 'problem'>;

/** In words, as in "the trainer crashed while it was …". Translated when they are said. */
// texts:begin
const DOING: Readonly<Record<Phase, string>> = {
	checking: 'checking model and data',
	fingerprint: 'reading the base model',
	loading: 'loading the base model',
	timing: 'timing its first steps',
	training: 'training',
	evaluating: 'measuring the held-out loss',
	saving: 'saving the adapter',
};
// texts:end

export class RunRecord {
	private readonly curve = new LossCurve();
	private evaluations: readonly EvaluationPoint[] = [];
	private lines: readonly LogLine[] = [];
	private phase: Phase | undefined;
	private phaseDetail = '';
	private estimate: Estimate | undefined;
	private progress: Progress | undefined;
	private result: Finished | undefined;
	/** Step of the last checkpoint. */
	checkpointStep: number | undefined;

	add({ at, message }: LoggedMessage): void {
		switch (message.type) {
			case 'phase':
				this.phase = message.phase;
				this.phaseDetail = message.detail;
				break;
			case 'estimate':
				this.estimate = message.estimate;
				break;
			case 'progress':
				this.progress = message.progress;
				if (message.progress.loss !== undefined) {
					this.curve.add(message.progress.step, message.progress.loss);
				}
				break;
			case 'evaluation': {
				const { byFile: _byFile, ...point } = message.evaluation;
				if (point.step === 0) {
					// It begins, maybe anew: what it had reached before is no longer where it stands.
					this.progress = undefined;
					this.checkpointStep = undefined;
				}
				// A run that was resumed evaluates some steps again.
				const before = this.evaluations.filter(({ step }) => step < point.step);
				this.evaluations = [...before, point].slice(-MAX_EVALUATIONS);
				break;
			}
			case 'checkpoint':
				this.checkpointStep = message.step;
				break;
			case 'log':
				this.lines = [...this.lines, { at, level: message.level, text: message.text }].slice(-MAX_LINES);
				break;
			case 'finished':
				this.result = message.result;
				break;
		}
	}

	/** What it is at, in words; undefined before it spoke. */
	doing(translate: Translate): string | undefined {
		const { phase, progress } = this;
		if (phase === undefined) {
			return undefined;
		}
		return phase === 'training' && progress !== undefined
			? translate('training (step {0} of {1})', progress.step, progress.steps)
			: translate(DOING[phase]);
	}

	view(standing: RunStanding): RunView {
		return {
			...standing,
			phase: this.phase,
			phaseDetail: this.phaseDetail,
			estimate: this.estimate,
			progress: this.progress,
			losses: this.curve.all,
			evaluations: this.evaluations,
			log: this.lines,
			checkpointStep: this.checkpointStep,
			result: this.result,
		};
	}
}

/** What the log keeps of a message; undefined for what passes. The files of an evaluation are too many for it. */
export function worthLogging(message: FromTrainer): FromTrainer | undefined {
	switch (message.type) {
		case 'evaluation':
			return { type: 'evaluation', evaluation: { ...message.evaluation, byFile: {} } };
		case 'estimate':
		case 'progress':
		case 'checkpoint':
		case 'log':
			return message;
		default:
			return undefined;
	}
}
