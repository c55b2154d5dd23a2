/** The steps of one answer: what the model calls is run and told it, a few times at most. */

import { keepStart } from '../../inference/clip';
import type { Calling, ChatMessage, ToolCall, ToolOffer } from '../../inference/model';
import { fenceAround } from '../fences';
import { TOKENS_PER_MESSAGE } from '../prompts';
import { trim } from '../trim';
import { LONGEST_CALL, LONGEST_RESULT, type TurnStep } from '../turn';
import type { Outcome } from './tool';

/** What calls are run with. */
export interface Callable {
	/** Empty where nothing may be read. */
	offers(): Promise<readonly ToolOffer[]>;
	/** What went wrong is an outcome, too. @throws AbortError only */
	run(call: ToolCall, signal: AbortSignal): Promise<Outcome>;
}

/** Tokens of what one call brings. */
const MOST_TOKENS = 2_000;
/** With fewer tokens left, nothing more is looked up. */
const LEAST_TOKENS = 128;
/** Part of what is left that one call may take: others may follow. */
const SHARE = 0.5;

const AGAIN = 'You have asked for exactly this just now. Answer with what you know.';
const FULL = 'The context is full: nothing more can be read. Answer with what you know.';

interface SteppingOptions {
	readonly tools: Pick<Callable, 'run'>;
	/** Steps of the answer. */
	readonly most: number;
	/** Tokens that the conversation may take. */
	readonly room: number;
	readonly countTokens: (text: string) => number;
	readonly onSteps: (steps: readonly TurnStep[]) => void;
}

export class Stepping {
	private readonly steps: TurnStep[] = [];
	private last = '';
	private isOver = false;

	constructor(
		private readonly options: SteppingOptions,
		private talk: readonly ChatMessage[],
	) {}

	/** The conversation as far as it has come. */
	get messages(): readonly ChatMessage[] {
		return this.talk;
	}

	get calling(): Calling {
		return this.isOver || this.steps.length >= this.options.most ? 'not' : 'may';
	}

	/** Whether the model was told something. */
	get hasSteps(): boolean {
		return this.steps.length > 0;
	}

	/**
	 * Runs a call and adds it to the conversation with what it brought.
	 * @param said what the model wrote before it
	 * @throws AbortError
	 */
	async take(said: string, call: ToolCall, signal: AbortSignal): Promise<void> {
		const { tools, room, countTokens, onSteps } = this.options;
		const written = keepStart(JSON.stringify(call.arguments), LONGEST_CALL);
		const step = { name: call.name.slice(0, LONGEST_CALL), arguments: written };
		const index = this.steps.push({ ...step, state: 'running', result: '' }) - 1;
		onSteps([...this.steps]);
		const asked: ChatMessage = { role: 'assistant', content: said, calls: [call] };
		const left = room - tokensOf([...this.talk, asked], countTokens) - TOKENS_PER_MESSAGE;
		const outcome = await this.outcomeOf(call, left, (one, signal) => tools.run(one, signal), signal);
		const text = trim(outcome.text, Math.min(MOST_TOKENS, Math.floor(left * SHARE)), 'end', countTokens);
		const told = text === '' ? FULL : text;
		const fence = fenceAround(told);
		const content = outcome.type === 'found' && text !== '' ? `${fence}\n${text}\n${fence}` : told;
		this.talk = [...this.talk, asked, { role: 'tool', content }];
		const state = outcome.type === 'found' ? 'done' : 'refused';
		this.steps[index] = { ...step, state, result: keepStart(told, LONGEST_RESULT) };
		onSteps([...this.steps]);
	}

	private async outcomeOf(
		call: ToolCall,
		left: number,
		run: Callable['run'],
		signal: AbortSignal,
	): Promise<Outcome> {
		const asked = JSON.stringify(call);
		const isAgain = asked === this.last;
		this.last = asked;
		if (isAgain || left < LEAST_TOKENS) {
			this.isOver = true;
			return { type: 'refused', text: isAgain ? AGAIN : FULL };
		}
		return run(call, signal);
	}
}

/** Tokens that the model is told of the tools with: an upper estimate. */
export function offerTokens(offers: readonly ToolOffer[], countTokens: (text: string) => number): number {
	return countTokens(JSON.stringify(offers)) + FORMAT_TOKENS + offers.length * TOKENS_PER_OFFER;
}

/** How calls are written, as a chat format explains it. */
const FORMAT_TOKENS = 200;
/** What a chat format writes around the description of each. */
const TOKENS_PER_OFFER = 20;

function tokensOf(messages: readonly ChatMessage[], countTokens: (text: string) => number): number {
	return messages.reduce(
		(sum, { content, calls }) =>
			sum +
			countTokens(content) +
			TOKENS_PER_MESSAGE +
			(calls === undefined ? 0 : countTokens(JSON.stringify(calls))),
		0,
	);
}
