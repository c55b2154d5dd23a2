/** What is kept of an adapter beside its file: how it came to be, what was found of it, and what the user says of it. Types only. */

import type { LossPoint } from '../job/lossCurve';
import type { EvaluationPoint } from '../job/runRecord';
import type { Judgement } from '../judge/judgement';
import type { LearningCurve } from '../learningCurve/curve';
import type { TrainingSettings } from '../settings';
import type { DataSummary } from './dataSummary';

/** What the training took. */
export interface TrainingCost {
	readonly steps: number;
	readonly tokens: number;
	readonly seconds: number;
	/** Steps that were skipped because their loss was not finite; undefined where only the adapter's file is known. */
	readonly skipped?: number | undefined;
	/** Peak resident bytes of the trainer; undefined as `skipped`. */
	readonly peakBytes?: number | undefined;
}

/** Version 1 of `<adapter>.report.json`. */
export interface AdapterRecord {
	readonly version: 1;
	/** Name of the adapter's file. */
	readonly adapter: string;
	/** As shown: the user may have renamed it. */
	readonly name: string;
	/** The user's own words; empty for none. */
	readonly notes: string;
	/** When it was trained or imported, in milliseconds since 1970. */
	readonly created: number;
	readonly base: {
		readonly name: string;
		/** sha256 of its weights, in hexadecimal; undefined where nobody knows. */
		readonly fingerprint: string | undefined;
	};
	/** Undefined for one from elsewhere, and for runs of an earlier version. */
	readonly data: DataSummary | undefined;
	readonly settings: TrainingSettings | undefined;
	readonly versions: {
		/** Of Familiar and of ggml, as the trainer wrote them. */
		readonly trainer: string | undefined;
		/** Of the engine that judged it. */
		readonly engine: string | undefined;
		readonly promptFormat: number | undefined;
	};
	/** Held-out loss in nats per token, before and after. */
	readonly heldOut: { readonly before: number; readonly after: number } | undefined;
	readonly losses: readonly LossPoint[];
	readonly evaluations: readonly EvaluationPoint[];
	readonly cost: TrainingCost | undefined;
	/** The adapter whose weights the training began with. */
	readonly continued: { readonly adapter: string; readonly name: string } | undefined;
	readonly judgement: Judgement | undefined;
	readonly learningCurve: LearningCurve | undefined;
}
