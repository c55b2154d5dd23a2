/** A conversation as the prompt of a loaded model: in one of our own formats, or by the library's wrappers. */

import type { ChatHistoryItem, ChatWrapper, LlamaModel } from 'node-llama-cpp';
import type { Calling, ChatMessage, ToolOffer } from '../model';
import {
	type ChatFormat,
	chooseChatFormat,
	isOwnFormat,
	type OwnFormat,
	openedThought,
	renderOwnFormat,
} from './chatFormat';
import { CALL, callsAsHermes, HERMES_MARKS, renderHermes } from './hermesFormat';
import { inertTokenizer } from './inertText';
import type { LlamaLibrary } from './llamaLibrary';
import type { ModelTokens } from './modelTokens';

export interface ChatPrompt {
	readonly tokens: readonly number[];
	/** Tokens and texts that end the answer, besides those that end any text. */
	readonly stopTokens: readonly number[];
	readonly stopTexts: readonly string[];
}

/** How a model calls functions. */
export interface CallRenderer {
	/** What a call begins with. */
	readonly mark: number;
	/** The conversation with its calls, open for the assistant's answer. `must`: for a call, behind its mark. */
	render(messages: readonly ChatMessage[], tools: readonly ToolOffer[], calling: Calling): ChatPrompt;
}

export interface ChatRenderer {
	readonly format: ChatFormat;
	/** How each free answer begins, before the model writes anything: the end of the prompt. Mostly empty. */
	readonly opening: string;
	/** Undefined for a model that can call no functions, as far as is known. */
	readonly calls: CallRenderer | undefined;
	/** Tokens of an answer that was written elsewhere: nothing in it is a mark of the format. */
	readonly tokenize: (text: string) => readonly number[];
	/** The conversation, open for the assistant's answer. `isHeld`: that is held to a grammar, and has no opening. */
	render(messages: readonly ChatMessage[], isHeld?: boolean): ChatPrompt;
}

/** The format of a model. @param name what the model and its file are called. */
export function chatRenderer(
	name: string,
	tokens: ModelTokens,
	model: LlamaModel,
	library: LlamaLibrary,
): ChatRenderer {
	const template = model.fileInfo.metadata.tokenizer?.chat_template;
	const has = (token: string) => tokens.vocabulary.find(token) !== undefined;
	const format = chooseChatFormat({ name, template, has });
	const calls = callRenderer(format, template, tokens);
	const inert = inertChatTokenizer(tokens, tokens.tokenize);
	const renderer = isOwnFormat(format)
		? new OwnRenderer(format, tokens, inert)
		: new WrapperRenderer(format, { inert, calls, model }, () =>
				format === 'template'
					? library.templateWrapper(template ?? '', model.tokenizer)
					: library.wrappers[format](),
			);
	const opening = openedThought(template, format);
	return opening === '' ? renderer : new OpeningRenderer(renderer, opening, tokens);
}

/** Begins the answer with a tag, in front of which others end the prompt. */
class OpeningRenderer implements ChatRenderer {
	constructor(
		private readonly renderer: ChatRenderer,
		readonly opening: string,
		private readonly tokens: ModelTokens,
	) {}

	get format(): ChatFormat {
		return this.renderer.format;
	}

	get tokenize(): ChatRenderer['tokenize'] {
		return this.renderer.tokenize;
	}

	/** A conversation with calls does not open a thought: that would swallow the call. */
	get calls(): CallRenderer | undefined {
		return this.renderer.calls;
	}

	render(messages: readonly ChatMessage[], isHeld = false): ChatPrompt {
		const { tokens, ...stops } = this.renderer.render(messages);
		return isHeld
			? { tokens, ...stops }
			: { tokens: [...tokens, ...this.tokens.tokenizeMarkup(this.opening)], ...stops };
	}
}

function callRenderer(
	format: ChatFormat,
	template: string | undefined,
	tokens: ModelTokens,
): CallRenderer | undefined {
	const { vocabulary, tokenizeMarkup } = tokens;
	const mark = vocabulary.find(CALL);
	const has = (token: string) => vocabulary.find(token) !== undefined;
	if (mark === undefined || !callsAsHermes({ format, template, has })) {
		return undefined;
	}
	const inert = inertChatTokenizer(tokens, tokens.tokenizeOnce);
	const begin = [vocabulary.begin].filter((token) => token !== undefined);
	return {
		mark,
		render: (messages, tools, calling) => {
			const segments = renderHermes(messages, tools, calling === 'must', format === 'qwen');
			return {
				tokens: [
					...begin,
					...segments.flatMap(({ type, text }) => (type === 'markup' ? tokenizeMarkup(text) : inert(text))),
				],
				stopTokens: [vocabulary.find('<|im_end|>')].filter((token) => token !== undefined),
				stopTexts: [],
			};
		},
	};
}

