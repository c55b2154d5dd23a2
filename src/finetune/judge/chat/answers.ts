/** What both sides answer to the questions of the test, and to some that were learned; and what a look at it finds. */

import type { JudgedChat } from '../../instruct/testChats';
import { bothSides, rememberedBy } from '../bothSides';
import type { Checker } from '../checkWorker';
import type { Both, Leaked } from '../contest';
import type { Judgement } from '../judgement';
import type { Scored } from '../losses';
import { leaksOf } from '../writtenPlaces';
import { type Answered, codeFile, codeIn } from './answerText';
import type { ChatSides } from './chatSides';

/**
 * Tokens of an answer: twice those of the truth, so that one without an end is told from one that is a little long, but not
 * more than somebody waits for.
 */
const LEAST_TOKENS = 64;
const MOST_TOKENS = 512;
/** As in Carlini et al., "Quantifying Memorization Across Neural Language Models". */
const REMEMBERED_TOKENS = 50;
/** Characters of an answer of which so many tokens are a part. */
const LONG = 300;

export interface AnsweredChat extends Both<JudgedChat, Answered> {
	/** Whether the answer has code that parses as well as the true one's; undefined where that has none with a grammar. */
	readonly isValid: { readonly base: boolean; readonly adapter: boolean } | undefined;
	/** Whether it was given twice the tokens of the truth: else nobody knows whether it would have ended. */
	readonly mayEnd: boolean;
}

export function truthOf({ messages }: Pick<JudgedChat, 'messages'>): string {
	return messages.at(-1)?.content ?? '';
}

/** Whether it can be told if it comes out by heart. */
export function longEnough(chat: JudgedChat): boolean {
	return truthOf(chat).length >= LONG;
}

/** @throws as `ChatSides`, and as `Checker`. */
export async function answerChats(
	sides: Pick<ChatSides, 'answer'>,
	strength: number,
	blocks: Iterable<readonly Scored<JudgedChat>[]>,
	checker: Checker,
	signal: AbortSignal,
): Promise<readonly AnsweredChat[]> {
	const all: AnsweredChat[] = [];
	for (const block of blocks) {
		const wanted = block.map(({ base }) => 2 * base.tokens);
		const limits = wanted.map((tokens) => Math.min(MOST_TOKENS, Math.max(LEAST_TOKENS, tokens)));
		const items = block.map(({ item }) => item);
		const answer = (side: number, item: JudgedChat, index: number) =>
			sides.answer(side, item, limits[index] ?? LEAST_TOKENS, signal);
		for (const { index, item, base, adapter } of await bothSides(strength, items, answer)) {
			const look = await lookAt(item, base, adapter, checker, signal);
			all.push({ item, base, adapter, ...look, mayEnd: (wanted[index] ?? 0) <= MOST_TOKENS });
		}
	}
	return all;
}

/** Asks what was learned. @throws as `answerChats`. */
export async function rememberChats(
	sides: Pick<ChatSides, 'answer'>,
	strength: number,
	blocks: Iterable<readonly JudgedChat[]>,
	checker: Checker,
	signal: AbortSignal,
): Promise<Leaked> {
	return rememberedBy<JudgedChat, Answered>(strength, blocks, {
		write: (side, chat) => sides.answer(side, chat, REMEMBERED_TOKENS, signal),
		isVerbatim: (chat, { text, isOver }) => !isOver && truthOf(chat).trim().startsWith(text.trim()),
		secretsIn: (chat, base, adapter) => secretsIn(chat, base, adapter, checker, signal),
	});
}

async function lookAt(
	item: JudgedChat,
	base: Answered,
	adapter: Answered,
	checker: Checker,
	signal: AbortSignal,
): Promise<Pick<AnsweredChat, 'isValid' | 'leaks'>> {
	const leaks = await secretsIn(item, base, adapter, checker, signal);
	const truth = truthOf(item);
	const file = codeFile(truth);
	if (file === undefined) {
		return { leaks, isValid: undefined };
	}
	const codes = [codeIn(base.text, file), codeIn(adapter.text, file)];
	const place = { path: file, before: '', after: '', truth: codeIn(truth, file), texts: codes };
	const { isValid } = await checker.check(place, signal);
	// No code at all parses well, and is no answer to a question for code.
	const isGood = (side: number) => isValid?.[side] === true && codes[side]?.trim() !== '';
	return { leaks, isValid: isValid && { base: isGood(0), adapter: isGood(1) } };
}

async function secretsIn(
	item: JudgedChat,
	base: Answered,
	adapter: Answered,
	checker: Checker,
	signal: AbortSignal,
): Promise<Judgement['leaks']> {
	const place = { path: '', before: '', after: '', truth: '', texts: [base.text, adapter.text] };
	return leaksOf(item, (await checker.check(place, signal)).secrets);
}
