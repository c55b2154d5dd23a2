/**
 * The conversations of a window: the open one, its one running answer, and the events that views follow.
 * Over 300 lines because whatever opens, leaves or changes a conversation has to know of the running answer.
 */

import type { Log, Subscription } from '../inference/model';
import { type Clock, systemClock } from './autosave';
import type { Library } from './conversations/library';
import { OpenConversation } from './conversations/open';
import type { Summary } from './conversations/protocol';
import { type Ending, ended, type GenerationOptions, generate } from './generation';
import { type ContextUse, MAX_ANSWER, MAX_TURNS, type Turn } from './protocol';
import type { Attachment, Question } from './question';
import { sourceAttachments } from './retrieval/citations';
import { editedQuestion, exchangesOf, isTyped, newTurn, type StoredTurn, shownTurn } from './turns';

export type SessionEvent =
	/** Everything is different: loaded, another conversation or version, an answer taken back. */
	| { readonly type: 'turns'; readonly turns: readonly Turn[] }
	| { readonly type: 'turn'; readonly turn: Turn }
	| { readonly type: 'delta'; readonly turn: string; readonly offset: number; readonly text: string }
	| { readonly type: 'answering'; readonly answering: boolean }
	/** The list of conversations is different. */
	| { readonly type: 'history' }
	/** For the user, once. */
	| { readonly type: 'setAside'; readonly path: string }
	| { readonly type: 'notSaved'; readonly reason: string }
	/** The conversation was as long as it may be; what was asked stands in a new one. */
	| { readonly type: 'continued' };

export type Asked =
	| {
			readonly type: 'answering';
			readonly turn: string;
			/** The turn in its last state. Never rejects. */
			readonly finished: Promise<Turn>;
	  }
	/** `to-be-read`: a changed question brings along something else than before. */
	| { readonly type: 'refused'; readonly reason: 'answering' | 'nothing-to-ask' | 'to-be-read' | 'disposed' };

export interface ChatSessionOptions extends GenerationOptions {
	readonly library: Library;
	/** Brings the conversation of an earlier version into the library; resolves with where an unreadable one was put. */
	readonly takeOver: () => Promise<string | undefined>;
	readonly log: Log;
	/** Default: the system's. */
	readonly clock?: Clock;
	/** Milliseconds since 1970. Default: the system's. */
	readonly now?: () => number;
}

/** Milliseconds between two pieces of a streaming answer: two frames of a 60 Hz screen. */
const STREAM_INTERVAL = 33;

interface Running {
	readonly id: string;
	readonly controller: AbortController;
	/** What the model has written; the turn's own text follows in steps. */
	text: string;
	usage: ContextUse | undefined;
	flush: Subscription | undefined;
}

export class ChatSession {
	private readonly clock: Clock;
	private readonly now: () => number;
	private readonly listeners = new Set<(event: SessionEvent) => void>();
	private open: OpenConversation;
	private running: Running | undefined;
	private loading: Promise<void> | undefined;
	/** The user wants a new conversation, whatever was open last. */
	private beginsAnew = false;
	private disposed = false;

	constructor(private readonly options: ChatSessionOptions) {
		this.clock = options.clock ?? systemClock;
		this.now = options.now ?? Date.now;
		this.open = this.conversation(undefined);
	}

	/** The turns that are shown; of a long conversation the last ones. */
	get turns(): readonly Turn[] {
		return this.open.path.slice(-MAX_TURNS).map((turn) => this.open.shown(turn));
	}

	get isAnswering(): boolean {
		return this.running !== undefined;
	}

	/** Id of the conversation that is open. */
	get openId(): string {
		return this.open.id;
	}

	turn(id: string): Turn | undefined {
		const found = this.open.stored(id);
		return found === undefined ? undefined : this.open.shown(found);
	}

	/** A source of an answer as the model was given it; from 0. Undefined where there is none. */
	source(turn: string, index: number): Attachment | undefined {
		const asked = this.open.askedBy(turn);
		return asked === undefined ? undefined : sourceAttachments(asked)[index];
	}

	onDidChange(listener: (event: SessionEvent) => void): Subscription {
		this.listeners.add(listener);
		return { dispose: () => this.listeners.delete(listener) };
	}

	/** Opens the conversation that was asked something last. Later calls return the first one's promise. */
	load(): Promise<void> {
		this.loading ??= this.bringBack();
		return this.loading;
	}

