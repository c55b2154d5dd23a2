/** A conversation to learn from, asked with the product's own prompts, and the files of one JSON object a line that hold them. */

import { type Exchange, messagesOf } from '../../../src/chat/messages';
import { holdsAll } from '../../../src/chat/prompts';
import type { Question } from '../../../src/chat/question';
import type { ChatMessage } from '../../../src/inference/model';
import { isRecord } from '../../../src/inference/record';
import { readJsonLines } from '../jsonLines';

export const KINDS = [
	/** Explain, about a function. */
	'function',
	/** Explain, about a few statements or declarations. */
	'statement',
	/** Explain, about a compiler's problem. */
	'problem',
	/** Fix. */
	'fix',
	/** Generate from a comment. */
	'generate',
	/** Greetings, and who it is. */
	'about',
	/** What it cannot know or do. */
	'beyond',
] as const;
export type Kind = (typeof KINDS)[number];

export interface Conversation {
	readonly kind: Kind;
	/** The last is the answer to learn. */
	readonly messages: readonly ChatMessage[];
}

/** Characters of a whole conversation: some 700 of the starter's tokens. */
export const MOST_CHARACTERS = 2_300;

/** Tokens that a prompt may have in a context of 2,048, where the product leaves 921 for the answer. */
const PROMPT_TOKENS = 922;

/** Upper estimate; what is longer than `MOST_CHARACTERS` is left out anyway. */
const tokensOf = (text: string) => Math.ceil(text.length / 2.5);

/** Undefined where it is too long to be learned whole. */
export function conversation(
	kind: Kind,
	question: Question,
	answer: string,
	history: readonly Exchange[] = [],
): Conversation | undefined {
	const asked = messagesOf(question, history, { tokens: PROMPT_TOKENS, countTokens: tokensOf });
	const messages: readonly ChatMessage[] = [...asked, { role: 'assistant', content: answer }];
	const characters = messages.reduce((sum, { content }) => sum + content.length, 0);
	const content = asked.at(-1)?.content ?? '';
	const isWhole =
		holdsAll(content, question) &&
		(question.task !== 'question' || content === question.text) &&
		asked.length === 2 + 2 * history.length;
	return characters <= MOST_CHARACTERS && isWhole ? { kind, messages } : undefined;
}

export function conversationLine({ kind, messages }: Conversation): string {
	return `${JSON.stringify({ kind, messages })}\n`;
}

/** @throws Error naming the file and the line where it is no such file. */
export function readConversations(file: string): AsyncGenerator<Conversation> {
	return readJsonLines(file, isConversation, 'that is no conversation. Run `npm run starter:chat` again.');
}

function isConversation(value: unknown): value is Conversation {
	return (
		isRecord(value) &&
		KINDS.some((kind) => kind === value['kind']) &&
		Array.isArray(value['messages']) &&
		value['messages'].length > 1 &&
		value['messages'].every(isMessage)
	);
}

function isMessage(value: unknown): value is ChatMessage {
	return (
		isRecord(value) &&
		(value['role'] === 'system' || value['role'] === 'user' || value['role'] === 'assistant') &&
		typeof value['content'] === 'string'
	);
}
