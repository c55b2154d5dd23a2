/** `POST /v1/chat/completions`. */

import { randomUUID } from 'node:crypto';
import type { ChatMessage, ChatRequest, ModelDescription, ToolCall } from '../model';
import { tooLong } from './apiError';
import { messagesOf } from './messages';
import { Parameters, stopsOf } from './parameters';
import { type Answer, described, type Service, tokensIn, tokensOver } from './service';
import { StopText } from './stopText';
import { schemaOf, toolsetOf } from './toolset';
import { begun, usageOf, type Written, whole, written } from './written';

/** What a chat format puts around each message, and what it says of tools, at most. */
const TOKENS_PER_MESSAGE = 16;
const TOKENS_PER_CHAT = 128;

/** In the background, as all chat: whoever waits at the cursor goes first. */
export async function chatCompletions(
	parameters: Parameters,
	service: Service,
	signal: AbortSignal,
): Promise<Answer> {
	const messages = messagesOf(parameters.any('messages'));
	const { tools, calling } = toolsetOf(parameters.any('tools'), parameters.any('tool_choice'));
	const schema = schemaOf(parameters.record('response_format'));
	const stops = stopsOf(parameters);
	const isStream = parameters.flag('stream');
	const saysUsage = new Parameters(parameters.record('stream_options') ?? {}).flag('include_usage');
	const temperature = parameters.number('temperature', 0, 2) ?? service.temperature();
	const limits = ['max_completion_tokens', 'max_tokens', 'n_predict'].map((name) =>
		parameters.count(name, -1),
	);
	const wanted = limits.find((limit) => limit !== undefined) ?? -1;
	const model = await described(service, signal);
	const asked = {
		messages,
		temperature,
		...(tools.length > 0 ? { tools, calling } : {}),
		...(schema === undefined ? {} : { schema }),
	};
	const maxTokens = await room(asked, model, service, signal);
	const request: ChatRequest = {
		...asked,
		maxTokens: wanted < 0 ? maxTokens : Math.max(1, Math.min(wanted, maxTokens)),
		priority: 'background',
	};
	const stream = await begun(
		written(service.model.chat(request, signal), {
			stops: new StopText(stops),
			countTokens: (text) => tokensIn(service, text, signal),
		}),
	);
	const head = { id: `chatcmpl-${randomUUID()}`, created: service.now(), model: model.name };
	if (isStream) {
		return { type: 'stream', events: chunks(stream, head, saysUsage), saysDone: true };
	}
	const { text, call, end } = await whole(stream);
	const message = {
		role: 'assistant',
		content: call === undefined || text !== '' ? text : null,
		refusal: null,
		...(call === undefined ? {} : { tool_calls: [callOf(call)] }),
	};
	return {
		type: 'whole',
		body: {
			...head,
			object: 'chat.completion',
			choices: [{ index: 0, message, logprobs: null, finish_reason: finishOf(end) }],
			usage: usageOf(end.statistics),
		},
	};
}

/**
 * Tokens that are left for the answer. The model itself would leave out the oldest messages of a conversation that is too
 * long, which nobody here asks for. @throws ApiError for such a one.
 */
async function room(
	{ messages, tools = [] }: Pick<ChatRequest, 'messages' | 'tools'>,
	{ contextSize }: ModelDescription,
	service: Service,
	signal: AbortSignal,
): Promise<number> {
	const around = TOKENS_PER_CHAT + messages.length * TOKENS_PER_MESSAGE;
	const said = [...messages.map(textOf), ...(tools.length > 0 ? [JSON.stringify(tools)] : [])].join('\n');
	// With half of the context, no answer is in anybody's way.
	const tokens = around + (await tokensOver(contextSize / 2 - around, service, said, signal));
	if (tokens >= contextSize) {
		throw tooLong('The conversation', tokens, contextSize, 'messages');
	}
	return contextSize - tokens;
}

function textOf({ content, calls = [] }: ChatMessage): string {
	return calls.length === 0 ? content : `${content}${JSON.stringify(calls)}`;
}

async function* chunks(
	stream: AsyncIterable<Written>,
	head: object,
	saysUsage: boolean,
): AsyncGenerator<object, void> {
	const chunk = (delta: object, finish: string | null) => ({
		...head,
		object: 'chat.completion.chunk',
		choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
		...(saysUsage ? { usage: null } : {}),
	});
	yield chunk({ role: 'assistant', content: '' }, null);
	for await (const one of stream) {
		switch (one.type) {
			case 'text':
				yield chunk({ content: one.text }, null);
				break;
			case 'call':
				yield chunk({ tool_calls: [{ index: 0, ...callOf(one.call) }] }, null);
				break;
			case 'end':
				yield chunk({}, finishOf(one));
				if (saysUsage) {
					const usage = usageOf(one.statistics);
					yield { ...head, object: 'chat.completion.chunk', choices: [], usage };
				}
		}
	}
}

function callOf({ name, arguments: given }: ToolCall): object {
	return {
		id: `call_${randomUUID().replaceAll('-', '')}`,
		type: 'function',
		function: { name, arguments: JSON.stringify(given) },
	};
}

function finishOf({ reason }: Extract<Written, { readonly type: 'end' }>): string {
	switch (reason) {
		case 'length':
			return 'length';
		case 'call':
			return 'tool_calls';
		default:
			return 'stop';
	}
}
