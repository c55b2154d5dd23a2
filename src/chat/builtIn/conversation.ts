/** What another extension sends to the model, as a conversation of ours, or why it cannot be one. */

import type { ChatMessage, ToolCall, ToolOffer } from '../../inference/model';
import { isRecord } from '../../inference/record';
import type { Translate } from '../../inference/statusText';

export interface SentMessage {
	/** VS Code's number for it. */
	readonly role: number;
	/** A string is a text; anything else is what VS Code calls a part. */
	readonly content: readonly unknown[];
}

export type Conversation =
	| { readonly type: 'messages'; readonly messages: readonly ChatMessage[] }
	| { readonly type: 'refused'; readonly reason: string };

/** The third is no part of the stable API; VS Code's own requests have it. */
const ROLES: Readonly<Record<number, ChatMessage['role']>> = { 1: 'user', 2: 'assistant', 3: 'system' };

export function conversationOf(sent: readonly SentMessage[], translate: Translate): Conversation {
	const refused = (reason: string): Conversation => ({ type: 'refused', reason });
	const messages: ChatMessage[] = [];
	for (const { role: number, content } of sent) {
		const role = ROLES[number];
		if (role === undefined) {
			return refused(translate('A message has a role that this model does not know: {0}.', number));
		}
		const parts = content.map(readPart);
		const unreadable = parts.find((part) => part.type === 'unreadable');
		if (unreadable !== undefined) {
			return refused(
				unreadable.kind.startsWith('image/')
					? translate('This model cannot see images. Send text alone.')
					: translate(
							'This model reads text alone, and a part of the request is something else: {0}.',
							unreadable.kind,
						),
			);
		}
		// What calls brought comes first: it answers the message before.
		for (const part of parts) {
			if (part.type === 'result') {
				messages.push({ role: 'tool', content: part.text });
			}
		}
		const calls = parts.flatMap((part) => (part.type === 'call' ? part.call : []));
		const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
		add(messages, { role, content: text, ...(calls.length > 0 ? { calls } : {}) });
	}
	if (messages.length === 0) {
		return refused(translate('The request has no text.'));
	}
	const last = messages.at(-1)?.role;
	return last === 'user' || last === 'tool'
		? { type: 'messages', messages }
		: refused(translate('The last message of a request must be the one of the user.'));
}

/** What another extension offers the model to call. */
export function offerOf(tool: {
	readonly name: string;
	readonly description: string;
	readonly inputSchema?: object | undefined;
}): ToolOffer {
	const { name, description, inputSchema } = tool;
	return { name, description, parameters: isRecord(inputSchema) ? inputSchema : { type: 'object' } };
}

type Part =
	| { readonly type: 'text' | 'result'; readonly text: string }
	| { readonly type: 'call'; readonly call: ToolCall }
	/** Hints for other models, such as what to keep in a cache: to leave them out changes nothing. */
	| { readonly type: 'hint' }
	/** `kind`: its media type. */
	| { readonly type: 'unreadable'; readonly kind: string };

/** Media types that are text. */
const TEXT = /^(?:text\/|application\/(?:[\w.+-]+\+)?(?:json|xml)\b)/;

function readPart(part: unknown): Part {
	if (typeof part === 'string') {
		return { type: 'text', text: part };
	}
	if (!isRecord(part)) {
		return { type: 'hint' };
	}
	const { name, input, content, mimeType, data } = part;
	if ('callId' in part) {
		return typeof name === 'string' && isRecord(input)
			? { type: 'call', call: { name, arguments: input } }
			: resultOf(Array.isArray(content) ? content : []);
	}
	if (typeof mimeType !== 'string' || !mimeType.includes('/')) {
		return { type: 'hint' };
	}
	return TEXT.test(mimeType) && data instanceof Uint8Array
		? { type: 'text', text: new TextDecoder().decode(data) }
		: { type: 'unreadable', kind: mimeType.slice(0, 100) };
}

function resultOf(content: readonly unknown[]): Part {
	const parts = content.map((item) =>
		readPart(isRecord(item) && typeof item['value'] === 'string' ? item['value'] : item),
	);
	return (
		parts.find((part) => part.type === 'unreadable') ?? {
			type: 'result',
			text: parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n'),
		}
	);
}

/** What is read of a message, one after the other, to be counted. */
export function textOf(content: readonly unknown[]): string {
	return content
		.map(readPart)
		.map((part) => (part.type === 'call' ? JSON.stringify(part.call) : 'text' in part ? part.text : ''))
		.join('');
}

/**
 * Many extensions send what the system is to know as a message of the user before the question, but most chat formats
 * take turns: what follows from the same one becomes one message.
 */
function add(messages: ChatMessage[], message: ChatMessage): void {
	const { role, content, calls = [] } = message;
	if (content.trim() === '' && calls.length === 0) {
		return;
	}
	const last = messages.at(-1);
	if (last?.role === role && last.calls === undefined) {
		messages.splice(-1, 1, { ...message, content: `${last.content}\n\n${content}` });
	} else {
		messages.push(message);
	}
}
