/** How probable the answers of conversations are, token by token, with one context for all of them. */

import type { EncodedChat } from '../model';
import type { Caller } from './claim';
import type { Gate } from './gate';
import { type ScoringLane, score } from './scoring';

interface ChatScoring {
	readonly chats: readonly EncodedChat[];
	/** Most tokens at once. */
	readonly chunk: number;
	readonly caller: Caller;
}

/** @returns of each conversation, the tokens that its answers are made of. @throws AbortError when the signal fires. */
export async function scoreChats(
	lane: ScoringLane,
	gate: Gate,
	{ chats, chunk, caller }: ChatScoring,
	signal: AbortSignal,
): Promise<readonly (readonly number[])[]> {
	const shared = { chunk, caller, priority: 'background' } as const;
	const all: (readonly number[])[] = [];
	for (const { tokens, answers } of chats) {
		const first = Math.max(1, answers[0]?.[0] ?? tokens.length);
		const [context, text] = [tokens.slice(0, first), tokens.slice(first)];
		const scored = text.length === 0 ? [] : await score(lane, gate, { ...shared, context, text }, signal);
		all.push(answers.flatMap(([start, end]) => scored.slice(start - first, end - first)));
	}
	return all;
}