	/** Asks. `title`: what the user's turn shows; the prompt is made from the question. One answer at a time. */
	ask(question: Question, title: string): Asked {
		return this.askAfter(this.open.path.at(-1)?.id, question, title);
	}

	/**
	 * Asks something else instead of an earlier question, which stays with all that followed it, as another version.
	 * `question`: made of the text. Default: the earlier one with its words changed.
	 */
	edit(turn: string, text: string, question?: Question): Asked {
		const asked = this.open.stored(turn);
		if (asked === undefined || !isTyped(asked)) {
			return { type: 'refused', reason: 'nothing-to-ask' };
		}
		const edited = question ?? editedQuestion(asked, text);
		return (
			this.refusal() ??
			(edited === undefined
				? { type: 'refused', reason: 'to-be-read' }
				: this.askAfter(asked.parent, edited, text))
		);
	}

	/** Asks for another answer to the last question, which becomes another version: Regenerate, Retry after a failure. */
	regenerate(): Asked {
		const refusal = this.refusal();
		if (refusal !== undefined) {
			return refusal;
		}
		const asked = this.open.path.findLast((turn) => turn.question !== undefined);
		return asked?.question === undefined
			? { type: 'refused', reason: 'nothing-to-ask' }
			: this.answer(asked, asked.question);
	}

	/** Shows the version before (-1) or after (1) a turn, with what followed it. Not while an answer is written. */
	showVersion(turn: string, by: -1 | 1): void {
		if (!this.isAnswering && this.open.showVersion(turn, by)) {
			this.emitTurns();
		}
	}

	/** Ends the running answer; its text so far stays, marked. */
	stop(): void {
		this.running?.controller.abort();
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
		const isThere = await this.options.library.rename(id, title);
		if (id === this.open.id) {
			await this.refresh();
		}
		this.emit({ type: 'history' });
		return isThere;
	}

	/** Deletes a conversation for good. If it is open, a new one is begun. */
	async delete(id: string): Promise<void> {
		if (id === this.open.id) {
			await this.newChat();
		}
		await this.options.library.remove(id);
		this.emit({ type: 'history' });
	}

	/** Deletes all conversations of the workspace and begins a new one. */
	async forget(): Promise<void> {
		await this.newChat();
		for (const { id } of await this.options.library.folder.list()) {
			await this.options.library.remove(id);
		}
		this.emit({ type: 'history' });
	}

	/** Takes in what another window has added to the open conversation. */
	async refresh(): Promise<void> {
		const { open } = this;
		try {
			if (!this.isAnswering && !this.disposed && (await open.refresh()) && open === this.open) {
				this.emitTurns();
			}
		} catch (error) {
			this.options.log.warn(`The conversation could not be read again: ${String(error)}`);
		}
	}

	/** Puts a sentence below a turn, for example what became of its code. */
	note(id: string, note: string): void {
		this.change(id, { note });
		void this.open.save(false);
	}

	/** Stops, marks a running answer as interrupted, and waits until the disk has everything. */
	async dispose(): Promise<void> {
		if (this.disposed) {
			return;
		}
		this.disposed = true;
		const { running } = this;
		if (running !== undefined) {
			this.finish(running, ended('interrupted'));
			running.controller.abort();
		}
		await this.open.save(true);
		this.listeners.clear();
	}

	private conversation(found: ConstructorParameters<typeof OpenConversation>[1]): OpenConversation {
		const { library, log } = this.options;
		const onFailure = (reason: string) => this.emit({ type: 'notSaved', reason });
		return new OpenConversation({ folder: library.folder, clock: this.clock, log, onFailure }, found);
	}

	private async goTo(next: OpenConversation): Promise<void> {
		const before = this.open;
		const { running } = this;
		if (running !== undefined) {
			this.finish(running, ended('stopped'));
			running.controller.abort();
		}
		this.open = next;
		this.emitTurns();
		this.emit({ type: 'history' });
		await before.save(true);
	}

	private refusal(): Asked | undefined {
		if (this.disposed) {
			return { type: 'refused', reason: 'disposed' };
		}
		return this.running === undefined ? undefined : { type: 'refused', reason: 'answering' };
	}

