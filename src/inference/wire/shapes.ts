/** Guards for every type of the port that crosses the socket: nothing from the other side is believed unchecked. */

import {
	type ChatMessage,
	type ChatRequest,
	type ContextFile,
	type Embedding,
	type ExpectedFit,
	type FillCapability,
	type FillLayout,
	type FillRequest,
	type GenerationStatistics,
	type LoadOptions,
	type ModelDescription,
	type NotFaster,
	type Prefilled,
	type Problem,
	REMEDIES,
	type ScoreRequest,
	type Scores,
	type Tokens,
	type ToolCall,
	type ToolOffer,
	type Unsupported,
} from '../model';
import { isRecord } from '../record';

export type Check<T> = (value: unknown) => value is T;

/**
 * Most characters of text in one request. JSON takes at most six bytes for one, so that every request stays below
 * the largest message of 16 MiB.
 */
export const MAX_REQUEST_CHARACTERS = 2_000_000;

/** Longest name, path or reason, in characters. */
const MAX_SHORT_STRING = 32_768;

/** Most items of a list: the tokens of the largest request. */
const MAX_ITEMS = MAX_REQUEST_CHARACTERS;

/** An object with these fields; others are let through, so that a later version may add some. */
export function object<T extends object>(fields: { readonly [Key in keyof T]-?: Check<T[Key]> }): Check<T> {
	return (value): value is T => {
		if (!isRecord(value)) {
			return false;
		}
		for (const key in fields) {
			if (!fields[key](value[key])) {
				return false;
			}
		}
		return true;
	};
}

/** The words that a page shows, by their keys. */
export function textsOf<Key extends string>(keys: readonly Key[]): Check<Readonly<Record<Key, string>>> {
	return (value): value is Readonly<Record<Key, string>> =>
		isRecord(value) && keys.every((key) => shortString(value[key]));
}

export function anyOf<T extends readonly unknown[]>(
	...checks: { readonly [Index in keyof T]: Check<T[Index]> }
): Check<T[number]> {
	return (value): value is T[number] => checks.some((check) => check(value));
}

export function optional<T>(check: Check<T>): Check<T | undefined> {
	return (value): value is T | undefined => value === undefined || check(value);
}

/** One of these strings. */
export function literal<const T extends readonly string[]>(...texts: T): Check<T[number]> {
	return (value): value is T[number] => texts.some((text) => text === value);
}

/** @param most items. */
export function list<T>(check: Check<T>, most = MAX_ITEMS): Check<readonly T[]> {
	return (value): value is readonly T[] => Array.isArray(value) && value.length <= most && value.every(check);
}

export function string(value: unknown): value is string {
	return typeof value === 'string' && value.length <= MAX_REQUEST_CHARACTERS;
}

export function shortString(value: unknown): value is string {
	return typeof value === 'string' && value.length <= MAX_SHORT_STRING;
}

export function number(value: unknown): value is number {
	return typeof value === 'number' && Number.isFinite(value);
}

