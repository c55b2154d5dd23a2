/** Source: what was copied last in an editor. The clipboard itself is never read: it holds passwords. */

import type { Box } from './box';
import {
	type Chunk,
	type ContextDocument,
	isShown,
	type LineRange,
	originOf,
	type Place,
	type Source,
	textOf,
} from './chunk';
import type { Library } from './library';

/** Characters: less is a word, more is a file. */
const SHORTEST = 12;
const LONGEST = 2_000;

export class Copied implements Source {
	private last:
		| { readonly document: ContextDocument; readonly range: LineRange; readonly text: string }
		| undefined;

	constructor(private readonly library: Library) {}

	/** Somebody copied lines of a document. */
	copied(document: ContextDocument, range: LineRange): void {
		const isLong = range.end - range.start > LONGEST / 2;
		this.last = isLong ? undefined : { document, range, text: textOf(document, range) };
	}

	/** Only while it still stands where it was copied, or is in the file that is written now. */
	async gather(place: Place, box: Box): Promise<readonly Chunk[]> {
		if (this.last === undefined) {
			return [];
		}
		const { document: seen, range, text } = this.last;
		const document = await this.library.current(seen, place, box);
		const isUsable =
			document !== undefined &&
			text.length >= SHORTEST &&
			text.length <= LONGEST &&
			textOf(document, range) === text &&
			!isShown(place, document.uri, range);
		return isUsable
			? [{ source: 'copied', path: document.path, text, score: 1, origin: originOf(document, range) }]
			: [];
	}

	forget(): void {
		this.last = undefined;
	}
}
