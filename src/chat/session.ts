/** The conversations of a window: which one is open, and what views and commands ask of it. */

import type { Log, Subscription } from '../inference/model';
import { Answering, type AnsweringOptions, type Asked } from './answering';
import { type Clock, systemClock } from './autosave';
import type { Library } from './conversations/library';
import { OpenConversation } from './conversations/open';
import type { Summary } from './conversations/protocol';
import type { GenerationOptions } from './generation';
import type { Attachment, Question } from './question';
import { type SessionEvent, Transcript } from './transcript';
import type { Turn } from './turn';

export interface ChatSessionOptions extends GenerationOptions, Pick<AnsweringOptions, 'origins'> {
	readonly library: Library;
	/** Brings the conversation of an earlier version into the library; resolves with where an unreadable one was put. */
	readonly takeOver: () => Promise<string | undefined>;
	readonly log: Log;
	/** Default: the system's. */
	readonly clock?: Clock;
	/** Milliseconds since 1970. Default: the system's. */
	readonly now?: () => number;
}

export class ChatSession {
	private readonly clock: Clock;
	private readonly transcript: Transcript;
	private readonly answering: Answering;
	private loading: Promise<void> | undefined;
	/** The user wants a new conversation, whatever was open last. */
	private beginsAnew = false;
	private disposed = false;
	/** Resolves when the disk has the conversations that were left. Never rejects. */
	private left: Promise<unknown> = Promise.resolve();

	constructor(private readonly options: ChatSessionOptions) {
		this.clock = options.clock ?? systemClock;
		this.transcript = new Transcript(this.conversation(undefined));
		const { clock } = this;
		const now = options.now ?? Date.now;
		const beginNew = () => void this.newChat();
		this.answering = new Answering({ ...options, clock, now, beginNew }, this.transcript);
	}

	/** The turns that are shown; of a long conversation the last ones. */
	get turns(): readonly Turn[] {
		return this.transcript.turns;
	}

	get isAnswering(): boolean {
		return this.answering.isRunning;
	}

	/** Id of the conversation that is open. */
	get openId(): string {
		return this.open.id;
	}

	turn(id: string): Turn | undefined {
		return this.transcript.turn(id);
	}

	/** A source of an answer as the model was given it; from 0. Undefined where there is none. */
	source(turn: string, index: number): Attachment | undefined {
		return this.transcript.source(turn, index);
	}

	/** What an answer is an answer to; undefined where it is none. */
	question(turn: string): Question | undefined {
		return this.transcript.open.askedBy(turn);
	}

	onDidChange(listener: (event: SessionEvent) => void): Subscription {
		return this.transcript.onDidChange(listener);
	}

	/** Opens the conversation that was asked something last. Later calls return the first one's promise. */
	load(): Promise<void> {
		this.loading ??= this.bringBack();
		return this.loading;
	}

	/** Asks. `title`: what the user's turn shows; the prompt is made from the question. One answer at a time. */
	ask(question: Question, title: string): Asked {
		return this.answering.ask(question, title);
	}

	/** Asks something else instead of an earlier question. */
	edit(turn: string, text: string, question?: Question): Asked {
		return this.answering.edit(turn, text, question);
	}

	/** Asks for another answer to the last question. */
	regenerate(): Asked {
		return this.answering.regenerate();
	}

	/** Ends the running answer; its text so far stays, marked. */
	stop(): void {
		this.answering.stop();
	}

	/** Somebody asks the model something else: a summary that is being made for the conversation waits. */
	quiet(): void {
		this.answering.quiet();
	}

	/** Shows the version before (-1) or after (1) a turn, with what followed it. Not while an answer is written. */
	showVersion(turn: string, by: -1 | 1): void {
		if (!this.isAnswering && this.open.showVersion(turn, by)) {
			this.transcript.emitTurns();
		}
	}

