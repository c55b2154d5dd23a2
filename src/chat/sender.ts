/** Sends what the user wrote: reads what goes along, and asks in the conversation it was written in; or gives it back. */

import type { Asked } from './answering';
import type { Outcome } from './context/asking';
import type { ContextDesk } from './context/desk';
import type { ChatSession } from './session';
import type { Turn } from './turn';

export interface SenderOptions {
	readonly session: Pick<ChatSession, 'ask' | 'edit' | 'regenerate' | 'openId'>;
	readonly context: () => Promise<Pick<ContextDesk, 'ask' | 'askAnew' | 'sent' | 'say'>>;
	/** Puts what was not asked back into the input. */
	readonly giveBack: (text: string) => void;
	/** Whether something is being read for a question; `stop` ends it. */
	readonly onBusy: (busy: boolean) => void;
	/** An answer is on its way. */
	readonly onAsked: (turn: string, answer: Promise<Turn>) => void;
	readonly run: (command: 'fix' | 'generate') => PromiseLike<unknown>;
	/** Says why it was not asked: another answer is being written, or it cannot stand in that place. */
	readonly explain: (reason: 'answering' | 'place') => void;
	readonly onFailure: (error: unknown) => void;
}

interface Reading {
	/** Id of the conversation in which it was written. */
	readonly conversation: string;
	readonly controller: AbortController;
}

export class Sender {
	private reading: Reading | undefined;

	constructor(private readonly options: SenderOptions) {}

	get isBusy(): boolean {
		return this.reading !== undefined;
	}

	/** Asks what the user wrote, with what it mentions. Never rejects before it is asked or given back. */
	ask(text: string): Promise<void> {
		return this.send(text, undefined);
	}

	/** Asks it instead of an earlier question. */
	async edit(turn: string, text: string): Promise<void> {
		const asked = this.options.session.edit(turn, text);
		if (asked.type === 'refused' && asked.reason === 'to-be-read') {
			await this.send(text, turn);
		} else {
			this.check(asked, text);
		}
	}

	/** Asks for another answer to the last question. */
	regenerate(): void {
		this.told(this.options.session.regenerate());
	}

	/** Ends the reading; the text is given back. */
	stop(): void {
		this.reading?.controller.abort();
	}

	/** To be called when another conversation may be open. */
	followed(): void {
		if (this.reading !== undefined && this.reading.conversation !== this.options.session.openId) {
			this.stop();
		}
	}

	private async send(text: string, turn: string | undefined): Promise<void> {
		const { session, giveBack, explain, onBusy, onFailure } = this.options;
		if (this.reading !== undefined) {
			giveBack(text);
			explain('answering');
			return;
		}
		const reading = { conversation: session.openId, controller: new AbortController() };
		const { signal } = reading.controller;
		const stopped = new Promise<undefined>((resolve) => {
			signal.addEventListener('abort', () => resolve(undefined), { once: true });
		});
		this.reading = reading;
		onBusy(true);
		let rest: (() => PromiseLike<unknown>) | undefined;
		try {
			const read = await Promise.race([this.read(text, turn, signal), stopped]);
			if (read === undefined || session.openId !== reading.conversation) {
				giveBack(text);
			} else {
				rest = this.act(text, turn, ...read);
			}
		} catch (error) {
			giveBack(text);
			onFailure(error);
		} finally {
			this.reading = undefined;
			onBusy(false);
		}
		await rest?.();
	}

	private async read(text: string, turn: string | undefined, signal: AbortSignal) {
		const context = await this.options.context();
		const outcome = await (turn === undefined ? context.ask(text, signal) : context.askAnew(text, signal));
		return [outcome, context] as const;
	}

	/** Returns what is to be done when it is decided. */
	private act(
		text: string,
		turn: string | undefined,
		outcome: Outcome,
		context: Pick<ContextDesk, 'sent' | 'say'>,
	): (() => PromiseLike<unknown>) | undefined {
		const { session, giveBack, run, explain } = this.options;
		switch (outcome.type) {
			case 'notice':
				if (!outcome.isAnswer) {
					giveBack(text);
				}
				context.say(outcome.notice);
				return undefined;
			case 'editor':
				if (turn !== undefined) {
					giveBack(text);
					explain('place');
					return undefined;
				}
				return async () => {
					await context.sent();
					await run(outcome.command);
				};
			case 'question': {
				const { question, title } = outcome;
				const asked = turn === undefined ? session.ask(question, title) : session.edit(turn, title, question);
				// What lies in the input belongs to the next question, not to one that was changed.
				return this.check(asked, text) && turn === undefined ? () => context.sent() : undefined;
			}
		}
	}

	private check(asked: Asked, text: string): boolean {
		if (asked.type === 'refused') {
			this.options.giveBack(text);
			this.options.explain(asked.reason === 'answering' ? 'answering' : 'place');
		}
		return this.told(asked);
	}

	private told(asked: Asked): boolean {
		if (asked.type === 'answering') {
			this.options.onAsked(asked.turn, asked.finished);
		}
		return asked.type === 'answering';
	}
}