/** A whole number from 0. */
export function count(value: unknown): value is number {
	return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

export function boolean(value: unknown): value is boolean {
	return typeof value === 'boolean';
}

export const priority = literal('interactive', 'background');

export const unsupported = object<Unsupported>({ type: literal('unsupported'), reason: shortString });

const contextFile = object<ContextFile>({ path: shortString, text: string });

/** Fields of a prompt. */
export const fillPieces = {
	repository: optional(shortString),
	path: shortString,
	files: list(contextFile),
	prefix: string,
	typed: string,
	suffix: string,
} as const;

const fillFields = object<FillRequest>({
	...fillPieces,
	maxTokens: count,
	maxPromptTokens: count,
	leftToRight: boolean,
	priority,
	alternative: optional(count),
	continues: optional(boolean),
	temperature: optional(number),
	guesses: optional(boolean),
});

export function fillRequest(value: unknown): value is FillRequest {
	return fillFields(value) && fillCharacters(value) <= MAX_REQUEST_CHARACTERS;
}

/** Characters of text in a prompt. */
export function fillCharacters(request: Pick<FillRequest, 'files' | 'prefix' | 'typed' | 'suffix'>): number {
	return request.files.reduce(
		(sum, file) => sum + file.path.length + file.text.length,
		request.prefix.length + request.typed.length + request.suffix.length,
	);
}

/** Most functions that a model is offered, and calls of one message. */
export const MAX_TOOLS = 128;

export const toolCall = object<ToolCall>({ name: shortString, arguments: isRecord });

export const chatMessage = object<ChatMessage>({
	role: literal('system', 'user', 'assistant', 'tool'),
	content: string,
	calls: optional(list(toolCall, MAX_TOOLS)),
});

const chatFields = object<ChatRequest>({
	messages: list(chatMessage),
	maxTokens: count,
	temperature: number,
	guesses: optional(boolean),
	priority,
	tools: optional(
		list(object<ToolOffer>({ name: shortString, description: string, parameters: isRecord }), MAX_TOOLS),
	),
	calling: optional(literal('may', 'must', 'not')),
	schema: optional(isRecord),
});

export function chatRequest(value: unknown): value is ChatRequest {
	return chatFields(value) && chatCharacters(value) <= MAX_REQUEST_CHARACTERS;
}

/** Characters of text in a conversation, and of what describes functions and their calls. */
export function chatCharacters({ messages, tools, schema }: ChatRequest): number {
	return messages.reduce(
		(sum, { content, calls }) => sum + content.length + lengthOf(calls),
		lengthOf(tools) + lengthOf(schema),
	);
}

function lengthOf(described: object | undefined): number {
	return described === undefined ? 0 : JSON.stringify(described).length;
}

export const generationStatistics = object<GenerationStatistics>({
	promptTokens: count,
	reusedTokens: count,
	generatedTokens: count,
	prefillMilliseconds: number,
	decodeMilliseconds: number,
});

export const prefilled = object<Prefilled>({
	type: literal('prefilled'),
	promptTokens: count,
	reusedTokens: count,
	milliseconds: number,
});

export const scoreRequest = object<ScoreRequest>({ context: string, text: string, priority });
export const tokens = object<Tokens>({ type: literal('tokens'), tokens: list(number) });
export const scores = object<Scores>({ type: literal('scores'), logProbabilities: list(number) });
export const embedding = object<Embedding>({ type: literal('embedding'), vector: list(number) });

export const loadOptions = object<LoadOptions>({
	path: shortString,
	backend: literal('auto', 'cpu', 'cuda', 'vulkan', 'metal'),
	contextSize: count,
	gpuLayers: number,
	cacheFolder: shortString,
	packsFolder: optional(shortString),
	role: optional(literal('completion', 'chat', 'embedding')),
	keepAliveMinutes: optional(number),
});

const fillLayout = object<FillLayout<string>>({
	order: literal('prefix-first', 'suffix-first'),
	begin: optional(shortString),
	prefix: shortString,
	suffix: shortString,
	middle: optional(shortString),
	repository: optional(shortString),
	repositoryEnd: literal('', '\n'),
	file: optional(shortString),
	prefixLead: literal('', ' '),
	fileHeader: literal('comment', 'plus'),
});

const fillCapability = object<FillCapability>({
	type: literal('fill'),
	family: shortString,
	source: literal('metadata', 'vocabulary'),
	repositoryLevel: boolean,
	layout: fillLayout,
});

export const modelDescription = object<ModelDescription>({
	path: shortString,
	name: shortString,
	architecture: shortString,
	parameters: number,
	quantisation: shortString,
	fileBytes: number,
	trainedContext: number,
	contextSize: number,
	fill: anyOf(fillCapability, unsupported),
	chat: anyOf(
		object<Extract<ModelDescription['chat'], { readonly type: 'chat' }>>({
			type: literal('chat'),
			wrapper: shortString,
			callsTools: optional(boolean),
		}),
		unsupported,
	),
	backend: literal('cpu', 'cuda', 'vulkan', 'metal'),
	devices: list(shortString),
	gpuLayers: number,
	totalLayers: number,
	fallbackReason: optional(shortString),
	notFaster: optional(object<NotFaster>({ reason: shortString, remedy: literal('pack', 'setting', 'none') })),
	memory: object({ host: number, gpu: number }),
	threads: object({ prefill: number, decode: number }),
	prefillTokensPerSecond: number,
	decodeTokensPerSecond: number,
	prefillChunk: number,
	expected: optional(
		object<ExpectedFit>({
			memory: object({ host: number, gpu: number }),
			firstToken: number,
			coldFirstToken: number,
			coldTokens: number,
		}),
	),
	loadMilliseconds: number,
	engineVersion: shortString,
	adapters: list(object({ path: shortString, scale: number })),
	chatAdapters: optional(list(object({ path: shortString, scale: number }))),
	promptFormat: count,
	server: optional(object({ host: shortString, program: shortString })),
});

export const problem = object<Problem>({
	code: shortString,
	message: shortString,
	remedies: list(literal(...REMEDIES)),
});
