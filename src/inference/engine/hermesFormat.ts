/** Function calls as Hermes, Qwen and those that followed them write them: JSON between tags, in ChatML. */

import type { ChatMessage, ToolCall, ToolOffer } from '../model';
import { isRecord, parseJson } from '../record';
import type { ChatFormat, Segment } from './chatFormat';

interface ToolFacts {
	readonly format: ChatFormat;
	/** The file's own Jinja template. */
	readonly template: string | undefined;
	/** Whether the vocabulary has a token that is written so. */
	has(token: string): boolean;
}

/** What a call begins with. A token of its own: from it on, a grammar holds. */
export const CALL = '<tool_call>';

/** What means something in this format, and must not when somebody has written it. */
export const HERMES_MARKS: readonly string[] = [
	CALL,
	'</tool_call>',
	'<tool_response>',
	'</tool_response>',
	'<tools>',
	'</tools>',
	'<think>',
	'</think>',
	'<|im_start|>',
	'<|im_end|>',
];

/**
 * Whether the model was trained for it: its template writes calls so, and its vocabulary has the tags. The template is
 * not executed. Qwen3-Coder's calls look alike but hold XML.
 */
export function callsAsHermes({ format, template = '', has }: ToolFacts): boolean {
	return (
		(format === 'chatML' || format === 'qwen') &&
		[CALL, '</tool_call>'].every((tag) => has(tag) && template.includes(tag)) &&
		/\btools\b/.test(template) &&
		template.includes('<tool_response>') &&
		/\\?"arguments\\?"/.test(template) &&
		!template.includes('<function=')
	);
}

/**
 * The conversation as such templates render it, open for the answer.
 * @param isCalled whether the answer begins as a call
 * @param thinks whether the format is one of models that think, which is switched off
 */
export function renderHermes(
	messages: readonly ChatMessage[],
	tools: readonly ToolOffer[],
	isCalled: boolean,
	thinks: boolean,
): readonly Segment[] {
	const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
	const segments: Segment[] = [];
	const mark = (text: string) => void segments.push({ type: 'markup', text });
	const write = (text: string) => void segments.push({ type: 'text', text });
	if (system.length > 0 || tools.length > 0) {
		mark('<|im_start|>system\n');
		write(system.join('\n\n'));
	}
	if (tools.length > 0) {
		mark(
			`${system.length > 0 ? '\n\n' : ''}# Tools\n\nYou may call one or more functions to assist with the user query.\n\nYou are provided with function signatures within <tools></tools> XML tags:\n<tools>`,
		);
		for (const tool of tools) {
			write(`\n${tamed(spaced({ type: 'function', function: described(tool) }))}`);
		}
		mark(
			`\n</tools>\n\nFor each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:\n${CALL}\n{"name": <function-name>, "arguments": <args-json-object>}\n</tool_call>`,
		);
	}
	if (segments.length > 0) {
		mark('<|im_end|>\n');
	}
	const turns = messages.filter(({ role }) => role !== 'system');
	for (const [index, { role, content, calls = [] }] of turns.entries()) {
		const isResult = role === 'tool';
		if (!isResult || turns[index - 1]?.role !== 'tool') {
			mark(`<|im_start|>${isResult ? 'user' : role}`);
		}
		if (isResult) {
			mark('\n<tool_response>\n');
			write(tamed(content));
			mark('\n</tool_response>');
		} else if (content !== '' || calls.length === 0) {
			mark('\n');
			write(content);
		}
		for (const call of calls) {
			mark(`\n${CALL}\n`);
			write(spaced({ name: call.name, arguments: call.arguments }));
			mark('\n</tool_call>');
		}
		if (!isResult || turns[index + 1]?.role !== 'tool') {
			mark('<|im_end|>\n');
		}
	}
	mark(`<|im_start|>assistant\n${thinks ? '<think>\n\n</think>\n\n' : ''}${isCalled ? CALL : ''}`);
	return segments.filter(({ text }) => text !== '');
}

/** What a model wrote behind the mark of a call; undefined where it is none. */
export function callIn(text: string): ToolCall | undefined {
	const call = parseJson(text);
	return isRecord(call) && typeof call['name'] === 'string' && isRecord(call['arguments'])
		? { name: call['name'], arguments: call['arguments'] }
		: undefined;
}

/** Not every vocabulary has a token for these tags, and as plain text anybody could write them. */
function tamed(text: string): string {
	return text.replace(/<(\/?)(tool_response|tools)>/gi, '< $1$2>');
}

function described({ name, description, parameters }: ToolOffer): object {
	return { name, description, parameters };
}

/** JSON with a blank behind each colon and comma, as templates write it. */
function spaced(value: unknown): string {
	if (Array.isArray(value)) {
		return `[${value.map(spaced).join(', ')}]`;
	}
	if (isRecord(value)) {
		const pairs = Object.entries(value).filter(([, one]) => one !== undefined);
		return `{${pairs.map(([key, one]) => `${JSON.stringify(key)}: ${spaced(one)}`).join(', ')}}`;
	}
	return JSON.stringify(value) ?? 'null';
}
