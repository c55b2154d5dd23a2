/** One answer of the model: prompt in, text out piece by piece, and how it ended, as data. */

import { isAbort } from '../inference/cancel';
import { keepStart } from '../inference/clip';
import { messageOf } from '../inference/failure';
import {
	type ChatMessage,
	type Log,
	type Model,
	type ModelState,
	ModelUnavailable,
} from '../inference/model';
import { contextUseOf, linesCutFrom } from './contextUse';
import { type Ending, ended, LONGEST_NOTE } from './ending';
import { conversationOf, type Past } from './messages';
import { canCall } from './modelStatus';
import { holdsAll } from './prompts';
import type { Question, TaskName } from './question';
import { type Listener, roundOf, Writer } from './round';
import { answerOf } from './thinking';
import { type Callable, offerTokens, Stepping } from './tools/stepping';
import type { TurnStep } from './turn';

export interface GenerationOptions {
	readonly model: Pick<Model, 'chat' | 'state' | 'tokenize'>;
	readonly log: Log;
	/** The current snapshot; read at each question. */
	readonly settings: () => {
		readonly maxTokens: number;
		readonly temperature: number;
		/** Default: false. */
		readonly thinksFirst?: boolean;
		/** Whether earlier exchanges that no longer fit are summed up. Default: false. */
		readonly summaries?: boolean;
		/** What the model may look up for one answer, one after the other. Default: 0. */
		readonly toolSteps?: number;
	};
	/** What a model can look up that can call functions. Default: nothing. */
	readonly toolbox?: Callable;
	/** Tokens of a text; an estimate is enough. */
	readonly countTokens: (text: string) => number;
}

/** Context that is assumed while the model is not loaded, in tokens. */
export const UNKNOWN_CONTEXT = 2_048;

/** Share of the context that the prompt and the answer take together: token counts are estimates. */
const SAFE_SHARE = 0.9;

const TOO_LONG = "The code is too long for this model's context. Select a smaller part.";
const NO_MORE_STEPS =
	'The model wanted to look up more than it may for one answer (setting familiar.chat.toolSteps), and said nothing else.';

/** Runs to the end, whatever that is; never rejects. */
export async function generate(
	options: GenerationOptions,
	question: Question,
	past: Past,
	listener: Listener,
	signal: AbortSignal,
): Promise<Ending> {
	try {
		const ending = await stream(options, question, past, listener, signal);
		return signal.aborted ? ended('stopped') : ending;
	} catch (error) {
		if (signal.aborted || isAbort(error)) {
			return ended('stopped');
		}
		if (ModelUnavailable.is(error)) {
			return {
				state: 'failed',
				note: keepStart(error.problem.message, LONGEST_NOTE),
				remedies: error.problem.remedies,
			};
		}
		options.log.error('The answer failed', error);
		return {
			state: 'failed',
			note: keepStart(messageOf(error), LONGEST_NOTE),
			remedies: ['show-log', 'restart'],
		};
	}
}

/** Tokens that the context holds, and how they are shared between the prompt and an answer of at most `maxTokens`. */
function sharesOf(state: ModelState, maxTokens: number) {
	const size = state.type === 'ready' ? state.model.contextSize : UNKNOWN_CONTEXT;
	const usable = Math.floor(size * SAFE_SHARE);
	const answer = Math.min(maxTokens, Math.floor(usable / 2));
	return { size, answer, prompt: usable - answer };
}

/** Tokens that a question may take, with all that goes along with it. */
export function promptRoom(state: ModelState, maxTokens: number): number {
	return sharesOf(state, maxTokens).prompt;
}

/** Tokens of a context below which what tools bring, and how they are called, would leave no room for a question. */
const LEAST_CONTEXT = 4_096;

/** Part of the prompt's share that is kept free for what tools bring. */
const STEPS_SHARE = 1 / 3;

/** What is asked for in words. The others have all that they are about, and what they answer is code to be used as it is. */
const STEPPING_TASKS: readonly TaskName[] = ['question', 'explain', 'review'];

