/** Where the time of one request went, and what each stage knew: filled on the way, shown by the inspector. */

import type { FillRequest, ModelDescription } from '../inference/model';
import { STAGE_BUDGETS } from './budgets';
import type { Dropped } from './cleaning/rule';
import type { Clock } from './clock';
import type { Kind } from './kind';
import type { ContextNote } from './prompt';

/** What each stage is called. Faces translate the name. */
// texts:begin
const names = {
	document: 'document',
	gate: 'gate',
	'known-texts': 'known texts',
	flight: 'running generation',
	syntax: 'syntax',
	debounce: 'debounce',
	context: 'context',
	'model-busy': 'model busy',
	generation: 'generation',
	cleaning: 'cleaning',
	answer: 'answer',
} as const;
// texts:end

export type Stage = keyof typeof names;

/** The English name of a stage, which is also its translation key. */
export function stageName(stage: Stage): string {
	return names[stage];
}

export interface StageTime {
	readonly stage: Stage;
	readonly milliseconds: number;
	/** Milliseconds that it may take. */
	readonly budget: number;
}

/** Milliseconds by which a timer is late on a machine that has other work. */
const LATE = 2;

/** Whether a stage took more than it may. */
export function isOver({ milliseconds, budget }: StageTime): boolean {
	return milliseconds > budget + LATE;
}

/** What is to be known of a request afterwards. It stays in memory. */
export interface CompletionTrace {
	/** In their order. */
	readonly stages: readonly StageTime[];
	/** That was loaded; undefined where none was. */
	readonly model: ModelDescription | undefined;
	/** What the model was asked; undefined where it was not, or the engine did not tell. */
	readonly prompt: FillRequest | undefined;
	/** What each source of context brought to it; none where the model was not asked. */
	readonly notes: readonly ContextNote[];
	/** What kind of place it was; undefined where the engine did not look. */
	readonly kind: Kind | undefined;
	/** What the model wrote, before any rule; undefined where it was not asked, or the engine did not tell. */
	readonly raw: string | undefined;
	/** Mean natural logarithm of the probability of a token of what was left of it; undefined where nobody told. */
	readonly confidence: number | undefined;
	/** Names of the cleaning rules that changed or dropped the text, in order; the code's, such as `repeated-lines`. */
	readonly rules: readonly string[];
	/** Which of them left nothing of the text; undefined where there is one, or none was written. */
	readonly dropped: Dropped | undefined;
}

/** The trace of a request under way. Each stage says when it is over. */
export class TraceWriter implements CompletionTrace {
	readonly stages: StageTime[] = [];
	readonly rules: string[] = [];
	model: ModelDescription | undefined;
	dropped: Dropped | undefined;
	prompt: FillRequest | undefined;
	notes: readonly ContextNote[] = [];
	kind: Kind | undefined;
	raw: string | undefined;
	confidence: number | undefined;
	private last: number;

	constructor(private readonly clock: Pick<Clock, 'now'>) {
		this.last = clock.now();
	}

	/**
	 * A stage is over; it had the time since the one before it.
	 *
	 * @param ago milliseconds since then, where it is told late. Default: 0.
	 * @param budget milliseconds that it may take, where a setting says so. Default: the table's.
	 */
	end(stage: Stage, { ago = 0, budget = STAGE_BUDGETS[stage] } = {}): void {
		const at = this.clock.now() - ago;
		this.stages.push({ stage, milliseconds: at - this.last, budget });
		this.last = at;
	}
}
