/** Source: what was edited last elsewhere, as hunks of a diff. */

import type { Clock } from '../clock';
import { Latest } from '../latest';
import type { Box } from './box';
import { type Chunk, type ContextDocument, originOf, overlap, type Place, type Source } from './chunk';
import { isHarmless } from './guard';
import { type Hunk, Hunks, hunkText, type TextEdit } from './hunks';
import type { Library } from './library';

/** Documents whose lines are kept to tell what stood there before. */
const MOST_DOCUMENTS = 8;
/** Lines of such a document; copying them takes a millisecond. */
const MOST_LINES = 10_000;
const MOST_HUNKS = 8;
/** Lines of a hunk, removed and written; more is pasted or formatted. */
const LONGEST = 24;
/** Unchanged lines shown before and behind. */
const AROUND = 2;
/** Milliseconds after which an edit is no longer what somebody is about. */
const STALE = 600_000;
/** Changes in one event that a person makes, with many cursors at most; more is a tool's work. */
const MOST_CHANGES = 50;
const LONGEST_TEXT = 10_000;
/** How much less a hunk counts than the one after it. */
const FADING = 0.1;

interface Edited {
	readonly document: ContextDocument;
	readonly hunks: Hunks;
}

export class Edits implements Source {
	/** By uri. */
	private readonly documents = new Latest<Edited>(MOST_DOCUMENTS);

	constructor(
		private readonly library: Library,
		private readonly clock: Pick<Clock, 'now'>,
	) {}

	/** Somebody looks at a document: its lines are kept as they are now, unless they are already. */
	see(document: ContextDocument): void {
		if (this.documents.get(document.uri) === undefined && document.lineCount <= MOST_LINES) {
			this.documents.set(document.uri, { document, hunks: new Hunks(document) });
		}
	}

	/** A document was changed; it has its new text already. */
	changed(document: ContextDocument, edits: readonly TextEdit[]): void {
		const hunks = this.documents.get(document.uri)?.hunks;
		const isByHand = edits.length <= MOST_CHANGES && edits.every(({ text }) => text.length <= LONGEST_TEXT);
		if (hunks !== undefined && isByHand) {
			for (const edit of edits) {
				hunks.apply(edit, this.clock.now());
			}
			hunks.keep(({ old, count }) => old.length + count <= LONGEST * 2);
		}
		if (!isByHand || hunks?.lineCount !== document.lineCount) {
			// What stood there before is not known, or not known well.
			this.documents.delete(document.uri);
			this.see(document);
		}
	}

	async gather(place: Place, box: Box): Promise<readonly Chunk[]> {
		const oldest = this.clock.now() - STALE;
		const all = [...this.documents.values()].flatMap((edited) =>
			edited.hunks.current.map((hunk) => ({ ...edited, hunk })),
		);
		const found: Chunk[] = [];
		let score = 1;
		for (const { document, hunks, hunk } of all
			.filter(({ document, hunk }) => hunk.at >= oldest && !isHere(place, document, hunk))
			.sort((one, other) => other.hunk.at - one.hunk.at)
			.slice(0, MOST_HUNKS)) {
			// What was removed is no longer in the document: it is looked at by itself.
			const isSafe = isHarmless(hunk.old.join('\n'));
			if (
				isSafe &&
				hunk.old.length + hunk.count <= LONGEST &&
				(await this.library.admits(document, place, box))
			) {
				found.push(chunkOf(document, hunks, hunk, score));
				score = Math.max(0, score - FADING);
			}
			if (!(await box.goOn())) {
				break;
			}
		}
		return found;
	}

	closed(uri: string): void {
		this.documents.delete(uri);
	}

	forget(): void {
		this.documents.clear();
	}
}

/** What is being written right now stands in the prompt already. */
function isHere(place: Place, document: ContextDocument, { start, count }: Hunk): boolean {
	return (
		document.uri === place.cursor.uri &&
		overlap({ start, end: start + count + 1 }, { start: place.line - AROUND, end: place.line + AROUND + 1 })
	);
}

function chunkOf(document: ContextDocument, lines: Hunks, hunk: Hunk, score: number): Chunk {
	const end = hunk.start + hunk.count;
	const from = Math.max(0, hunk.start - AROUND);
	const to = Math.min(lines.lineCount, end + AROUND);
	const linesOf = (start: number, stop: number) =>
		Array.from({ length: stop - start }, (_, index) => lines.lineAt(start + index));
	const text = hunkText(hunk.old, linesOf(hunk.start, end), linesOf(from, hunk.start), linesOf(end, to));
	return {
		source: 'edits',
		path: `${document.path}.diff`,
		text,
		score,
		origin: originOf(document, { start: from, end: to }),
	};
}
