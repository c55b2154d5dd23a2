/** What the code of earlier answers changes where, for the button at it. */

import type { LineRange } from '../blocks';
import { anchor } from './anchor';
import { type BlockPlace, blockEdits, type NoPlace } from './block';

/** Answers whose edits are remembered. */
const REMEMBERED = 50;

/** A place, and the URI of the file that it is in. */
interface KnownPlace extends BlockPlace {
	readonly uri: string;
}

export class RememberedBlocks {
	/** By answer, the oldest first. */
	private readonly places = new Map<string, KnownPlace>();

	remember(turn: string, place: KnownPlace): void {
		this.places.set(turn, place);
		for (const id of [...this.places.keys()].slice(0, -REMEMBERED)) {
			this.places.delete(id);
		}
	}

	/**
	 * What a code block of an answer changes in a file: as remembered where its lines are still there, else where it fits.
	 * @param selected the lines that the user chose to be replaced
	 */
	placeOf(
		turn: string,
		code: string,
		{ uri, lines }: { readonly uri: string; readonly lines: readonly string[] },
		selected: LineRange | undefined,
	): BlockPlace | NoPlace {
		const known = this.places.get(turn);
		const isKnown = known?.code === code && known.uri === uri;
		const anchored = isKnown ? anchor(known.edits, known.base, lines) : undefined;
		return anchored?.type === 'anchored'
			? { code, base: lines, edits: anchored.edits }
			: blockEdits(lines, code, selected);
	}
}
