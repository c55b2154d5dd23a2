/** What stands in the prompt of what was gathered: the same while one line is typed at. */

import type { ContextSwitches } from '../../manifest';
import type { ChosenContext, ContextNote } from '../prompt';
import { type Chunk, isShown, type Place, SOURCES } from './chunk';
import type { Guard } from './guard';
import { isPart, keyOf, pack, sizeOf } from './pack';
import { type Gathered, NOTHING } from './sources';

export class Choice {
	private gathered: Gathered = NOTHING;
	private chosen: readonly Chunk[] = [];
	private asked: number | undefined;
	/** What of the chosen is shown at one line: found out once. */
	private frozen:
		| { readonly uri: string; readonly line: number; readonly chunks: readonly Chunk[] }
		| undefined;

	constructor(private readonly guard: Guard) {}

	/** Characters that were asked for last; undefined until then. */
	get room(): number | undefined {
		return this.asked;
	}

	/** From now on this; false where that changes nothing. */
	take(gathered: Gathered): boolean {
		this.gathered = gathered;
		if (this.room === undefined) {
			return gathered.chunks.length > 0;
		}
		const chosen = pack(gathered.chunks, this.chosen, this.room);
		const isSame = chosen.map(keyOf).join('\n') === this.chosen.map(keyOf).join('\n');
		this.chosen = chosen;
		if (!isSame) {
			this.frozen = undefined;
		}
		return !isSame;
	}

	/** `maxCharacters` that grow count from the next `take` on. */
	at(place: Place, maxCharacters: number, switches: ContextSwitches): ChosenContext {
		const isTooMuch = this.chosen.reduce((sum, chunk) => sum + sizeOf(chunk), 0) > maxCharacters;
		if (this.asked === undefined || isTooMuch) {
			this.chosen = pack(this.gathered.chunks, this.chosen, maxCharacters);
			this.frozen = undefined;
		}
		this.asked = maxCharacters;
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
