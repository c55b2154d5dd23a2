/** A conversation as the OpenAI interface writes it, and what comes back of it, event by event. */

import type {
	ChatMessage,
	ChatRequest,
	EndReason,
	GenerationEvent,
	GenerationStatistics,
	ToolCall,
} from '../model';
import { isRecord, parseJson } from '../record';
import type { Connection } from './connection';
import { inert } from './inert';
import { at, listAt, numberAt, textAt } from './reading';

const CHOICE = { may: 'auto', must: 'required', not: 'none' } as const;

/**
 * @param hide makes of a text what may leave this machine.
 * @param isCalling whether the tools go along.
 */
export function chatBody(
	request: ChatRequest,
	model: string,
	isCalling: boolean,
	hide: (text: string) => string,
): Readonly<Record<string, unknown>> {
	const { tools = [], calling = 'may', schema, maxTokens, temperature } = request;
	return {
		model,
		messages: messagesOf(request.messages, hide),
		max_tokens: maxTokens,
		temperature,
		stream: true,
		stream_options: { include_usage: true },
		...(isCalling && tools.length > 0
			? {
					tools: tools.map(({ name, description, parameters }) => ({
						type: 'function',
						function: { name, description, parameters },
					})),
					tool_choice: CHOICE[calling],
				}
			: {}),
		...(schema === undefined
			? {}
			: {
					response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } },
				}),
	};
}

/** The calls of a message get ids, by which the messages after it say whose answers they are. */
function messagesOf(
	messages: readonly ChatMessage[],
	hide: (text: string) => string,
): readonly Readonly<Record<string, unknown>>[] {
	const content = (text: string) => inert(hide(text));
	let made = 0;
	const open: string[] = [];
	return messages.map((message) => {
		if (message.role === 'tool') {
			return { role: 'tool', tool_call_id: open.shift() ?? 'call_0', content: content(message.content) };
		}
		const calls = (message.calls ?? []).map(({ name, arguments: given }) => {
			const id = `call_${++made}`;
			open.push(id);
			return { id, type: 'function', function: { name, arguments: hide(JSON.stringify(given)) } };
		});
		return {
			role: message.role,
			content: content(message.content),
			...(calls.length > 0 ? { tool_calls: calls } : {}),
		};
	});
}

interface PartialCall {
	name: string;
	arguments: string;
}

/**
 * @param events what each server-sent event carries.
 * @param isBare whether thoughts are left out, because the whole answer is JSON.
 * @param began milliseconds of `performance.now` at which the request began.
 * @throws ServerTrouble where the server fails in the middle, or goes away before it has said that it is finished.
 */
export async function* chatEvents(
	events: AsyncIterable<string>,
	connection: Connection,
	isBare: boolean,
	began: number,
): AsyncGenerator<GenerationEvent, void, undefined> {
	const calls: PartialCall[] = [];
	let thought: 'none' | 'open' | 'over' = 'none';
	let end: EndReason | undefined;
	let isDone = false;
	let pieces = 0;
	let firstAt: number | undefined;
	let usage: unknown;
	let timings: unknown;
	for await (const data of events) {
		if (data.trim() === '[DONE]') {
			isDone = true;
			break;
		}
		const chunk = parseJson(data);
		if (!isRecord(chunk)) {
			throw connection.broken('/v1/chat/completions');
		}
		const error = errorOf(chunk);
		if (error !== undefined) {
			throw connection.failed(error);
		}
		usage = chunk['usage'] ?? usage;
		timings = chunk['timings'] ?? timings;
		const delta = at(chunk, 'choices', 0, 'delta');
		const thinking = textAt(delta, 'reasoning_content') || textAt(delta, 'reasoning');
		const content = textAt(delta, 'content');
		if (thinking !== '' || content !== '') {
			firstAt ??= performance.now();
			pieces++;
		}
		if (thinking !== '' && !isBare && thought !== 'over') {
			yield text(thought === 'none' ? `<think>\n${thinking}` : thinking);
			thought = 'open';
		}
		if (content !== '') {
			yield text(thought === 'open' ? `\n</think>\n\n${content}` : content);
			thought = 'over';
		}
		for (const part of listAt(delta, 'tool_calls')) {
			addCall(calls, part);
		}
		const finish = textAt(chunk, 'choices', 0, 'finish_reason');
		if (finish !== '') {
			end = finish === 'length' ? 'length' : 'end-of-text';
		}
	}
	if (end === undefined && !isDone) {
		throw connection.dropped;
	}
	if (thought === 'open') {
		yield text('\n</think>\n\n');
	}
	const [call] = calls;
	if (call !== undefined && end !== 'length') {
		yield { type: 'call', call: wholeCall(call, connection) };
	}
	yield {
		type: 'end',
		reason: end ?? 'end-of-text',
		statistics: statisticsOf(usage, timings, pieces, began, firstAt),
	};
}

function text(written: string): GenerationEvent {
	return { type: 'text', text: written };
}

/** What a server says that has failed; undefined where it has not. */
export function errorOf(chunk: Readonly<Record<string, unknown>>): string | undefined {
	const error = chunk['error'];
	return error === undefined || error === null
		? undefined
		: typeof error === 'string'
			? error
			: textAt(error, 'message');
}

/** The first piece of a call brings its name, the others more of its arguments. */
function addCall(calls: PartialCall[], part: unknown): void {
	const index = numberAt(part, 'index') ?? Math.max(0, calls.length - 1);
	const given = at(part, 'function', 'arguments');
	const added = typeof given === 'string' ? given : isRecord(given) ? JSON.stringify(given) : '';
	const name = textAt(part, 'function', 'name');
	const call = calls[index];
	if (call === undefined) {
		calls[index] = { name, arguments: added };
	} else {
		call.name ||= name;
		call.arguments += added;
	}
}

function wholeCall({ name, arguments: written }: PartialCall, connection: Connection): ToolCall {
	const given = written.trim() === '' ? {} : parseJson(written);
	if (name === '' || !isRecord(given)) {
		throw connection.failed(`a call of ${name === '' ? 'nothing' : name} with arguments that are no JSON`);
	}
	return { name, arguments: given };
}

/** As far as the server tells; the rest as it was seen from here. */
export function statisticsOf(
	usage: unknown,
	timings: unknown,
	pieces: number,
	began: number,
	firstAt: number | undefined,
): GenerationStatistics {
	const now = performance.now();
	const cached =
		numberAt(timings, 'cache_n') ?? numberAt(usage, 'prompt_tokens_details', 'cached_tokens') ?? 0;
	const prompt = numberAt(usage, 'prompt_tokens') ?? (numberAt(timings, 'prompt_n') ?? 0) + cached;
	return {
		promptTokens: prompt,
		reusedTokens: cached,
		generatedTokens: numberAt(usage, 'completion_tokens') ?? numberAt(timings, 'predicted_n') ?? pieces,
		prefillMilliseconds: numberAt(timings, 'prompt_ms') ?? (firstAt ?? now) - began,
		decodeMilliseconds: numberAt(timings, 'predicted_ms') ?? now - (firstAt ?? now),
	};
}
