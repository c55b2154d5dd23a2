/** Which chat format a model speaks, and which part of a conversation fits into its context. */

import { keepEnd, keepStart } from '../clip';
import type { ChatMessage } from '../model';

/** Facts about a model's file. */
interface ChatFacts {
	readonly name: string;
	/** The file's own Jinja template. */
	readonly template: string | undefined;
	/** Whether the vocabulary has a token that is written so. */
	has(token: string): boolean;
}

/** Formats that node-llama-cpp knows, by its names. */
export type KnownWrapper =
	| 'chatML'
	| 'qwen'
	| 'deepSeek'
	| 'llama3'
	| 'llama2Chat'
	| 'mistral'
	| 'gemma'
	| 'gemma4'
	| 'harmony'
	| 'seed';

/** Formats of ours: headings for base models and for families that the library has no wrapper for. */
export type OwnFormat = 'granite' | 'phi' | 'instruction' | 'plain';

/** `template`: the file's own Jinja template is rendered. */
export type ChatFormat = KnownWrapper | OwnFormat | 'template';

/** A template from the file is code that runs: longer ones are not what a template is. In characters. */
const LONGEST_TEMPLATE = 256 * 1024;

interface Rule {
	readonly format: ChatFormat;
	readonly tokens: readonly string[];
	/** Text that the template must contain, where there is a template. */
	readonly template?: string;
}

/** The first rule that holds. A template is not executed for this; its text only tells namesakes apart. */
const RULES: readonly Rule[] = [
	{ format: 'harmony', tokens: ['<|start|>', '<|channel|>'], template: '<|channel|>' },
	{ format: 'qwen', tokens: ['<|im_start|>', '<|im_end|>'], template: 'enable_thinking' },
	{ format: 'chatML', tokens: ['<|im_start|>', '<|im_end|>'], template: '<|im_start|>' },
	{ format: 'deepSeek', tokens: ['<｜User｜>', '<｜Assistant｜>'], template: '<｜User｜>' },
	{ format: 'llama3', tokens: ['<|start_header_id|>', '<|end_header_id|>'], template: '<|start_header_id|>' },
	{ format: 'granite', tokens: ['<|start_of_role|>', '<|end_of_role|>'], template: '<|start_of_role|>' },
	{ format: 'gemma4', tokens: ['<|turn>', '<turn|>'], template: '<|turn>' },
	{ format: 'gemma', tokens: ['<start_of_turn>', '<end_of_turn>'], template: '<start_of_turn>' },
	{ format: 'phi', tokens: ['<|user|>', '<|assistant|>', '<|end|>'], template: '<|user|>' },
	{ format: 'seed', tokens: ['<seed:bos>', '<seed:eos>'], template: '<seed:bos>' },
	{ format: 'llama2Chat', tokens: [], template: '<<SYS>>' },
	{ format: 'mistral', tokens: [], template: '[INST]' },
	{ format: 'instruction', tokens: [], template: '### Instruction' },
];

/**
 * Known families by their tokens; an unknown file's own template; headings for a model without any. A model
 * without a template that is not called an instruction model is a base model, even if it has the tokens.
 */
export function chooseChatFormat({ name, template, has }: ChatFacts): ChatFormat {
	const text = template?.trim() ? template : undefined;
	if (text === undefined && !/instruct|chat|[-_ ]it\b/i.test(name)) {
		return 'plain';
	}
	const rule = RULES.find(
		({ tokens, template: part }) =>
			tokens.every(has) &&
			(text === undefined ? tokens.length > 0 : part === undefined || text.includes(part)),
	);
	if (rule !== undefined) {
		// Without a template nothing says that the model thinks.
		return text === undefined && rule.format === 'qwen' ? 'chatML' : rule.format;
	}
	return text !== undefined && text.length <= LONGEST_TEMPLATE ? 'template' : 'plain';
}

