/** Guards and limits of conversations that become tokens or are scored: neither request nor answer outgrows a message. */

import type {
	ChatScores,
	ChatToEncode,
	EncodeChatsRequest,
	EncodedChat,
	EncodedChats,
	ScoreChatsRequest,
} from '../model';
import { adapters } from './adapterShapes';
import { MAX_SAMPLES } from './encodeShapes';
import {
	type Check,
	chatMessage,
	count,
	list,
	literal,
	MAX_REQUEST_CHARACTERS,
	number,
	object,
	optional,
} from './shapes';

/** Most messages of one conversation. */
const MAX_MESSAGES = 1_000;

const chats = list(object<ChatToEncode>({ messages: list(chatMessage, MAX_MESSAGES) }), MAX_SAMPLES);
const encodeFields = object<EncodeChatsRequest>({ chats, maxTokens: count });
const scoreFields = object<ScoreChatsRequest>({ chats, maxTokens: count, adapters: optional(adapters) });

export function encodeChatsRequest(value: unknown): value is EncodeChatsRequest {
	return encodeFields(value) && chatsCharacters(value) <= MAX_REQUEST_CHARACTERS;
}

export function scoreChatsRequest(value: unknown): value is ScoreChatsRequest {
	return scoreFields(value) && chatsCharacters(value) <= MAX_REQUEST_CHARACTERS;
}

/** Characters of text in all conversations. */
export function chatsCharacters({ chats }: EncodeChatsRequest): number {
	return chats.reduce(
		(sum, { messages }) => sum + messages.reduce((length, { content }) => length + content.length, 0),
		0,
	);
}

const pair: Check<readonly [number, number]> = (value): value is readonly [number, number] =>
	Array.isArray(value) && value.length === 2 && value.every(count);

export const encodedChats = object<EncodedChats>({
	type: literal('encodedChats'),
	chats: list(object<EncodedChat>({ tokens: list(count), answers: list(pair) }), MAX_SAMPLES),
});

export const chatScores = object<ChatScores>({
	type: literal('chatScores'),
	chats: list(list(number), MAX_SAMPLES),
});
