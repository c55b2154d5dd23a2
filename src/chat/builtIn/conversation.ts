/** What another extension sends to the model, as a conversation of ours, or why it cannot be one. */

import type { ChatMessage } from '../../inference/model';
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

/** `tools`: how many the model may call. */
export function conversationOf(
	sent: readonly SentMessage[],
	tools: number,
	translate: Translate,
): Conversation {
	const refused = (reason: string): Conversation => ({ type: 'refused', reason });
	if (tools > 0) {
		return refused(translate('This model cannot call tools. Send the request without them.'));
	}
	const messages: ChatMessage[] = [];
	for (const { role: number, content } of sent) {
		const role = ROLES[number];
		if (role === undefined) {
			return refused(translate('A message has a role that this model does not know: {0}.', number));
		}
		const others = content.filter((part) => typeof part !== 'string');
		if (others.length > 0) {
			return refused(reasonFor(others[0], translate));
		}
		add(messages, { role, content: textOf(content) });
	}
	if (messages.length === 0) {
		return refused(translate('The request has no text.'));
	}
	return messages.at(-1)?.role === 'user'
		? { type: 'messages', messages }
		: refused(translate('The last message of a request must be the one of the user.'));
}

/** The texts of a message, one after the other. */
export function textOf(content: readonly unknown[]): string {
	return content.filter((part) => typeof part === 'string').join('');
}

/**
 * Many extensions send what the system is to know as a message of the user before the question, but most chat formats
 * take turns: what follows from the same one becomes one message.
 */
function add(messages: ChatMessage[], message: ChatMessage): void {
	if (message.content.trim() === '') {
		return;
	}
	const last = messages.at(-1);
	if (last?.role === message.role) {
		messages.splice(-1, 1, { ...last, content: `${last.content}\n\n${message.content}` });
	} else {
		messages.push(message);
	}
}

function reasonFor(part: unknown, translate: Translate): string {
	if (isRecord(part) && 'callId' in part) {
		return translate('This model cannot call tools. Send the request without calls and their results.');
	}
	return isRecord(part) && String(part['mimeType']).startsWith('image/')
		? translate('This model cannot see images. Send text alone.')
		: translate('This model reads text alone, and a part of the request is something else.');
}