/**
 * For what somebody wrote or a file says: nothing in it is a mark of the format, or opens or ends a thought. Many
 * vocabularies have such marks as ordinary tokens that are found in any text.
 */
function inertChatTokenizer(
	{ vocabulary }: Pick<ModelTokens, 'vocabulary'>,
	tokenize: (text: string) => readonly number[],
): (text: string) => readonly number[] {
	const marks = [...HERMES_MARKS, '[THINK]', '[/THINK]'].flatMap((text) => {
		const token = vocabulary.find(text);
		return token === undefined ? [] : [[token, text] as const];
	});
	return inertTokenizer(tokenize, new Map(marks));
}

class OwnRenderer implements ChatRenderer {
	readonly opening = '';
	readonly calls = undefined;

	constructor(
		readonly format: OwnFormat,
		private readonly tokens: ModelTokens,
		readonly tokenize: (text: string) => readonly number[],
	) {}

	render(messages: readonly ChatMessage[]): ChatPrompt {
		const { segments, stopTexts } = renderOwnFormat(this.format, messages);
		const tokens = segments.flatMap(({ type, text }) =>
			type === 'markup' ? this.tokens.tokenizeMarkup(text) : this.tokenize(text),
		);
		const { begin } = this.tokens.vocabulary;
		return { tokens: begin === undefined ? tokens : [begin, ...tokens], stopTokens: [], stopTexts };
	}
}

class WrapperRenderer implements ChatRenderer {
	readonly opening = '';

	/** @param create a new wrapper for each prompt: a file's template is first run when somebody chats. */
	constructor(
		readonly format: ChatFormat,
		private readonly parts: {
			readonly inert: (text: string) => readonly number[];
			readonly calls: CallRenderer | undefined;
			readonly model: LlamaModel;
		},
		private readonly create: () => ChatWrapper,
	) {}

	get calls(): CallRenderer | undefined {
		return this.parts.calls;
	}

	get tokenize(): ChatRenderer['tokenize'] {
		return this.parts.inert;
	}

	render(messages: readonly ChatMessage[]): ChatPrompt {
		const { model, inert } = this.parts;
		const { contextText, stopGenerationTriggers } = this.create().generateContextState({
			chatHistory: historyOf(messages),
		});
		const { tokenizer } = model;
		const tokens: number[] = [];
		for (const value of contextText.values) {
			if (typeof value === 'string') {
				// Not by the library: some vocabularies have special tokens that it finds in any text.
				tokens.push(...inert(value));
			} else {
				const isMarkup = 'tokenizeSpecialTokensOnly' in value;
				tokens.push(...(isMarkup ? value.tokenize(tokenizer, tokens.length > 0) : value.tokenize(tokenizer)));
			}
		}
		const { bos, shouldPrependBosToken } = model.tokens;
		const stops = stopGenerationTriggers.map((trigger) => ({
			tokens: trigger.tokenize(tokenizer),
			text: trigger.toString(),
		}));
		return {
			// The wrappers begin with this token for every model, also for those that do not want it.
			tokens: !shouldPrependBosToken && bos !== null && tokens[0] === bos ? tokens.slice(1) : tokens,
			stopTokens: stops.flatMap(({ tokens }) => (tokens.length === 1 ? tokens : [])),
			stopTexts: stops.flatMap(({ tokens, text }) => (tokens.length === 1 || text === '' ? [] : [text])),
		};
	}
}

function historyOf(messages: readonly ChatMessage[]): ChatHistoryItem[] {
	const history = messages.map(({ role, content }): ChatHistoryItem => {
		if (role === 'assistant') {
			return { type: 'model', response: [content] };
		}
		// What a call brought is what the user says, to a model that can call nothing.
		return { type: role === 'tool' ? 'user' : role, text: content };
	});
	return [...history, { type: 'model', response: [] }];
}
