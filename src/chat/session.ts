/** The conversation: its turns, the one running answer, and the events that views and the disk follow. */

import type { Subscription } from '../inference/model';
import { Autosave, type Clock, systemClock } from './autosave';
import { type Ending, ended, type GenerationOptions, generate } from './generation';
import { MAX_ANSWER, MAX_TURNS, type Turn } from './protocol';
import type { Question } from './question';
import type { ChatStore } from './store';
import { afterReload, exchangesOf, newTurn, type StoredTurn, withoutQuestion } from './turns';

export type SessionEvent =
	/** Everything is different: loaded, cleared, or an answer taken back. */
	| { readonly type: 'turns'; readonly turns: readonly Turn[] }
	| { readonly type: 'turn'; readonly turn: Turn }
	| { readonly type: 'delta'; readonly turn: string; readonly offset: number; readonly text: string }
	| { readonly type: 'answering'; readonly answering: boolean }
	/** For the user, once. */
	| { readonly type: 'setAside'; readonly path: string }
	| { readonly type: 'notSaved'; readonly reason: string };

export type Asked =
	| {
			readonly type: 'answering';
			readonly turn: string;
			/** The turn in its last state. Never rejects. */
			readonly finished: Promise<Turn>;
	  }
	| { readonly type: 'refused'; readonly reason: 'answering' | 'nothing-to-ask' | 'disposed' };

export interface ChatSessionOptions extends GenerationOptions {
	readonly store: ChatStore;
	/** Default: the system's. */
	readonly clock?: Clock;
}

/** Milliseconds between two pieces of a streaming answer: two frames of a 60 Hz screen. */
const STREAM_INTERVAL = 33;

interface Running {
	readonly id: string;
	readonly controller: AbortController;
	/** What the model has written; the turn's own text follows in steps. */
	text: string;
	flush: Subscription | undefined;
}

export class ChatSession {
	private readonly clock: Clock;
	private readonly autosave: Autosave;
	private readonly listeners = new Set<(event: SessionEvent) => void>();
	private stored: readonly StoredTurn[] = [];
	private running: Running | undefined;
	private loading: Promise<void> | undefined;
	private disposed = false;
	/** Grows with each new chat. */
	private conversation = 0;

	constructor(private readonly options: ChatSessionOptions) {
		this.clock = options.clock ?? systemClock;
		this.autosave = new Autosave({
			store: options.store,
			clock: this.clock,
			log: options.log,
			loaded: () => this.load(),
			turns: () => this.latest(),
			onFailure: (reason) => this.emit({ type: 'notSaved', reason }),
		});
	}

	get turns(): readonly Turn[] {
		return this.stored.map(withoutQuestion);
	}

	get isAnswering(): boolean {
		return this.running !== undefined;
	}

	turn(id: string): Turn | undefined {
		const found = this.stored.find((turn) => turn.id === id);
		return found === undefined ? undefined : withoutQuestion(found);
	}

	onDidChange(listener: (event: SessionEvent) => void): Subscription {
		this.listeners.add(listener);
		return { dispose: () => this.listeners.delete(listener) };
	}

	/** Brings the saved conversation back, before what was asked meanwhile. Later calls return the first one's promise. */
	load(): Promise<void> {
		this.loading ??= this.bringBack();
		return this.loading;
	}

	/** Asks. `title`: what the user's turn shows; the prompt is made from the question. One answer at a time. */
	ask(question: Question, title: string): Asked {
		const refusal = this.refusal();
		if (refusal !== undefined) {
			return refusal;
		}
		if (title.trim() === '') {
			return { type: 'refused', reason: 'nothing-to-ask' };
		}
		const text = title.slice(0, MAX_ANSWER);
		this.add({ ...newTurn('user'), text, state: 'done', question });
		return this.answer(question);
	}

	/** Ends the running answer; its text so far stays, marked. */
	stop(): void {
		this.running?.controller.abort();
	}

	/** Takes the last answer back and asks for another one: Regenerate, and Retry after a failure. */
	regenerate(): Asked {
		const refusal = this.refusal();
		if (refusal !== undefined) {
			return refusal;
		}
		const last = this.stored.findLastIndex((turn) => turn.question !== undefined);
		const question = this.stored[last]?.question;
		if (question === undefined) {
			return { type: 'refused', reason: 'nothing-to-ask' };
		}
		this.replaceTurns(this.stored.slice(0, last + 1));
		return this.answer(question);
	}

