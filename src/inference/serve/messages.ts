/** A conversation as OpenAI's clients send it, as one of ours. */

import type { ChatMessage, ToolCall } from '../model';
import { isRecord, parseJson } from '../record';
import { badRequest } from './apiError';

const ROLES: ReadonlyMap<unknown, ChatMessage['role']> = new Map([
	['system', 'system'],
	['developer', 'system'],
	['user', 'user'],
	['assistant', 'assistant'],
	['tool', 'tool'],
]);

/** A call that waits for what it brings. */
interface Open {
	readonly id: string;
	result: string | undefined;
}

/** @throws ApiError that names the place, as `messages[2].content`. */
export function messagesOf(value: unknown): readonly ChatMessage[] {
	if (!Array.isArray(value) || value.length === 0) {
		throw badRequest('messages must be a list with at least one message.', 'messages');
	}
	const messages: ChatMessage[] = [];
	let open: Open[] = [];
	const close = (at: string) => {
		const missing = open.find(({ result }) => result === undefined);
		if (missing !== undefined) {
			throw badRequest(`No message of the role tool answers the call ${missing.id}.`, at);
		}
		messages.push(...open.map(({ result = '' }): ChatMessage => ({ role: 'tool', content: result })));
		open = [];
	};
	for (const [index, message] of value.entries()) {
		const at = `messages[${index}]`;
		const role = isRecord(message) ? ROLES.get(message['role']) : undefined;
		if (!isRecord(message) || role === undefined) {
			throw badRequest(`${at}.role must be system, developer, user, assistant or tool.`, `${at}.role`);
		}
		const calls = callsOf(message['tool_calls'], `${at}.tool_calls`);
		const content = contentOf(message['content'], `${at}.content`, calls.length > 0);
		if (role === 'tool') {
			const call = open.find(({ id, result }) => id === message['tool_call_id'] && result === undefined);
			if (call === undefined) {
				throw badRequest(`${at}.tool_call_id names no call of the message before.`, `${at}.tool_call_id`);
			}
			// What the calls brought follows in the order of the calls, whatever the order here.
			call.result = content;
			continue;
		}
		close(at);
		if (calls.length > 0 && role !== 'assistant') {
			throw badRequest(`${at}.tool_calls: only an assistant calls tools.`, `${at}.tool_calls`);
		}
		open = calls.map(({ id }) => ({ id, result: undefined }));
		add(messages, { role, content, ...(calls.length > 0 ? { calls: calls.map(({ call }) => call) } : {}) });
	}
	close(`messages[${value.length - 1}]`);
	if (messages.at(-1)?.role !== 'user' && messages.at(-1)?.role !== 'tool') {
		throw badRequest('The last message must be the one of the user, or of a tool.', 'messages');
	}
	return messages;
}

/** Most chat formats take turns: what follows from the same one becomes one message. */
function add(messages: ChatMessage[], message: ChatMessage): void {
	const last = messages.at(-1);
	if (last?.role === message.role && last.calls === undefined) {
		messages.splice(-1, 1, { ...message, content: `${last.content}\n\n${message.content}` });
	} else {
		messages.push(message);
	}
}

function contentOf(value: unknown, at: string, isOptional: boolean): string {
	if (typeof value === 'string') {
		return value;
	}
	if (value === undefined || value === null) {
		if (isOptional) {
			return '';
		}
		throw badRequest(`${at} is missing.`, at);
	}
	if (!Array.isArray(value)) {
		throw badRequest(`${at} must be a string or a list of parts.`, at);
	}
	return value
		.map((part: unknown, index) => {
			const text = isRecord(part) ? (part['text'] ?? part['refusal']) : undefined;
			if (typeof text !== 'string') {
				const type = isRecord(part) ? String(part['type']).slice(0, 40) : typeof part;
				throw badRequest(
					`${at}[${index}] is of the type ${type}: the model reads text alone.`,
					`${at}[${index}]`,
				);
			}
			return text;
		})
		.join('');
}

function callsOf(value: unknown, at: string): readonly { readonly id: string; readonly call: ToolCall }[] {
	if (value === undefined || value === null) {
		return [];
	}
	if (!Array.isArray(value)) {
		throw badRequest(`${at} must be a list.`, at);
	}
	return value.map((one: unknown, index) => {
		const called = isRecord(one) ? one['function'] : undefined;
		const id = isRecord(one) ? one['id'] : undefined;
		const name = isRecord(called) ? called['name'] : undefined;
		const given = isRecord(called) ? called['arguments'] : undefined;
		const parsed = typeof given === 'string' ? parseJson(given === '' ? '{}' : given) : given;
		if (typeof id !== 'string' || typeof name !== 'string' || !isRecord(parsed)) {
			throw badRequest(
				`${at}[${index}] must have an id, and a function with a name and arguments as a JSON object.`,
				`${at}[${index}]`,
			);
		}
		return { id, call: { name, arguments: parsed } };
	});
}
