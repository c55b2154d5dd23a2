/** One round of an answer: what the model writes, until it has ended or wants to look something up. */

import { keepStart } from '../inference/clip';
import type { GenerationEvent, ToolCall } from '../inference/model';
import { AnswerOnly } from './builtIn/answerOnly';
import { firstRound } from './circles';
import { type Ending, ended, LONGEST_NOTE } from './ending';
import { missingClosing } from './thinking';
import { type ContextUse, MAX_ANSWER, type TurnStep } from './turn';

const CIRCLES = 'The model said the same again and again; the answer was ended.';
const READ_IN_PART = "Only a part of the code was read: the rest does not fit this model's context.";

/** Who hears of an answer while it is written. */
export interface Listener {
	onText(text: string): void;
	/** What of the context is taken, again and again from when the prompt is read. */
	onUsage(usage: ContextUse): void;
	/** What the model looks up, all of it each time. Default: nobody hears of it, and it looks up nothing. */
	onSteps?(steps: readonly TurnStep[]): void;
}

/** What is written of an answer, in as many rounds as the model takes. */
export class Writer {
	/** All of the answer. */
	written = '';
	/** What was written since something was looked up, with what the model thought. */
	round = '';
	private used = 0;
	private rounds = 0;
	private answer = new AnswerOnly(() => undefined);

	constructor(
		private readonly listener: Listener,
		private readonly usage: ContextUse,
	) {}

	/** Whether nothing was said since something was looked up. */
	get isSilent(): boolean {
		return this.round.trim() === '';
	}

	beginRound(): void {
		this.rounds++;
		this.round = '';
		// A call can come in the middle of a thought: what is written now belongs to the answer.
		const closing = missingClosing(this.written);
		if (closing !== undefined) {
			this.pass(closing);
		}
		let isApart = this.written.trim() !== '';
		this.answer = new AnswerOnly((text) => {
			this.pass(isApart ? `\n\n${text.trimStart()}` : text);
			isApart = false;
		});
	}

	endRound(): void {
		if (this.rounds > 1) {
			this.answer.end();
		}
	}

	write(text: string): void {
		this.round += text;
		if (this.rounds === 1) {
			this.pass(text);
		} else {
			// Thoughts are folded at the start of an answer; what comes between two steps is left out.
			this.answer.add(text);
		}
		// About a token; the end says it exactly.
		this.use(this.used + 1);
	}

	/** Tokens that the context holds. */
	use(tokens: number): void {
		this.used = tokens;
		this.listener.onUsage({ ...this.usage, used: tokens });
	}

	private pass(text: string): void {
		this.listener.onText(text.slice(0, MAX_ANSWER - this.written.length));
		this.written += text;
	}
}

/** Writes until the model has ended, or wants to know something. */
export async function roundOf(
	events: AsyncIterable<GenerationEvent>,
	writer: Writer,
	isWhole: boolean,
	signal: AbortSignal,
): Promise<Ending | { readonly call: ToolCall }> {
	let call: ToolCall | undefined;
	for await (const event of events) {
		if (signal.aborted) {
			break;
		}
		switch (event.type) {
			case 'prefilled':
				writer.use(event.promptTokens);
				break;
			case 'text': {
				writer.write(event.text);
				if (writer.written.length >= MAX_ANSWER) {
					return ended('cut');
				}
				const round = firstRound(writer.written);
				if (round !== undefined) {
					// Nobody reads the other rounds, and in the next question they would tempt the model to more.
					const text = `${writer.written.slice(0, round).trimEnd()} …`;
					return { state: 'cut', note: CIRCLES, remedies: [], text };
				}
				break;
			}
			case 'call':
				call = event.call;
				break;
			case 'end':
				writer.endRound();
				writer.use(event.statistics.promptTokens + event.statistics.generatedTokens);
				if (call !== undefined) {
					return { call };
				}
				return event.reason === 'end-of-text' && !isWhole
					? { state: 'done', note: READ_IN_PART, remedies: [] }
					: ended(event.reason === 'length' ? 'cut' : 'done');
			case 'unsupported':
				return { state: 'failed', note: keepStart(event.reason, LONGEST_NOTE), remedies: ['select-model'] };
		}
	}
	return ended('done');
}
