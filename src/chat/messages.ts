/** The conversation as the model gets it: the system prompt, what was said before or its summary, and the question. */

import type { ChatMessage } from '../inference/model';
import { type PromptBudget, summaryMessages, systemOf, TOKENS_PER_MESSAGE, userMessage } from './prompts';
import type { Question } from './question';
import type { Unsummarised } from './turn';

/** An earlier question with its answer. */
export interface Exchange {
	readonly question: Question;
	readonly answer: string;
}

/** What stands for the first exchanges of a conversation. */
interface Summary {
	/** How many of them. */
	readonly exchanges: number;
	readonly text: string;
}

/** What was said before a question. */
export interface Past {
	/** The oldest first. */
	readonly exchanges: readonly Exchange[];
	/** Taken where not all of them fit. Default: there is none. */
	readonly summary?: Summary;
	/** Why there is none that goes further. Default: none are made. */
	readonly unsummarised?: Unsummarised;
}

export interface Conversation {
	/** The question is the last one. */
	readonly messages: readonly ChatMessage[];
	/** Earlier exchanges that are neither in the messages nor in the summary. */
	readonly leftOut: number;
	/** The one that is in the messages, with the exchanges that nobody reads any more for it. */
	readonly summary: Summary | undefined;
}

/** Part of the budget that the question itself may take; the rest is for what was said before. */
const QUESTION_SHARE = 0.75;

/**
 * The conversation for the model: system prompt, as many of the latest exchanges as fit, and the question. Earlier
 * exchanges are left out whole, the oldest first, or a summary stands for them; only the question's own material is cut.
 */
export function conversationOf(question: Question, past: Past, budget: PromptBudget): Conversation {
	const { countTokens } = budget;
	const system = systemOf(question, budget);
	const room = roomBeside(system, budget);
	const content = userMessage(
		question,
		Math.floor(past.exchanges.length === 0 ? room : Math.max(room * QUESTION_SHARE, Math.min(room, 512))),
		countTokens,
	);
	const left = room - countTokens(content);
	const before = beforeIt(past, room, left, countTokens);
	return {
		...before,
		messages: [
			...(system === undefined ? [] : [{ role: 'system', content: system } as const]),
			...before.messages,
			{ role: 'user', content },
		],
	};
}

/** The messages of a conversation that nobody sums up. */
export function messagesOf(
	question: Question,
	exchanges: readonly Exchange[],
	budget: PromptBudget,
): readonly ChatMessage[] {
	return conversationOf(question, { exchanges }, budget).messages;
}

/** Part of the room that the question leaves which a summary may take: the latest exchanges are worth more. */
const SUMMARY_SHARE = 0.5;

function beforeIt(
	{ exchanges, summary }: Past,
	room: number,
	left: number,
	countTokens: PromptBudget['countTokens'],
): Conversation {
	const whole = latestOf(exchanges, left, countTokens);
	if (summary === undefined || (whole.leftOut === 0 && whole.cost <= room - nextQuestion(room))) {
		return { messages: whole.messages, leftOut: whole.leftOut, summary: undefined };
	}
	const instead = summaryMessages(summary.text);
	const cost = costOf(instead, countTokens);
	if (cost > left * SUMMARY_SHARE) {
		return { messages: whole.messages, leftOut: whole.leftOut, summary: undefined };
	}
	const rest = latestOf(exchanges.slice(summary.exchanges), left - cost, countTokens);
	return {
		messages: [...instead, ...rest.messages],
		leftOut: rest.leftOut,
		summary: { ...summary, exchanges: said(exchanges.slice(0, summary.exchanges)).length },
	};
}

/** Tokens that are left of the budget for the question and what was said before. */
function roomBeside(system: string | undefined, { tokens, countTokens }: PromptBudget): number {
	const taken = system === undefined ? 0 : countTokens(system) + TOKENS_PER_MESSAGE;
	return tokens - TOKENS_PER_MESSAGE - taken;
}

/**
 * Tokens that are kept free for a question nobody knows yet: it decides whether a summary is made and used. Few, so that
 * a summary is made only where the next question would push something out: what the model still knows of the conversation
 * is lost then anyway.
 */
function nextQuestion(room: number): number {
	return Math.min(256, Math.floor(room / 8));
}

/** An exchange without an answer has nothing to send. */
function said(exchanges: readonly Exchange[]): readonly Exchange[] {
	return exchanges.filter(({ answer }) => answer.trim() !== '');
}

/** The latest of the exchanges that fit, as messages. */
function latestOf(exchanges: readonly Exchange[], room: number, countTokens: PromptBudget['countTokens']) {
	const messages: ChatMessage[] = [];
	const all = said(exchanges);
	let cost = 0;
	let kept = 0;
	for (const exchange of all.toReversed()) {
		const pair = pairOf(exchange, Math.max(0, room - cost), countTokens);
		const next = cost + costOf(pair, countTokens);
		if (next > room) {
			break;
		}
		cost = next;
		kept++;
		messages.unshift(...pair);
	}
	return { messages, cost, leftOut: all.length - kept };
}

function pairOf(
	{ question, answer }: Exchange,
	budget: number,
	countTokens: PromptBudget['countTokens'],
): readonly ChatMessage[] {
	return [
		{ role: 'user', content: userMessage(question, budget, countTokens) },
		{ role: 'assistant', content: answer },
	];
}

function costOf(messages: readonly ChatMessage[], countTokens: PromptBudget['countTokens']): number {
	return messages.reduce((sum, { content }) => sum + countTokens(content) + TOKENS_PER_MESSAGE, 0);
}

/** Part of the room that the latest exchanges keep when the others are summed up: then it is quiet for a while. */
const KEPT_SHARE = 0.5;

/**
 * How many of the first exchanges a summary has to stand for, so that the next question pushes nothing out; 0 where
 * nothing would be, or the summary that is there is enough.
 */
export function exchangesToSum(past: Past, budget: PromptBudget): number {
	const { countTokens } = budget;
	const { exchanges, summary } = past;
	const last = exchanges.at(-1);
	if (last === undefined) {
		return 0;
	}
	const room = roomBeside(systemOf(last.question, budget), budget);
	const left = room - nextQuestion(room);
	if (beforeIt(past, room, left, countTokens).leftOut === 0) {
		return 0;
	}
	const all = said(exchanges);
	const first = all[latestOf(exchanges, room * KEPT_SHARE, countTokens).leftOut];
	const count = first === undefined ? exchanges.length : exchanges.indexOf(first);
	return count > (summary?.exchanges ?? 0) ? count : 0;
}

/** Tokens that the first exchanges take as they are; as many as the whole budget where they are longer than that. */
export function tokensOf(exchanges: readonly Exchange[], { tokens, countTokens }: PromptBudget): number {
	let sum = 0;
	for (const exchange of said(exchanges)) {
		sum += costOf(pairOf(exchange, tokens, countTokens), countTokens);
		if (sum >= tokens) {
			return tokens;
		}
	}
	return sum;
}

/** Tokens that a summary takes in their place. */
export function tokensOfSummary(text: string, { countTokens }: PromptBudget): number {
	return costOf(summaryMessages(text), countTokens);
}
