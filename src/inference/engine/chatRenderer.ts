/** A conversation as the prompt of a loaded model: in one of our own formats, or by the library's wrappers. */

import type { ChatHistoryItem, ChatWrapper, LlamaModel } from 'node-llama-cpp';
import type { ChatMessage } from '../model';
import {
	type ChatFormat,
	chooseChatFormat,
	isOwnFormat,
	type OwnFormat,
	openedThought,
	renderOwnFormat,
} from './chatFormat';
import type { LlamaLibrary } from './llamaLibrary';
import type { ModelTokens } from './modelTokens';

interface ChatPrompt {
	readonly tokens: readonly number[];
	/** Tokens and texts that end the answer, besides those that end any text. */
	readonly stopTokens: readonly number[];
	readonly stopTexts: readonly string[];
}

export interface ChatRenderer {
	readonly format: ChatFormat;
	/** How each answer begins, before the model writes anything: the end of the prompt. Mostly empty. */
	readonly opening: string;
	/** The conversation, open for the assistant's answer. */
	render(messages: readonly ChatMessage[]): ChatPrompt;
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
	const renderer = isOwnFormat(format)
		? new OwnRenderer(format, tokens)
		: new WrapperRenderer(format, tokens, model, () =>
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

	render(messages: readonly ChatMessage[]): ChatPrompt {
		const { tokens, ...stops } = this.renderer.render(messages);
		return { tokens: [...tokens, ...this.tokens.tokenizeMarkup(this.opening)], ...stops };
	}
}

class OwnRenderer implements ChatRenderer {
	readonly opening = '';

	constructor(
		readonly format: OwnFormat,
		private readonly tokens: ModelTokens,
	) {}

	render(messages: readonly ChatMessage[]): ChatPrompt {
		const { segments, stopTexts } = renderOwnFormat(this.format, messages);
		const tokens = segments.flatMap(({ type, text }) =>
			type === 'markup' ? this.tokens.tokenizeMarkup(text) : this.tokens.tokenize(text),
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
		private readonly tokens: ModelTokens,
		private readonly model: LlamaModel,
		private readonly create: () => ChatWrapper,
	) {}

	render(messages: readonly ChatMessage[]): ChatPrompt {
		const { contextText, stopGenerationTriggers } = this.create().generateContextState({
			chatHistory: historyOf(messages),
		});
		const { tokenizer } = this.model;
		const tokens: number[] = [];
		for (const value of contextText.values) {
			if (typeof value === 'string') {
				// Not by the library: some vocabularies have special tokens that it finds in any text.
				tokens.push(...this.tokens.tokenize(value));
			} else {
				const isMarkup = 'tokenizeSpecialTokensOnly' in value;
				tokens.push(...(isMarkup ? value.tokenize(tokenizer, tokens.length > 0) : value.tokenize(tokenizer)));
			}
		}
		const { bos, shouldPrependBosToken } = this.model.tokens;
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
		return { type: role, text: content };
	});
	return [...history, { type: 'model', response: [] }];
}
