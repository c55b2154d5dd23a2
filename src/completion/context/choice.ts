/** What stands in the prompt of what was gathered: the same while one line is typed at. */

import type { ContextSwitches } from '../../manifest';
import type { ChosenContext, ContextNote, ContextRoom } from '../prompt';
import { type Chunk, isShown, type Place, SOURCES } from './chunk';
import type { Guard } from './guard';
import { isPart, keyOf, pack, sizeOf } from './pack';
import { type Gathered, NOTHING } from './sources';

export class Choice {
	private gathered: Gathered = NOTHING;
	private chosen: readonly Chunk[] = [];
	/** Tokens that it was chosen for: a better count is no reason to change it under who types. */
	private tokens = 0;
	private asked: ContextRoom | undefined;
	/** What of the chosen is shown at one line: found out once. */
	private frozen:
		| { readonly uri: string; readonly line: number; readonly chunks: readonly Chunk[] }
		| undefined;

	constructor(private readonly guard: Guard) {}

	/** What was asked for last; undefined until then. */
	get room(): ContextRoom | undefined {
		return this.asked;
	}

	/** Has counted what may be taken next, and the parts of chunks that were. Rejects as `ContextRoom.count` does. */
	async count(gathered: Gathered, signal: AbortSignal): Promise<void> {
		await this.room?.count([...gathered.chunks, ...this.chosen], signal);
	}

	/** From now on this; false where that changes nothing. */
	take(gathered: Gathered): boolean {
		this.gathered = gathered;
		if (this.room === undefined) {
			return gathered.chunks.length > 0;
		}
		const before = this.chosen.map(keyOf).join('\n');
		this.choose(this.room);
		const isSame = this.chosen.map(keyOf).join('\n') === before;
		if (!isSame) {
			this.frozen = undefined;
		}
		return !isSame;
	}

	/** A room that grows counts from the next `take` on. */
	at(place: Place, room: ContextRoom, switches: ContextSwitches): ChosenContext {
		if (this.asked === undefined || this.tokens > room.tokens) {
			this.choose(room);
			this.frozen = undefined;
		}
		this.asked = room;
		const { uri } = place.cursor;
		if (this.frozen?.uri !== uri || this.frozen.line !== place.line) {
			const chunks = this.chosen.filter(
				(chunk) => !isPart(chunk) || !isShown(place, chunk.origin.uri, chunk.origin),
			);
			this.frozen = { uri, line: place.line, chunks };
		}
		// Safety comes before the cache: what is excluded meanwhile is gone at once.
		const allowed = this.frozen.chunks.filter(
			({ source, origin }) => switches[source] && this.guard.mayUse(origin, place),
		);
		return {
			files: allowed.map(({ path, text }) => ({ path, text })),
			notes: SOURCES.flatMap((source) => this.note(allowed.filter((chunk) => chunk.source === source)) ?? []),
		};
	}

	/** Opened again, a document may have another text under the same version: none of it stays for being nearly the same. */
	closed(uri: string): void {
		this.chosen = this.chosen.map((chunk) =>
			chunk.origin.uri === uri ? { ...chunk, origin: { ...chunk.origin, version: Number.NaN } } : chunk,
		);
	}

	forget(): void {
		this.gathered = NOTHING;
		this.chosen = [];
		this.frozen = undefined;
	}

	private choose(room: ContextRoom): void {
		this.chosen = pack(this.gathered.chunks, this.chosen, room);
		this.tokens = room.tokens;
	}

	private note(chunks: readonly Chunk[]): ContextNote | undefined {
		const [first] = chunks;
		return first === undefined
			? undefined
			: {
					source: first.source,
					items: chunks.length,
					characters: chunks.reduce((sum, chunk) => sum + sizeOf(chunk), 0),
					milliseconds: this.gathered.milliseconds.get(first.source) ?? 0,
				};
	}
}
