/** Asks the local model for another extension: with what that one sends and nothing else, after everything interactive. */

import { renderHermes } from '../../inference/engine/hermesFormat';
import type {
	ChatMessage,
	ChatRequest,
	Model,
	ModelUnavailable,
	ToolCall,
	ToolOffer,
} from '../../inference/model';
import { remedyTitle } from '../../inference/remedyTitle';
import type { Translate } from '../../inference/statusText';
import { MAX_TOOLS } from '../../inference/wire/shapes';
import { canCall } from '../modelStatus';
import { TOKENS_PER_MESSAGE } from '../prompts';
import { AnswerOnly } from './answerOnly';
import { limitsOf } from './modelInformation';

export interface RelayOptions {
	readonly model: Pick<Model, 'chat' | 'state' | 'tokenize'>;
	readonly settings: () => { readonly maxTokens: number; readonly temperature: number };
	/** Tokens of a text; an estimate is enough. */
	readonly countTokens: (text: string) => number;
	readonly translate: Translate;
}

/** What another extension asks. */
export type Relayed = Pick<ChatRequest, 'messages' | 'tools' | 'calling'>;

/** Hears of the answer. */
export interface Told {
	text(text: string): void;
	/** The model wants to know what a tool gives; nothing follows. */
	call(call: ToolCall): void;
}

/** Characters that a token has at most in any text worth to be counted. */
const MOST_CHARACTERS = 16;

/** Longer texts are estimated: the process that counts is the one that completes. */
const LONGEST_COUNTED = 128 * 1024;

/**
 * Streams the answer.
 *
 * @returns why the model does not answer this; undefined where it did.
 * @throws ModelUnavailable; an AbortError when the signal fires.
 */
export async function relay(
	options: RelayOptions,
	{ messages, tools = [], calling = 'may' }: Relayed,
	told: Told,
	signal: AbortSignal,
): Promise<string | undefined> {
	const { model, settings } = options;
	const { maxTokens, temperature } = settings();
	const refusal = (await tooLong(options, messages, tools, signal)) ?? cannotCall(options, messages, tools);
	if (refusal !== undefined) {
		return refusal;
	}
	const { output } = limitsOf(model.state, maxTokens);
	const answer = new AnswerOnly(told.text);
	const request = {
		...{ messages, maxTokens: output, temperature, priority: 'background' as const },
		...(tools.length > 0 ? { tools, calling } : {}),
	};
	for await (const event of model.chat(request, signal)) {
		if (event.type === 'text') {
			answer.add(event.text);
		} else if (event.type === 'call') {
			answer.end();
			told.call(event.call);
		} else if (event.type === 'unsupported') {
			return event.reason;
		}
	}
	answer.end();
	return undefined;
}

/** Asked when the model is loaded: until then nobody knows. */
function cannotCall(
	{ model, translate }: RelayOptions,
	messages: readonly ChatMessage[],
	tools: readonly ToolOffer[],
): string | undefined {
	if (canCall(model.state)) {
		return tools.length > MAX_TOOLS
			? translate('The request has {0} tools; at most {1} can be offered.', tools.length, MAX_TOOLS)
			: undefined;
	}
	if (tools.length > 0) {
		return translate('This model cannot call tools. Send the request without them.');
	}
	return messages.some(({ role, calls }) => role === 'tool' || calls !== undefined)
		? translate('This model cannot call tools. Send the request without calls and their results.')
		: undefined;
}

/** The engine would leave out the oldest messages, and nobody would know. The first request waits here for the model. */
async function tooLong(
	{ model, settings, translate }: RelayOptions,
	messages: readonly ChatMessage[],
	tools: readonly ToolOffer[],
	signal: AbortSignal,
): Promise<string | undefined> {
	// One token: nothing is counted before it is known how much the model can read.
	await model.tokenize('.', signal);
	const { input } = limitsOf(model.state, settings().maxTokens);
	const isAboutCalls =
		tools.length > 0 || messages.some(({ role, calls }) => role === 'tool' || calls !== undefined);
	const text = isAboutCalls
		? writtenWithCalls(messages, tools)
		: messages.map(({ content }) => content).join('\n');
	if (text.length > input * MOST_CHARACTERS) {
		return translate(
			'The request has {0} characters, and this model can read {1} tokens.',
			text.length,
			input,
		);
	}
	const counted = await model.tokenize(text, signal);
	if (counted.type === 'unsupported') {
		return undefined;
	}
	const tokens = counted.tokens.length + messages.length * TOKENS_PER_MESSAGE;
	return tokens > input
		? translate('The request has {0} tokens, and this model can read {1}.', tokens, input)
		: undefined;
}

/** As the only format has it in which models call: with tags around all of it, each a token or, for the rarer ones, some. */
function writtenWithCalls(messages: readonly ChatMessage[], tools: readonly ToolOffer[]): string {
	return renderHermes(messages, tools, false, true)
		.map(({ type, text }) =>
			type === 'markup' ? text.replace(/<\|\w+\|>|<\/?(?:think|tool_call)>/g, ' .') : text,
		)
		.join('');
}

/** By the model's own tokens where it is loaded: nothing is loaded for a count. */
export async function tokensIn(
	{ model, countTokens }: RelayOptions,
	text: string,
	signal: AbortSignal,
): Promise<number> {
	if (model.state.type !== 'ready' || text.length > LONGEST_COUNTED) {
		return countTokens(text);
	}
	const counted = await model.tokenize(text, signal);
	return counted.type === 'tokens' ? counted.tokens.length : countTokens(text);
}

/** For those who see an error and no button. `titles`: what the remedies are called. */
export function withRemedies({ problem }: ModelUnavailable, translate: Translate): string {
	return problem.remedies.length === 0
		? problem.message
		: translate(
				"{0} In the menu of Familiar's status bar item: {1}.",
				problem.message,
				problem.remedies.map((remedy) => remedyTitle(remedy, translate)).join(', '),
			);
}