	/** Begins a new conversation and resolves when the disk has the old one. A running answer is stopped. */
	newChat(): Promise<void> {
		this.beginsAnew = true;
		return this.open.isEmpty ? Promise.resolve() : this.goTo(this.conversation(undefined));
	}

	/** Opens another conversation; false where it is gone or cannot be read. A running answer is stopped. */
	async openConversation(id: string): Promise<boolean> {
		if (id === this.open.id) {
			return true;
		}
		await this.left;
		const found = await this.options.library.open(id);
		if (found === undefined || this.disposed) {
			return false;
		}
		await this.goTo(this.conversation(found));
		return true;
	}

	/** The conversations whose title or text has all words of the query, the latest first. */
	async list(query: string, signal: AbortSignal): Promise<readonly Summary[]> {
		await this.open.save(false);
		return this.options.library.list(query, this.open.id, signal);
	}

	/** False where it is gone. */
	async rename(id: string, title: string): Promise<boolean> {
		if (id === this.open.id) {
			// A conversation that has just begun may still be on its way to the disk.
			await this.open.save(false);
		}
		const isThere = await this.options.library.rename(id, title);
		if (id === this.open.id) {
			await this.refresh();
		}
		this.transcript.emit({ type: 'history' });
		return isThere;
	}

	/** Deletes a conversation for good. If it is open, a new one is begun. */
	async delete(id: string): Promise<void> {
		if (id === this.open.id) {
			await this.newChat();
		}
		// What is still being saved would come back.
		await this.left;
		await this.options.library.remove(id);
		this.transcript.emit({ type: 'history' });
	}

	/** Deletes all conversations of the workspace and begins a new one. */
	async forget(): Promise<void> {
		await this.newChat();
		await this.left;
		for (const { id } of await this.options.library.folder.list()) {
			await this.options.library.remove(id);
		}
		this.transcript.emit({ type: 'history' });
	}

	/** Takes in what another window has added to the open conversation. */
	async refresh(): Promise<void> {
		const { open } = this;
		try {
			if (!this.isAnswering && !this.disposed && (await open.refresh()) && open === this.open) {
				this.transcript.emitTurns();
			}
		} catch (error) {
			this.options.log.warn(`The conversation could not be read again: ${String(error)}`);
		}
	}

	/** Puts a sentence below a turn, for example what became of its code. */
	note(id: string, note: string): void {
		this.transcript.change(id, { note });
		void this.open.save(false);
	}

	/** Stops, marks a running answer as interrupted, and waits until the disk has everything. */
	async dispose(): Promise<void> {
		if (this.disposed) {
			return;
		}
		this.disposed = true;
		this.answering.close();
		await this.open.save(true);
		this.transcript.dispose();
	}

	private get open(): OpenConversation {
		return this.transcript.open;
	}

	private conversation(found: ConstructorParameters<typeof OpenConversation>[1]): OpenConversation {
		const { library, log } = this.options;
		const onFailure = (reason: string) => this.transcript.emit({ type: 'notSaved', reason });
		return new OpenConversation({ folder: library.folder, clock: this.clock, log, onFailure }, found);
	}

	private async goTo(next: OpenConversation): Promise<void> {
		const before = this.open;
		this.answering.leave();
		this.transcript.show(next);
		this.transcript.emit({ type: 'history' });
		const saved = before.save(true);
		this.left = Promise.all([this.left, saved]);
		await saved;
	}

	private async bringBack(): Promise<void> {
		const { library, log, takeOver } = this.options;
		const { open } = this;
		let setAside: string | undefined;
		try {
			setAside = await takeOver();
			const found = this.beginsAnew ? undefined : await library.latest();
			// What was begun meanwhile stays open.
			if (found !== undefined && !this.beginsAnew && open === this.open && open.isEmpty) {
				this.transcript.show(this.conversation(found));
			}
		} catch (error) {
			log.warn(`The conversations could not be read: ${String(error)}`);
		}
		if (setAside !== undefined) {
			this.transcript.emit({ type: 'setAside', path: setAside });
		}
	}
}
