/** The conversation that is open: its turns in memory, and each change of them on its way to disk. */

import { randomUUID } from 'node:crypto';
import { Autosave, type AutosaveOptions } from '../autosave';
import type { Question } from '../question';
import type { Turn } from '../turn';
import { afterReload, type StoredTurn, shownTurn } from '../turns';
import { MAX_BYTES } from './folder';
import { type ConversationRecord, readRecords, type StoredSummary } from './records';
import { ConversationTree } from './tree';

/** A conversation that was read. */
export interface FoundConversation {
	readonly id: string;
	readonly tree: ConversationTree;
	readonly bytes: number;
}

/** Turns of one conversation, of all versions together; then it is continued in a new one. */
const MAX_KEPT = 2_000;

export class OpenConversation {
	readonly id: string;
	private tree: ConversationTree;
	private readonly autosave: Autosave;
	/** The answer that grows, and how many characters of it are on their way to disk. */
	private growing: { readonly turn: string; saved: number } | undefined;

	/** `found`: undefined for a new one, which is on disk as soon as something is asked in it. */
	constructor(
		private readonly options: AutosaveOptions,
		found: FoundConversation | undefined,
	) {
		this.id = found?.id ?? randomUUID();
		this.tree = found?.tree ?? new ConversationTree();
		this.autosave = new Autosave(
			options,
			this.id,
			found?.bytes ?? 0,
			() => this.growth(),
			() => this.tree.records(),
		);
	}

	get isEmpty(): boolean {
		return this.tree.size === 0;
	}

	/** Whether it is as long as it may be. */
	get isFull(): boolean {
		return this.tree.size >= MAX_KEPT || this.autosave.bytes > MAX_BYTES / 2;
	}

	/** The turns that are shown, from the first to the last. */
	get path(): readonly StoredTurn[] {
		return this.tree.path().map((turn) => this.settled(turn));
	}

	stored(id: string): StoredTurn | undefined {
		const turn = this.tree.turn(id);
		return turn === undefined ? undefined : this.settled(turn);
	}

	/** A turn as the view shows it. */
	shown(turn: StoredTurn): Turn {
		return shownTurn(turn, this.tree.branch(turn.id), this.askedBy(turn.id));
	}

	/** The question that a turn of the model answers; undefined for other turns. */
	askedBy(id: string): Question | undefined {
		const parent = this.tree.turn(id)?.parent;
		return parent === undefined ? undefined : this.tree.turn(parent)?.question;
	}

	/** Adds a turn, or replaces it. `begins`: a conversation that is not on disk, or was deleted, is there from now on. */
	put(turn: StoredTurn, begins = false): void {
		this.tree.apply({ type: 'turn', turn });
		this.autosave.add({ type: 'turn', turn }, begins);
		if (turn.state === 'streaming') {
			this.growing = { turn: turn.id, saved: turn.text.length };
		} else if (this.growing?.turn === turn.id) {
			this.growing = undefined;
		}
	}

	/** Adds to the answer that grows; on disk within half a second. */
	grow(turn: string, offset: number, text: string): void {
		this.tree.apply({ type: 'text', turn, offset, text });
		this.autosave.soon();
	}

	/** Shows the version before (-1) or after (1) a turn; false where there is none. */
	showVersion(id: string, by: -1 | 1): boolean {
		const turn = this.tree.neighbour(id, by);
		if (turn === undefined) {
			return false;
		}
		const record = { type: 'choose', turn } as const;
		this.tree.apply(record);
		this.autosave.add(record, false);
		void this.save(false);
		return true;
	}

	/** The summary of what leads up to a turn, and of the turn itself; undefined where none was made. */
	summary(turn: string): StoredSummary | undefined {
		return this.tree.summary(turn);
	}

	/** Keeps a summary with the conversation; nothing where that was deleted. */
	keepSummary(summary: StoredSummary): void {
		this.tree.apply(summary);
		this.autosave.add(summary, false);
		void this.save(false);
	}

	/** Never rejects. */
	save(durable: boolean): Promise<void> {
		return this.autosave.now(durable);
	}

	/** Takes in what another window has added; true where there was something. What is shown here stays shown. */
	async refresh(): Promise<boolean> {
		const { folder } = this.options;
		await this.save(false);
		const entry = await folder.stat(this.id);
		if (entry === undefined || entry.bytes === this.autosave.bytes) {
			return false;
		}
		const text = await folder.read(this.id);
		// What was said here meanwhile is not in what was read.
		if (text === undefined || this.growing !== undefined || this.autosave.isWaiting) {
			return false;
		}
		const { records, isTooNew } = readRecords(text);
		if (isTooNew) {
			return false;
		}
		const tree = ConversationTree.of(records);
		tree.chooseAs(this.tree);
		this.tree = tree;
		this.autosave.bytes = Buffer.byteLength(text);
		return true;
	}

	/** What nobody writes here is what a crash left, or what another window is still writing. */
	private settled(turn: StoredTurn): StoredTurn {
		return this.growing?.turn === turn.id ? turn : afterReload(turn);
	}

	private growth(): readonly ConversationRecord[] {
		const { growing } = this;
		const text = growing === undefined ? '' : (this.tree.turn(growing.turn)?.text.slice(growing.saved) ?? '');
		if (growing === undefined || text === '') {
			return [];
		}
		const offset = growing.saved;
		growing.saved += text.length;
		return [{ type: 'text', turn: growing.turn, offset, text }];
	}
}
