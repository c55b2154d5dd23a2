/** The turns as the extension keeps them: with the question that each answers and its place among the others. */

import { randomUUID } from 'node:crypto';
import { isRecord } from '../inference/record';
import { namedIn } from './context/places';
import { commandIn } from './context/syntax';
import type { Exchange } from './messages';
import { isQuestion, type Question } from './question';
import { sourcesOf } from './retrieval/citations';
import { isCount, isId } from './shapes';
import { answerOf } from './thinking';
import { type Branch, isTurn, type Turn } from './turn';

/** A turn with what only the extension knows of it, and without what depends on its neighbours. */
export interface StoredTurn extends Omit<Turn, 'branch' | 'isEditable'> {
	/** What was asked; undefined for the model's turns. */
	readonly question: Question | undefined;
	/** Id of the turn before; undefined for the first. Several turns with one parent are versions of each other. */
	readonly parent: string | undefined;
	/** When it began, in milliseconds since 1970. */
	readonly time: number;
}

/** A turn from disk, where a missing key is how JSON writes undefined; undefined where it is none. */
export function storedTurn(value: unknown): StoredTurn | undefined {
	if (!isRecord(value)) {
		return undefined;
	}
	const { question, parent, time } = value;
	const turn: unknown = { ...value, branch: undefined, isEditable: false };
	if (!isTurn(turn) || !isCount(time, Number.MAX_SAFE_INTEGER) || !(parent === undefined || isId(parent))) {
		return undefined;
	}
	const { id, role, text, state, note, remedies, usage, steps, origins } = turn;
	return {
		...{ id, role, text, state, note, remedies, usage, parent, time },
		...(steps === undefined ? {} : { steps }),
		...(origins === undefined ? {} : { origins }),
		// A question of a task that this version does not know is at least what the user sees of it.
		question: role === 'assistant' ? undefined : isQuestion(question) ? question : { task: 'question', text },
	};
}

export function newTurn(role: Turn['role'], parent: string | undefined, time: number): StoredTurn {
	return {
		id: randomUUID(),
		role,
		text: '',
		state: 'streaming',
		note: undefined,
		remedies: [],
		usage: undefined,
		question: undefined,
		parent,
		time,
	};
}

/** Whether the user wrote what is shown; of the editor's own commands it is no more than their name. */
export function isTyped({ question, text }: StoredTurn): boolean {
	const command = commandIn(text);
	return (
		(question?.task === 'question' && question.text === text) ||
		(question !== undefined && command !== undefined && command.words === (question.words ?? ''))
	);
}

/**
 * A typed question whose text was changed, with all else that it brought along. Undefined where that has to be read anew: for
 * another command, other mentions or places, and what was looked up by its words.
 */
export function editedQuestion({ question, text }: StoredTurn, changed: string): Question | undefined {
	const before = commandIn(text);
	const after = commandIn(changed);
	if (
		question === undefined ||
		before?.name !== after?.name ||
		JSON.stringify(namedIn(text)) !== JSON.stringify(namedIn(changed)) ||
		question.attachments?.some(({ kind }) => kind === 'found')
	) {
		return undefined;
	}
	if (question.task !== 'question') {
		return { ...question, words: after?.words ?? '' };
	}
	// What a prompt of the user makes of its words is for the prompt to say.
	return after === undefined ? { ...question, text: changed } : undefined;
}

/** As the view shows it. `asked`: what it answers; undefined for a question. */
export function shownTurn(turn: StoredTurn, branch: Branch | undefined, asked?: Question): Turn {
	const { id, role, text, state, note, remedies, usage, steps, origins } = turn;
	const attached = turn.question?.attachments ?? [];
	return {
		...{ id, role, text, state, note, remedies, usage, branch },
		...(attached.length > 0 ? { attachments: attached.map(({ label }) => label) } : {}),
		...(asked === undefined ? {} : { sources: sourcesOf(asked) }),
		...(steps === undefined ? {} : { steps }),
		...(origins === undefined ? {} : { origins }),
		isEditable: isTyped(turn),
	};
}

/** Nothing generates after a reload; a saved answer that was still growing is what a crash left. */
export function afterReload(turn: StoredTurn): StoredTurn {
	return turn.state === 'streaming' ? { ...turn, state: 'interrupted' } : turn;
}

function answersIn(turns: readonly StoredTurn[]) {
	return turns.flatMap(({ question }, index) => {
		const answer = turns[index + 1];
		return question !== undefined && answer?.role === 'assistant' ? [{ question, answer }] : [];
	});
}

export function exchangesOf(turns: readonly StoredTurn[]): Exchange[] {
	return answersIn(turns).map(({ question, answer }) => ({
		question,
		// A model reads its earlier answers, not what it thought: that is how such models are trained.
		answer: answerOf(answer.text),
	}));
}

/** All turns up to the end of the `count`th exchange. */
export function turnsThrough(turns: readonly StoredTurn[], count: number): readonly StoredTurn[] {
	const last = answersIn(turns)[count - 1]?.answer;
	return last === undefined ? [] : turns.slice(0, turns.indexOf(last) + 1);
}
