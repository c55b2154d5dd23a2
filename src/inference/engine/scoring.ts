/** How probable a text is after another, by the same lane, gate and chunks as generation. */

import type { Priority } from '../model';
import { type Caller, claimOf } from './claim';
import type { Gate } from './gate';
import type { Lane } from './lane';
import { Turn } from './turn';

/** A lane that can say how probable each next token was. */
export interface ScoringLane extends Lane {
	/**
	 * Evaluates `tokens[from..end)`; natural logarithms of the probability of the token that follows each of
	 * those at `first` or later.
	 */
	score(chunk: ScoredChunk, priority: Priority): Promise<readonly number[]>;
}

export interface ScoredChunk {
	readonly tokens: readonly number[];
	readonly from: number;
	readonly end: number;
	readonly first: number;
}

interface Scoring {
	/** What stands before; at least one token. */
	readonly context: readonly number[];
	/** What is scored. */
	readonly text: readonly number[];
	/** Most tokens at once. */
	readonly chunk: number;
	readonly priority: Priority;
	/** Default: nobody in particular. */
	readonly caller?: Caller;
}

/** @throws AbortError when the signal fires. */
export async function score(
	lane: ScoringLane,
	gate: Gate,
	{ context, text, chunk, priority, caller }: Scoring,
	signal: AbortSignal,
): Promise<number[]> {
	const tokens = [...context, ...text];
	const first = context.length - 1;
	const turn = new Turn(lane.lock, gate, claimOf(priority, caller), signal);
	try {
		await turn.begin();
		const logProbabilities: number[] = [];
		let fed = await turn.step(() => lane.keep(tokens.slice(0, first)));
		while (fed < tokens.length - 1) {
			const from = fed;
			const end = Math.min(from + chunk, tokens.length - 1);
			logProbabilities.push(...(await turn.step(() => lane.score({ tokens, from, end, first }, priority))));
			fed = end;
		}
		return logProbabilities;
	} finally {
		turn.end();
	}
}
