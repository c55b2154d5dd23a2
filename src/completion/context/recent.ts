/** Source: a ring of the places that were looked at or edited last. */

import type { Box } from './box';
import {
	type Chunk,
	type ContextDocument,
	isShown,
	type LineRange,
	linesOfChunk,
	originOf,
	overlap,
	type Place,
	type Source,
	textOf,
} from './chunk';
import { isRelated } from './family';
import type { Library } from './library';
import { likeness, wordsOf } from './words';

/** Places kept. */
const CAPACITY = 16;
/** Lines that are one place, the line that was touched in their middle. */
const LINES = 32;
/** Share of a chunk's lines by which an edge moves inwards to lie on a blank line. */
const PLAY = 1 / 4;
/** A chunk with fewer lines that say something is left out. */
const FEWEST = 3;
/** Two chunks this much alike are one. */
const SAME = 0.9;
/** How much less a place counts than the one after it. */
const FADING = 0.06;
/** What a place in a file of another language counts. */
const OTHER_LANGUAGE = 0.5;

interface Entry {
	readonly document: ContextDocument;
	line: number;
}

export class Recent implements Source {
	/** The oldest first. */
	private entries: Entry[] = [];

	constructor(private readonly library: Library) {}

	/** Somebody rested or wrote at a line. */
	touch(document: ContextDocument, line: number): void {
		if (line >= document.lineCount) {
			return;
		}
		const known = this.entries.find(
			(entry) => entry.document.uri === document.uri && Math.abs(entry.line - line) < LINES / 2,
		);
		// A place that stays keeps its text, and its text its place in the prompt.
		const touched = known ?? { document, line };
		const words = wordsAt(touched);
		this.entries = [
			...this.entries.filter((entry) => entry !== known && likeness(wordsAt(entry), words) <= SAME),
			touched,
		].slice(-CAPACITY);
	}

	/** Lines `start` to `end` of a document have become `count` lines. */
	changed(uri: string, { start, end }: LineRange, count: number): void {
		for (const entry of this.entries) {
			if (entry.document.uri === uri && entry.line >= start) {
				entry.line =
					entry.line >= end ? entry.line + count - (end - start) : Math.min(entry.line, start + count - 1);
			}
		}
	}

	async gather(place: Place, box: Box): Promise<readonly Chunk[]> {
		const found: Chunk[] = [];
		let score = 1;
		for (const { document: seen, line } of this.entries.toReversed()) {
			const document = await this.library.current(seen, place, box);
			const range = document && around(document, line, linesOfChunk(place));
			if (document !== undefined && range !== undefined && !isShown(place, document.uri, range)) {
				const text = textOf(document, range);
				if (text.split('\n').filter((line) => /\w{2}/.test(line)).length >= FEWEST) {
					const { path } = document;
					found.push({
						source: 'recent',
						path,
						text,
						score: isRelated(path, place.cursor.path) ? score : score * OTHER_LANGUAGE,
						origin: originOf(document, range),
					});
				}
				score -= FADING;
			}
			if (!(await box.goOn())) {
				break;
			}
		}
		return found.filter(
			(chunk, index) =>
				!found
					.slice(0, index)
					.some(({ origin }) => origin.uri === chunk.origin.uri && overlap(origin, chunk.origin)),
		);
	}

	forget(): void {
		this.entries = [];
	}
}

/** Some lines around one, from blank line to blank line where there is one nearby. */
function around(document: ContextDocument, line: number, count: number): LineRange {
	const isBlank = (at: number) => document.lineAt(at).trim() === '';
	const first = Math.max(0, Math.min(line - Math.floor(count / 2), document.lineCount - count));
	const last = Math.min(document.lineCount, first + count);
	const play = Math.min(Math.floor(count * PLAY), last - first);
	const starts = Array.from({ length: play }, (_, index) => first + index);
	const ends = Array.from({ length: play }, (_, index) => last - index);
	return {
		start: first === 0 ? 0 : (starts.find((at) => at < line && isBlank(at)) ?? first),
		end: last === document.lineCount ? last : (ends.find((at) => at > line + 1 && isBlank(at - 1)) ?? last),
	};
}

function wordsAt({ document, line }: Entry): ReadonlySet<number> {
	return new Set(wordsOf(textOf(document, around(document, line, LINES))));
}