	/** Forgets the conversation, and resolves when the disk has forgotten it too. A running answer is stopped. */
	newChat(): Promise<void> {
		this.conversation++;
		this.running?.controller.abort();
		this.setRunning(undefined);
		this.replaceTurns([]);
		return this.autosave.now(true);
	}

	/** Puts a sentence below a turn, for example what became of its code. */
	note(id: string, note: string): void {
		this.change(id, { note });
		void this.autosave.now(false);
	}

	/** Stops, marks a running answer as interrupted, and waits until the disk has everything. */
	async dispose(): Promise<void> {
		if (this.disposed) {
			return;
		}
		this.disposed = true;
		const running = this.running;
		if (running !== undefined) {
			this.finish(running, ended('interrupted'));
			running.controller.abort();
		}
		await this.autosave.finish();
		this.listeners.clear();
	}

	private refusal(): Asked | undefined {
		if (this.disposed) {
			return { type: 'refused', reason: 'disposed' };
		}
		return this.running === undefined ? undefined : { type: 'refused', reason: 'answering' };
	}

	/** Answers the question that stands last. */
	private answer(question: Question): Asked {
		const history = exchangesOf(this.stored.slice(0, -1));
		const turn = newTurn('assistant');
		const running: Running = {
			id: turn.id,
			controller: new AbortController(),
			text: '',
			flush: undefined,
		};
		this.add(turn);
		this.setRunning(running);
		void this.autosave.now(false);
		const { signal } = running.controller;
		const onText = (text: string) => this.grow(running, text);
		const finished = generate(this.options, question, history, onText, signal).then((ending) => {
			this.finish(running, ending);
			// Gone when a new chat was started meanwhile.
			const gone = { ...turn, text: running.text, state: 'stopped' } as const;
			return this.turn(turn.id) ?? withoutQuestion(gone);
		});
		return { type: 'answering', turn: turn.id, finished };
	}

	private grow(running: Running, text: string): void {
		if (this.running !== running) {
			return;
		}
		running.text += text;
		running.flush ??= this.clock.after(STREAM_INTERVAL, () => this.flush(running));
		this.autosave.soon();
	}

	/** Brings the turn's text up to what was written, in one event. */
	private flush(running: Running): void {
		running.flush?.dispose();
		running.flush = undefined;
		const offset = this.turn(running.id)?.text.length;
		const text = running.text.slice(offset);
		if (text === '' || offset === undefined || this.running !== running) {
			return;
		}
		this.stored = this.latest();
		this.emit({ type: 'delta', turn: running.id, offset, text });
	}

	private finish(running: Running, ending: Ending): void {
		if (this.running !== running) {
			return;
		}
		this.flush(running);
		this.setRunning(undefined);
		this.change(running.id, ending);
		void this.autosave.now(true);
	}

	/** The turns with all of the text that the model has written. */
	private latest(): readonly StoredTurn[] {
		const { running } = this;
		return running === undefined
			? this.stored
			: this.stored.map((turn) => (turn.id === running.id ? { ...turn, text: running.text } : turn));
	}

	private async bringBack(): Promise<void> {
		const { conversation } = this;
		const { turns, setAside } = await this.options.store.load();
		// A new chat that was begun meanwhile is not to be filled with the old one.
		if (turns.length > 0 && conversation === this.conversation) {
			this.replaceTurns([...turns.map(afterReload), ...this.stored].slice(-MAX_TURNS));
		}
		if (setAside !== undefined) {
			this.emit({ type: 'setAside', path: setAside });
		}
	}

	private add(turn: StoredTurn): void {
		if (this.stored.length >= MAX_TURNS) {
			this.replaceTurns([...this.stored, turn].slice(-MAX_TURNS));
			return;
		}
		this.stored = [...this.stored, turn];
		this.emit({ type: 'turn', turn: withoutQuestion(turn) });
	}

	private replaceTurns(turns: readonly StoredTurn[]): void {
		this.stored = turns;
		this.emit({ type: 'turns', turns: this.turns });
	}

	private change(id: string, change: Partial<Pick<Turn, 'state' | 'note' | 'remedies'>>): void {
		this.stored = this.stored.map((turn) => (turn.id === id ? { ...turn, ...change } : turn));
		const turn = this.turn(id);
		if (turn !== undefined) {
			this.emit({ type: 'turn', turn });
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