	private askAfter(before: string | undefined, question: Question, title: string): Asked {
		const refusal = this.refusal();
		if (refusal !== undefined) {
			return refusal;
		}
		if (title.trim() === '') {
			return { type: 'refused', reason: 'nothing-to-ask' };
		}
		let parent = before;
		if (this.open.isFull) {
			void this.newChat();
			parent = undefined;
			this.emit({ type: 'continued' });
		}
		const isNew = this.open.isEmpty;
		const asked: StoredTurn = {
			...newTurn('user', parent, this.now()),
			text: title.slice(0, MAX_ANSWER),
			state: 'done',
			question,
		};
		this.add(asked);
		const answering = this.answer(asked, question);
		this.emit({ type: 'history' });
		if (isNew) {
			const { library, log } = this.options;
			library.prune().catch((error: unknown) => log.warn(`Old conversations stay: ${String(error)}`));
		}
		return answering;
	}

	/** Answers a question that is shown. */
	private answer(asked: StoredTurn, question: Question): Asked {
		const path = this.open.path;
		const history = exchangesOf(
			path.slice(
				0,
				path.findIndex(({ id }) => id === asked.id),
			),
		);
		const turn = newTurn('assistant', asked.id, this.now());
		const running: Running = {
			id: turn.id,
			controller: new AbortController(),
			text: '',
			usage: undefined,
			flush: undefined,
		};
		this.add(turn);
		this.setRunning(running);
		void this.open.save(true);
		const { open } = this;
		const listener = {
			onText: (text: string) => this.grow(running, text),
			onUsage: (usage: ContextUse) => {
				running.usage = usage;
			},
		};
		const { signal } = running.controller;
		const finished = generate(this.options, question, history, listener, signal).then((ending) => {
			this.finish(running, ending);
			const last = open.stored(turn.id);
			return last === undefined ? shownTurn(turn, undefined) : open.shown(last);
		});
		return { type: 'answering', turn: turn.id, finished };
	}

	private grow(running: Running, text: string): void {
		if (this.running !== running) {
			return;
		}
		running.text += text;
		if (this.open.stored(running.id)?.text === '') {
			// The first piece is what the user waits for.
			this.flush(running);
			return;
		}
		running.flush ??= this.clock.after(STREAM_INTERVAL, () => this.flush(running));
	}

	/** Brings the turn's text up to what was written, in one event. */
	private flush(running: Running): void {
		running.flush?.dispose();
		running.flush = undefined;
		const offset = this.open.stored(running.id)?.text.length;
		const text = running.text.slice(offset);
		if (text === '' || offset === undefined || this.running !== running) {
			return;
		}
		this.open.grow(running.id, offset, text);
		this.emit({ type: 'delta', turn: running.id, offset, text });
	}

	private finish(running: Running, ending: Ending): void {
		if (this.running !== running) {
			return;
		}
		this.flush(running);
		this.setRunning(undefined);
		this.change(running.id, { ...ending, usage: running.usage });
		void this.open.save(true);
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
				this.open = this.conversation(found);
				this.emitTurns();
			}
		} catch (error) {
			log.warn(`The conversations could not be read: ${String(error)}`);
		}
		if (setAside !== undefined) {
			this.emit({ type: 'setAside', path: setAside });
		}
	}

	/** Adds a turn where its parent says. */
	private add(turn: StoredTurn): void {
		const last = this.open.path.at(-1)?.id;
		this.open.put(turn, true);
		const path = this.open.path;
		if (turn.parent === last && path.length <= MAX_TURNS) {
			this.emit({ type: 'turn', turn: this.open.shown(turn) });
		} else {
			this.emitTurns();
		}
	}

	private emitTurns(): void {
		this.emit({ type: 'turns', turns: this.turns });
	}

	private change(
		id: string,
		change: Partial<Pick<StoredTurn, 'state' | 'text' | 'note' | 'remedies' | 'usage'>>,
	): void {
		const turn = this.open.stored(id);
		if (turn !== undefined) {
			this.open.put({ ...turn, ...change });
			this.emit({ type: 'turn', turn: this.open.shown({ ...turn, ...change }) });
		}
	}

	private setRunning(running: Running | undefined): void {
		const was = this.isAnswering;
		this.running?.flush?.dispose();
		this.running = running;
		if (was !== this.isAnswering) {
			this.emit({ type: 'answering', answering: this.isAnswering });
		}
	}

	private emit(event: SessionEvent): void {
		for (const listener of this.listeners) {
			listener(event);
		}
	}
}
