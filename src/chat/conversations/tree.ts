/** A conversation in memory: its turns as a tree, whose branches are versions, and the path through it that is shown. */

import { type Branch, MAX_ANSWER } from '../turn';
import type { StoredTurn } from '../turns';
import { type ConversationRecord, type StoredSummary, VERSION } from './records';
import { titleOf } from './titles';

export class ConversationTree {
	private readonly turns = new Map<string, StoredTurn>();
	/** Ids of the turns after each turn, in the order in which they were said; the first ones are after none. */
	private readonly next = new Map<string | undefined, string[]>();
	/** The one of them that is shown. */
	private readonly chosen = new Map<string | undefined, string>();
	/** By the last turn that each stands for. */
	private readonly summaries = new Map<string, StoredSummary>();
	/** What the user named it; undefined while it has its first question's name. */
	private givenTitle: string | undefined;

	static of(records: readonly ConversationRecord[]): ConversationTree {
		const tree = new ConversationTree();
		for (const record of records) {
			tree.apply(record);
		}
		return tree;
	}

	get size(): number {
		return this.turns.size;
	}

	get title(): string {
		return (
			this.givenTitle ?? titleOf([...this.turns.values()].find((turn) => turn.role === 'user')?.text ?? '')
		);
	}

	/** When the last turn began, in milliseconds since 1970; 0 while there is none. */
	get time(): number {
		let latest = 0;
		for (const { time } of this.turns.values()) {
			latest = Math.max(latest, time);
		}
		return latest;
	}

	turn(id: string): StoredTurn | undefined {
		return this.turns.get(id);
	}

	/** All turns, of all branches. */
	all(): readonly StoredTurn[] {
		return [...this.turns.values()];
	}

	/** The turns that are shown, from the first to the last. */
	path(): StoredTurn[] {
		const shown: StoredTurn[] = [];
		for (let turn = this.after(undefined); turn !== undefined; turn = this.after(turn.id)) {
			shown.push(turn);
		}
		return shown;
	}

	/** Which of the versions a turn is; undefined where it is the only one. */
	branch(id: string): Branch | undefined {
		const versions = this.versions(id);
		return versions.length > 1 ? { at: versions.indexOf(id) + 1, of: versions.length } : undefined;
	}

	/** The version before (-1) or after (1) a turn. */
	neighbour(id: string, by: -1 | 1): string | undefined {
		const versions = this.versions(id);
		const at = versions.indexOf(id);
		return at < 0 ? undefined : versions[at + by];
	}

	/** The summary of what leads up to a turn, and of the turn itself; undefined where none was made. */
	summary(id: string): StoredSummary | undefined {
		return this.summaries.get(id);
	}

	/** Does what a record says. One that cannot be is without effect. */
	apply(record: ConversationRecord): void {
		switch (record.type) {
			case 'conversation':
				break;
			case 'turn':
				this.put(record.turn);
				break;
			case 'text':
				this.grow(record.turn, record.offset, record.text);
				break;
			case 'choose':
				this.choose(record.turn);
				break;
			case 'title':
				this.givenTitle = titleOf(record.title) || undefined;
				break;
			case 'summary':
				if (this.turns.has(record.turn)) {
					this.summaries.set(record.turn, record);
				}
				break;
		}
	}

	/** Shows of several versions what another tree of this conversation shows. */
	chooseAs(other: ConversationTree): void {
		for (const [parent, id] of other.chosen) {
			if (this.next.get(parent)?.includes(id) === true) {
				this.chosen.set(parent, id);
			}
		}
	}

	/** What has to be written for another tree to become this one. */
	records(): ConversationRecord[] {
		return [
			{ type: 'conversation', version: VERSION },
			...(this.givenTitle === undefined ? [] : [{ type: 'title', title: this.givenTitle } as const]),
			...this.all().map((turn) => ({ type: 'turn', turn }) as const),
			...[...this.chosen.values()].map((turn) => ({ type: 'choose', turn }) as const),
			...this.summaries.values(),
		];
	}

	private after(parent: string | undefined): StoredTurn | undefined {
		const id = this.chosen.get(parent) ?? this.next.get(parent)?.at(-1);
		return id === undefined ? undefined : this.turns.get(id);
	}

	private versions(id: string): readonly string[] {
		const turn = this.turns.get(id);
		return turn === undefined ? [] : (this.next.get(turn.parent) ?? []);
	}

	private put(turn: StoredTurn): void {
		const known = this.turns.get(turn.id);
		if (known !== undefined) {
			// It keeps its place: so no damaged file can make a turn its own ancestor.
			this.turns.set(turn.id, { ...turn, parent: known.parent });
			return;
		}
		// A turn whose parent's line is broken goes on from what was said last.
		const isRooted = turn.parent === undefined || this.turns.has(turn.parent);
		const parent = isRooted ? turn.parent : this.path().at(-1)?.id;
		this.turns.set(turn.id, { ...turn, parent });
		const versions = this.next.get(parent);
		if (versions === undefined) {
			this.next.set(parent, [turn.id]);
		} else {
			versions.push(turn.id);
		}
		this.chosen.set(parent, turn.id);
	}

	private grow(id: string, offset: number, text: string): void {
		const turn = this.turns.get(id);
		if (turn !== undefined && offset <= turn.text.length) {
			const before = offset === turn.text.length ? turn.text : turn.text.slice(0, offset);
			this.turns.set(id, { ...turn, text: before + text.slice(0, MAX_ANSWER - offset) });
		}
	}

	private choose(id: string): void {
		const turn = this.turns.get(id);
		if (turn !== undefined) {
			this.chosen.set(turn.parent, id);
		}
	}
}
