/** One answer of the model: prompt in, text out piece by piece, and how it ended, as data. */

import { isAbort } from '../inference/cancel';
import { keepStart } from '../inference/clip';
import { messageOf } from '../inference/failure';
import { type Log, type Model, type ModelState, ModelUnavailable, type Remedy } from '../inference/model';
import { firstRound } from './circles';
import { contextUseOf, linesCutFrom } from './contextUse';
import { conversationOf, type Past } from './messages';
import { holdsAll } from './prompts';
import type { Question } from './question';
import { type ContextUse, MAX_ANSWER, type TurnState } from './turn';

export interface Ending {
	readonly state: Exclude<TurnState, 'streaming'>;
	readonly note: string | undefined;
	readonly remedies: readonly Remedy[];
	/** All that is kept of the answer, where that is not all of it. */
	readonly text?: string;
}

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
	};
	/** Tokens of a text; an estimate is enough. */
	readonly countTokens: (text: string) => number;
}

/** Context that is assumed while the model is not loaded, in tokens. */
export const UNKNOWN_CONTEXT = 2_048;

/** Share of the context that the prompt and the answer take together: token counts are estimates. */
const SAFE_SHARE = 0.9;

const TOO_LONG = "The code is too long for this model's context. Select a smaller part.";
const CIRCLES = 'The model said the same again and again; the answer was ended.';
const READ_IN_PART = "Only a part of the code was read: the rest does not fit this model's context.";

/** Characters of a note: an error of a library may quote a whole file, and a view takes no more than 4,096. */
export const LONGEST_NOTE = 1_000;

export function ended(state: Ending['state']): Ending {
	return { state, note: undefined, remedies: [] };
}

/** Who hears of an answer while it is written. */
interface Listener {
	onText(text: string): void;
	/** What of the context is taken, again and again from when the prompt is read. */
	onUsage(usage: ContextUse): void;
}

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

async function stream(
	{ model, settings, countTokens }: GenerationOptions,
	question: Question,
	past: Past,
	listener: Listener,
	signal: AbortSignal,
): Promise<Ending> {
	const { maxTokens, temperature, thinksFirst = false } = settings();
	const { size, answer, prompt } = sharesOf(model.state, maxTokens);
	const conversation = conversationOf(question, past, { tokens: prompt, countTokens, thinksFirst });
	const { messages } = conversation;
	const content = messages.at(-1)?.content ?? '';
	const isWhole = holdsAll(content, question);
	if (question.task === 'fix' && !(isWhole && (await fits(model, content, prompt, signal)))) {
		// The answer replaces the whole excerpt: lines that the model did not see would be deleted.
		return { state: 'failed', note: TOO_LONG, remedies: [] };
	}
	const usage = contextUseOf(conversation, past.unsummarised, linesCutFrom(content, question), size);
	const request = { messages, maxTokens: answer, temperature, priority: 'background' } as const;
	let written = '';
	let round: number | undefined;
	let used = 0;
	for await (const event of model.chat(request, signal)) {
		if (signal.aborted) {
			break;
		}
		switch (event.type) {
			case 'prefilled':
				used = event.promptTokens;
				listener.onUsage({ ...usage, used });
				break;
			case 'text':
				listener.onText(event.text.slice(0, MAX_ANSWER - written.length));
				written += event.text;
				// About a token; the end says it exactly.
				used++;
				listener.onUsage({ ...usage, used });
				if (written.length >= MAX_ANSWER) {
					return ended('cut');
				}
				round = firstRound(written);
				if (round !== undefined) {
					// Nobody reads the other rounds, and in the next question they would tempt the model to more.
					return {
						state: 'cut',
						note: CIRCLES,
						remedies: [],
						text: `${written.slice(0, round).trimEnd()} …`,
					};
				}
				break;
			case 'end':
				used = event.statistics.promptTokens + event.statistics.generatedTokens;
				listener.onUsage({ ...usage, used });
				return event.reason === 'end-of-text' && !isWhole
					? { state: 'done', note: READ_IN_PART, remedies: [] }
					: ended(event.reason === 'length' ? 'cut' : 'done');
			case 'unsupported':
				return { state: 'failed', note: keepStart(event.reason, LONGEST_NOTE), remedies: ['select-model'] };
		}
	}
	return ended('done');
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