/** A literal, or plain text, at the end of what a template puts before an answer. */
const OPENED = /(<think>|\[THINK\])(?:\\n|\s)*(?:["']\s*[-+]?\}\}|\{%|$)/;

/**
 * What the file's template begins each answer with, so that the model thinks first: it never learned to write that itself.
 * Empty for other models, and where the format in use is not the template's or does without thinking. No wrapper of the
 * library puts it there: they cut a rendered template off where the answer begins.
 */
export function openedThought(template: string | undefined, format: ChatFormat): string {
	const start = template?.lastIndexOf('add_generation_prompt') ?? -1;
	const isUsed = format !== 'plain' && format !== 'qwen';
	const [, tag] = (start < 0 || !isUsed ? undefined : OPENED.exec(template?.slice(start) ?? '')) ?? [];
	return tag === undefined ? '' : `${tag}\n`;
}

/** Part of a rendered conversation: markup of the format, or what people and the model wrote. */
export interface Segment {
	readonly type: 'markup' | 'text';
	readonly text: string;
}

interface RenderedChat {
	readonly segments: readonly Segment[];
	/** The answer ends before any of these texts. */
	readonly stopTexts: readonly string[];
}

export function isOwnFormat(format: ChatFormat): format is OwnFormat {
	return Object.hasOwn(OWN_FORMATS, format);
}

/** A conversation in one of our own formats, open for the assistant's answer. */
export function renderOwnFormat(format: OwnFormat, messages: readonly ChatMessage[]): RenderedChat {
	const { turn, open, stopTexts } = OWN_FORMATS[format];
	const segments = messages.flatMap((message): Segment[] => {
		// What a call brought is what the user says, to a model that can call nothing.
		const [before, after] = turn(message.role === 'tool' ? 'user' : message.role);
		return [markup(before), { type: 'text', text: message.content }, markup(after)];
	});
	return { segments: [...segments, markup(open)].filter(({ text }) => text !== ''), stopTexts };
}

interface OwnRules {
	turn(role: Exclude<ChatMessage['role'], 'tool'>): readonly [before: string, after: string];
	readonly open: string;
	readonly stopTexts: readonly string[];
}

const OWN_FORMATS: Readonly<Record<OwnFormat, OwnRules>> = {
	// Granite 3 prompt guide.
	granite: {
		turn: (role) => [`<|start_of_role|>${role}<|end_of_role|>`, '<|end_of_text|>\n'],
		open: '<|start_of_role|>assistant<|end_of_role|>',
		stopTexts: [],
	},
	// Phi-3 model card.
	phi: { turn: (role) => [`<|${role}|>\n`, '<|end|>\n'], open: '<|assistant|>\n', stopTexts: [] },
	// DeepSeek-Coder instruct and StarCoder2 instruct model cards.
	instruction: {
		turn: (role) => {
			const heading = { system: '', user: '### Instruction:\n', assistant: '### Response:\n' } as const;
			return [heading[role], '\n'];
		},
		open: '### Response:\n',
		stopTexts: ['### Instruction', '<|EOT|>'],
	},
	plain: {
		turn: (role) => {
			const heading = { system: '', user: 'User:\n', assistant: 'Assistant:\n' } as const;
			return [heading[role], '\n\n'];
		},
		open: 'Assistant:\n',
		stopTexts: ['\nUser:'],
	},
};

function markup(text: string): Segment {
	return { type: 'markup', text };
}

/** Characters per token that a text is clipped to before it is tokenised at all. */
const CHARACTERS_PER_TOKEN = 8;
const OMISSION = '\n[…]\n';

/**
 * The conversation with the oldest turns dropped until it fits, but always the system message and all from the last
 * question on; where those alone are too long, the longest of them loses its middle.
 * @param count tokens of a rendered conversation.
 * @param limit most tokens.
 */
export function fitConversation(
	messages: readonly ChatMessage[],
	count: (messages: readonly ChatMessage[]) => number,
	limit: number,
): readonly ChatMessage[] {
	const characters = limit * CHARACTERS_PER_TOKEN;
	const system = messages
		.filter(({ role }) => role === 'system')
		.map((message) => clipMiddle(message, characters));
	const turns = messages
		.filter(({ role }) => role !== 'system')
		.map((message) => clipMiddle(message, characters));
	const kept = dropOldest(turns, (rest) => {
		const length = rest.reduce((sum, { content }) => sum + content.length, 0);
		return length <= characters && count([...system, ...rest]) <= limit;
	});
	let fitted = [...system, ...kept];
	while (kept.length <= turns.length - lastQuestion(turns) && count(fitted) > limit) {
		const longest = fitted.reduce((found, { content }) => Math.max(found, content.length), 0);
		const length = Math.floor(longest * Math.min(0.9, limit / count(fitted)));
		if (longest <= OMISSION.length) {
			break;
		}
		fitted = fitted.map((message) =>
			message.content.length === longest ? clipMiddle(message, length) : message,
		);
	}
	return fitted;
}

/** Index of the last question; of the last turn where nobody asks anything. */
function lastQuestion(turns: readonly ChatMessage[]): number {
	const index = turns.findLastIndex(({ role }) => role === 'user');
	return index === -1 ? turns.length - 1 : index;
}

/** The most turns, from a question on, that fit; those from the last one on if none do. Tries few: each is tokenised anew. */
function dropOldest(
	turns: readonly ChatMessage[],
	fits: (rest: readonly ChatMessage[]) => boolean,
): readonly ChatMessage[] {
	const last = lastQuestion(turns);
	// A conversation begins with a question, so an answer goes with its question.
	const starts = turns.flatMap(({ role }, index) =>
		index <= last && (index === 0 || index === last || role === 'user') ? [index] : [],
	);
	let low = 0;
	let high = starts.length - 1;
	while (low < high) {
		const middle = Math.floor((low + high) / 2);
		if (fits(turns.slice(starts[middle]))) {
			high = middle;
		} else {
			low = middle + 1;
		}
	}
	return turns.slice(starts[low] ?? 0);
}

function clipMiddle(message: ChatMessage, length: number): ChatMessage {
	if (message.content.length <= length) {
		return message;
	}
	const half = Math.max(0, Math.floor((length - OMISSION.length) / 2));
	return {
		...message,
		content: keepStart(message.content, half) + OMISSION + keepEnd(message.content, half),
	};
}
