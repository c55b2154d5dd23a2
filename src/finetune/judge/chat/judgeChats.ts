/** Judges an adapter of chat: both sides on the same conversations, within a time, and what follows from it. */

import type { Generator } from '../../../inference/model';
import type { Translate } from '../../../inference/statusText';
import type { JudgedChat } from '../../instruct/testChats';
import type { Checker } from '../checkWorker';
import { hold, lengthPairs, measure, pairsOf, plain, type Stage, scrambledText, type Time } from '../contest';
import { chosenExamples, TEXT } from '../examples';
import { answersOf, decisionOf } from '../gate';
import type { Judgement } from '../judgement';
import { mcNemar } from '../statistics';
import { type AnsweredChat, answerChats, longEnough, rememberChats, truthOf } from './answers';
import { isSame, isUnended, likeness, namesScore } from './answerText';
import { ChatSides } from './chatSides';
import type { Chats } from './chats';

export interface JudgeChatsOptions extends Time {
	/** A session for the judge alone: its adapters change. */
	readonly model: Pick<Generator, 'chat' | 'scoreChats' | 'useChatAdapters'>;
	/** Absolute. */
	readonly adapterPath: string;
	readonly chats: Chats;
	/** Conversations about nothing of the user's. */
	readonly general: readonly JudgedChat[];
	readonly checker: Checker;
	/** Tokens of a conversation: a longer one cannot be scored. */
	readonly maxTokens: number;
	/** Conversations at most; default: as many as tell something (`MOST`). */
	readonly most?: Partial<Record<Stage, number>>;
	/** For the reasons. */
	readonly translate: Translate;
}

const MOST: Readonly<Record<Stage, number>> = {
	validation: 80,
	test: 300,
	scrambled: 60,
	general: 60,
	written: 150,
	train: 40,
};
/** Answers are long: what takes most of the time is to write them. */
const ENDS: Readonly<Record<Stage, number>> = {
	validation: 0.1,
	test: 0.3,
	scrambled: 0.34,
	general: 0.38,
	written: 0.92,
	train: 1,
};

/**
 * @throws Error with a message for the user where the adapter cannot be used; ModelUnavailable; an AbortError.
 */
export async function judgeChats(options: JudgeChatsOptions, signal: AbortSignal): Promise<Judgement> {
	const { chats, general, checker, translate } = options;
	const sides = new ChatSides(options.model, options.adapterPath, options.maxTokens);
	const { found, written, timed } = await hold<JudgedChat, AnsweredChat>(
		{
			scorer: sides,
			items: { ...chats, general, train: chats.train.filter(longEnough) },
			most: { ...MOST, ...options.most },
			ends: ENDS,
			scramble: (chat) => {
				const content = scrambledText(truthOf(chat));
				const answer = { role: 'assistant', content } as const;
				return content === undefined
					? undefined
					: { ...chat, messages: [...chat.messages.slice(0, -1), { ...answer, content }] };
			},
			write: (strength, blocks, signal) => answerChats(sides, strength, blocks, checker, signal),
			remember: (strength, blocks, signal) => rememberChats(sides, strength, blocks, checker, signal),
		},
		options,
		signal,
	);
	const pairs = (value: (one: AnsweredChat, side: 'base' | 'adapter') => number | undefined) =>
		pairsOf(written, value);
	const same = pairs((one, side) => Number(isSame(one[side].text, truthOf(one.item))));
	const names = pairs((one, side) => namesScore(one[side].text, truthOf(one.item)));
	const syntax = pairs(({ isValid }, side) => (isValid === undefined ? undefined : Number(isValid[side])));
	const ends = pairs((one, side) => (one.mayEnd ? Number(isUnended(one[side])) : undefined));
	const compared = async (some: typeof same) => plain(await measure(some, signal));
	const all = {
		...found,
		role: 'chat' as const,
		exact: await compared(same),
		exactP: mcNemar(
			same.filter(({ base, adapter }) => base > adapter).length,
			same.filter(({ base, adapter }) => base < adapter).length,
		),
		similarity: await compared(pairs((one, side) => likeness(one[side].text, truthOf(one.item)))),
		identifiers: names.length === 0 ? undefined : await compared(names),
		syntax: syntax.length === 0 ? undefined : await compared(syntax),
		premature: await compared(ends),
		length: await compared(lengthPairs(written, truthOf)),
	};
	const counts = { written: written.length, named: names.length, parsed: syntax.length, timed };
	const answers = answersOf({ ...all, ...counts }, translate);
	return { version: 1, decision: decisionOf(answers), answers, ...all, examples: examplesOf(written) };
}

/** Those that the adapter answers better, those that it answers worse, and some of the others. */
function examplesOf(written: readonly AnsweredChat[]): Judgement['examples'] {
	const shown = chosenExamples(
		written,
		({ item, base, adapter }) => likeness(adapter.text, truthOf(item)) - likeness(base.text, truthOf(item)),
	);
	return shown.map(({ item, base, adapter }) => ({
		file: item.file,
		kind: item.kind,
		prefix: (item.messages.at(-2)?.content ?? '').slice(0, TEXT),
		suffix: '',
		truth: truthOf(item).slice(0, TEXT),
		base: base.text.slice(0, TEXT),
		adapter: adapter.text.slice(0, TEXT),
	}));
}