/** What the model may look up for the question, and how often; undefined: nothing. */
async function offered(
	{ model, settings, toolbox: tools }: GenerationOptions,
	{ task }: Question,
	listener: Listener,
	signal: AbortSignal,
) {
	const { toolSteps = 0 } = settings();
	const { onSteps } = listener;
	if (tools === undefined || onSteps === undefined || toolSteps === 0 || !STEPPING_TASKS.includes(task)) {
		return undefined;
	}
	if (model.state.type !== 'ready') {
		// One token: what the model can do is known when it is loaded.
		await model.tokenize('.', signal);
	}
	const { state } = model;
	const isLarge = state.type === 'ready' && state.model.contextSize >= LEAST_CONTEXT;
	const offers = isLarge && canCall(state) ? await tools.offers() : [];
	return offers.length > 0
		? {
				tools,
				offers,
				most: toolSteps,
				onSteps: (steps: readonly TurnStep[]) => onSteps.call(listener, steps),
			}
		: undefined;
}

async function stream(
	options: GenerationOptions,
	question: Question,
	past: Past,
	listener: Listener,
	signal: AbortSignal,
): Promise<Ending> {
	const { model, settings, countTokens } = options;
	const { maxTokens, temperature, thinksFirst = false } = settings();
	const allowed = await offered(options, question, listener, signal);
	const { size, answer, prompt } = sharesOf(model.state, maxTokens);
	const whole = { tokens: prompt, countTokens, thinksFirst };
	const room = prompt - (allowed === undefined ? 0 : offerTokens(allowed.offers, countTokens));
	const beside = { ...whole, tokens: Math.floor(room * (1 - STEPS_SHARE)), usesTools: true };
	const stepped = allowed && conversationOf(question, past, beside);
	const plain = conversationOf(question, past, whole);
	// What the user has named and what was said go first: nothing of it is cut so that more can be looked up.
	const lookup =
		stepped !== undefined &&
		stepped.leftOut <= plain.leftOut &&
		holdsAll(contentOf(stepped.messages), question)
			? allowed
			: undefined;
	let conversation = (lookup && stepped) ?? plain;
	if (question.task === 'edit' && !(await fits(model, contentOf(conversation.messages), prompt, signal))) {
		// What stands around the code may stay out.
		conversation = conversationOf({ ...question, before: '', after: '' }, past, whole);
	}
	const { messages } = conversation;
	const offers = lookup?.offers ?? [];
	const content = contentOf(messages);
	const isWhole = holdsAll(content, question);
	const isSeen = question.task === 'edit' ? holdsAll(content, question, 'needed') : isWhole;
	const replaces = question.task === 'fix' || question.task === 'edit';
	if (replaces && !(isSeen && (await fits(model, content, prompt, signal)))) {
		// The answer replaces the whole excerpt: lines that the model did not see would be deleted.
		return { state: 'failed', note: TOO_LONG, remedies: [] };
	}
	if (question.task === 'edit' && countTokens(question.excerpt.code) > answer) {
		// It would break off, after minutes perhaps.
		return { state: 'failed', note: TOO_LONG, remedies: [] };
	}
	const stepping = lookup && new Stepping({ ...lookup, room, countTokens }, messages);
	const usage = contextUseOf(conversation, past.unsummarised, linesCutFrom(content, question), size);
	const writer = new Writer(listener, usage);
	for (;;) {
		const calling = stepping?.calling ?? 'not';
		const request = {
			messages: stepping?.messages ?? messages,
			maxTokens: answer,
			temperature,
			priority: 'background',
			...(offers.length > 0 ? { tools: offers, calling } : {}),
		} as const;
		writer.beginRound();
		const ending = await roundOf(model.chat(request, signal), writer, isWhole, signal);
		if (!('call' in ending) || stepping === undefined) {
			const isSilent = calling === 'not' && stepping?.hasSteps && writer.isSilent;
			return 'call' in ending || (ending.state === 'done' && isSilent)
				? { state: 'done', note: NO_MORE_STEPS, remedies: [] }
				: ending;
		}
		await stepping.take(answerOf(writer.round), ending.call, signal);
	}
}

function contentOf(messages: readonly ChatMessage[]): string {
	return messages.at(-1)?.content ?? '';
}

/** By the model's own tokens, which may be twice as many as estimated; true where it cannot count. */
async function fits(
	model: GenerationOptions['model'],
	content: string,
	tokens: number,
	signal: AbortSignal,
): Promise<boolean> {
	const counted = await model.tokenize(content, signal);
	return counted.type !== 'tokens' || counted.tokens.length <= tokens;
}
