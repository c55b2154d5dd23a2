/** The conversation that is open as views follow it: each change of its turns goes out as an event. */

import type { Subscription } from '../inference/model';
import type { OpenConversation } from './conversations/open';
import { MAX_TURNS } from './protocol';
import type { Attachment } from './question';
import { sourceAttachments } from './retrieval/citations';
import type { Turn } from './turn';
import type { StoredTurn } from './turns';

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

export class Transcript {
	private readonly listeners = new Set<(event: SessionEvent) => void>();

	constructor(private shown: OpenConversation) {}

	get open(): OpenConversation {
		return this.shown;
	}

	/** The turns that are shown; of a long conversation the last ones. */
	get turns(): readonly Turn[] {
		return this.path.map((turn) => this.open.shown(turn));
	}

	private get path(): readonly StoredTurn[] {
		return this.open.path.slice(-MAX_TURNS);
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

	/** Shows another conversation. */
	show(next: OpenConversation): void {
		this.shown = next;
		this.emitTurns();
	}

	/** Adds a turn where its parent says. */
	add(turn: StoredTurn): void {
		const last = this.open.path.at(-1)?.id;
		this.open.put(turn, true);
		const path = this.open.path;
		if (turn.parent === last && path.length <= MAX_TURNS) {
			this.emit({ type: 'turn', turn: this.open.shown(turn) });
		} else {
			this.emitTurns();
		}
	}

	/** Nothing where the turn is not in the conversation that is open; unseen where another version is shown. */
	change(
		id: string,
		change: Partial<Pick<StoredTurn, 'state' | 'text' | 'note' | 'remedies' | 'usage' | 'steps' | 'origins'>>,
	): void {
		const turn = this.open.stored(id);
		if (turn !== undefined) {
			this.open.put({ ...turn, ...change });
			if (this.path.some((shown) => shown.id === id)) {
				this.emit({ type: 'turn', turn: this.open.shown({ ...turn, ...change }) });
			}
		}
	}

	/** Brings a turn's text up to what was written of it, in one event. */
	growTo(id: string, written: string): void {
		const offset = this.open.stored(id)?.text.length;
		const text = written.slice(offset);
		if (text !== '' && offset !== undefined) {
			this.open.grow(id, offset, text);
			this.emit({ type: 'delta', turn: id, offset, text });
		}
	}

	emitTurns(): void {
		this.emit({ type: 'turns', turns: this.turns });
	}

	emit(event: SessionEvent): void {
		for (const listener of this.listeners) {
			listener(event);
		}
	}

	/** Nobody hears anything from now on. */
	dispose(): void {
		this.listeners.clear();
	}
}
