/** The turns as the extension keeps them: with the question that each answers. */

import { randomUUID } from 'node:crypto';
import type { Exchange } from './prompts';
import { isRecord, isTurn, type Turn } from './protocol';
import { isQuestion, type Question } from './question';

/** A turn with what only the extension knows of it. */
export interface StoredTurn extends Turn {
	/** What was asked; undefined for the model's turns. */
	readonly question: Question | undefined;
}

export function isStoredTurn(value: unknown): value is StoredTurn {
	return (
		isTurn(value) &&
		isRecord(value) &&
		(value['question'] === undefined || isQuestion(value['question'])) &&
		(value['role'] === 'assistant' || value['question'] !== undefined)
	);
}

export function newTurn(role: Turn['role']): StoredTurn {
	return {
		id: randomUUID(),
		role,
		text: '',
		state: 'streaming',
		note: undefined,
		remedies: [],
		question: undefined,
	};
}

export function withoutQuestion({ id, role, text, state, note, remedies }: StoredTurn): Turn {
	return { id, role, text, state, note, remedies };
}

/** Nothing generates after a reload; a saved answer that was still growing is what a crash left. */
export function afterReload(turn: StoredTurn): StoredTurn {
	return turn.state === 'streaming' ? { ...turn, state: 'interrupted' } : turn;
}

export function exchangesOf(turns: readonly StoredTurn[]): Exchange[] {
	return turns.flatMap((turn, index) => {
		const answer = turns[index + 1];
		return turn.question !== undefined && answer?.role === 'assistant'
			? [{ question: turn.question, answer: answer.text }]
			: [];
	});
}
