/** Conversations for training as tokens, and how probable their answers are, by the very rendering that serves. */

import type { ChatToEncode, EncodeChatsRequest, EncodedChat, Unsupported } from '../model';
import type { ChatRenderer } from './chatRenderer';
import { type Caller, claimOf } from './claim';
import { inPieces } from './encoding';
import type { Gate } from './gate';

/** No conversation is tokenised that has more characters than this for each token that is allowed. */
const CHARACTERS_PER_TOKEN = 8;

interface ChatEncoder {
	readonly chat: Pick<ChatRenderer, 'opening' | 'render' | 'tokenize'>;
	/** Tokens that end any text of the model. */
	readonly ends: readonly number[];
	/** Tokens of a context. */
	readonly contextSize: number;
	/** Default: nobody in particular. */
	readonly caller?: Caller;
}

/** @throws AbortError when the signal fires. */
export async function encodeChats(
	request: EncodeChatsRequest,
	encoder: ChatEncoder,
	gate: Gate,
	signal: AbortSignal,
): Promise<readonly EncodedChat[] | Unsupported> {
	if (encoder.chat.opening !== '') {
		return {
			type: 'unsupported',
			reason:
				'This model begins each answer with a thought, and answers without one would teach it not to think. Choose a chat model that does without.',
		};
	}
	const chats: EncodedChat[] = [];
	const work = encodeEach(request, encoder, chats);
	return (await inPieces(work, claimOf('background', encoder.caller), gate, signal)) ?? chats;
}

/** One conversation after the other; yields how many tokens it has. */
function* encodeEach(
	{ chats, maxTokens }: EncodeChatsRequest,
	encoder: ChatEncoder,
	encoded: EncodedChat[],
): Generator<number, void> {
	const limit = Math.min(maxTokens, encoder.contextSize - 1);
	const end = endOf(encoder);
	for (const chat of chats) {
		const one = encodeChat(chat, encoder, end, limit);
		encoded.push(one);
		yield one.tokens.length;
	}
}

const NOTHING: EncodedChat = { tokens: [], answers: [] };

function encodeChat(
	{ messages }: ChatToEncode,
	{ chat }: ChatEncoder,
	end: readonly number[],
	limit: number,
): EncodedChat {
	const length = messages.reduce((sum, { content }) => sum + content.length, 0);
	const isPlain = messages.every(({ role, calls = [] }) => role !== 'tool' && calls.length === 0);
	if (!isPlain || messages.at(-1)?.role !== 'assistant' || length > limit * CHARACTERS_PER_TOKEN) {
		return NOTHING;
	}
	const turns = messages.flatMap((message, index) => {
		if (message.role !== 'assistant') {
			return [];
		}
		const { tokens: before } = chat.render(messages.slice(0, index));
		return [{ before, answer: [...chat.tokenize(message.content), ...end] }];
	});
	const last = turns.at(-1);
	if (last === undefined || last.before.length === 0) {
		return NOTHING;
	}
	const tokens = [...last.before, ...last.answer];
	if (tokens.length > limit) {
		return NOTHING;
	}
	const answers = turns.flatMap(({ before, answer }) =>
		begins(tokens, before) && begins(tokens, answer, before.length)
			? [[before.length, before.length + answer.length] as const]
			: [],
	);
	return { tokens, answers };
}

/**
 * What the model ends an answer with: the first token behind an answer, in a conversation that goes on, at which `chat`
 * stops; where the format has none there, the one that ends any text; where the model has none, nothing.
 */
function endOf({ chat, ends }: Pick<ChatEncoder, 'chat' | 'ends'>): readonly number[] {
	const asked = { role: 'user', content: 'a' } as const;
	const answered = { role: 'assistant', content: 'a' } as const;
	const { tokens: before, stopTokens } = chat.render([asked]);
	const { tokens: after } = chat.render([asked, answered, asked]);
	const stops = new Set([...ends, ...stopTokens]);
	const found = begins(after, before)
		? after.slice(before.length).find((token) => stops.has(token))
		: undefined;
	return found === undefined ? ends.slice(0, 1) : [found];
}

/** Whether the part stands there, at the start or from an index on. */
function begins(tokens: readonly number[], part: readonly number[], from = 0): boolean {
	return from + part.length <= tokens.length && part.every((token, index) => tokens[from + index] === token);
}
