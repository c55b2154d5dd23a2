/** Where the time of one request went, and what each stage knew: filled on the way, shown by the inspector. */

import type { FillRequest } from '../inference/model';
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
}

/** What is to be known of a request afterwards. It stays in memory. */
export interface CompletionTrace {
	/** In their order. */
	readonly stages: readonly StageTime[];
	/** What the model was asked; undefined where it was not, or the engine did not tell. */
	readonly prompt: FillRequest | undefined;
	/** What each source of context brought to it; none where the model was not asked. */
	readonly notes: readonly ContextNote[];
	/** What kind of place it was; undefined where the engine did not look. */
	readonly kind: Kind | undefined;
	/** What the model wrote, before any rule; undefined where it was not asked, or the engine did not tell. */
	readonly raw: string | undefined;
	/** Names of the cleaning rules that changed or dropped the text, in order; the code's, such as `repeated-lines`. */
	readonly rules: readonly string[];
}

/** The trace of a request under way. Each stage says when it is over. */
export class TraceWriter implements CompletionTrace {
	readonly stages: StageTime[] = [];
	readonly rules: string[] = [];
	prompt: FillRequest | undefined;
	notes: readonly ContextNote[] = [];
	kind: Kind | undefined;
	raw: string | undefined;
	private last: number;

	constructor(private readonly clock: Pick<Clock, 'now'>) {
		this.last = clock.now();
	}

	/** A stage is over; it had the time since the one before it. */
	end(stage: Stage): void {
		const now = this.clock.now();
		this.stages.push({ stage, milliseconds: now - this.last });
		this.last = now;
	}
}
