/** Source: places in open and neighbouring files that look like the one that is written, with what follows there. */

import type { Cursor } from '../cursor';
import type { Box } from './box';
import {
	type Chunk,
	type ContextDocument,
	isShown,
	type LineRange,
	linesOfChunk,
	originOf,
	type Place,
	type Source,
	textOf,
} from './chunk';
import type { Library } from './library';
import { type DocumentWords, WordIndex } from './wordIndex';
import { wordsOf } from './words';

/** Lines before the cursor that are compared, and lines of a window. */
const WINDOW = 12;
/** Lines between the starts of two windows. */
const STEP = 2;
/** How much more a word of the cursor's own line counts than one of the first line compared. */
const NEAREST = 4;
/** Share of a chunk's lines that stand behind its window: what was written there next is what helps here. */
const FOLLOWING = 1 / 2;
/** Share of words in common under which a window is not like this place. */
const LEAST = 0.1;
/** At this share a chunk scores 1. */
const VERY_LIKE = 0.5;
/** Windows compared between two rests: half a millisecond. */
const WINDOWS_PER_STEP = 64;
const MOST_CHUNKS = 4;

interface Match {
	readonly like: number;
	readonly range: LineRange;
}

export class Similar implements Source {
	private readonly index = new WordIndex();

	constructor(private readonly library: Library) {}

	async gather(place: Place, box: Box): Promise<readonly Chunk[]> {
		const sought = soughtWords(place.cursor);
		const found: Chunk[] = [];
		const documents = new Map<string, ContextDocument>();
		for (const document of await this.library.opened(place, box)) {
			documents.set(document.uri, document);
		}
		for (const document of await this.library.beside(place, box)) {
			documents.set(document.uri, documents.get(document.uri) ?? document);
		}
		for (const document of documents.values()) {
			const words = await this.index.of(document, box);
			const best = words === undefined ? undefined : await this.best(document, words, sought, place, box);
			if (best !== undefined) {
				found.push(chunkOf(document, best));
			}
			if (!(await box.goOn())) {
				break;
			}
		}
		return found.sort((one, other) => other.score - one.score).slice(0, MOST_CHUNKS);
	}

	closed(uri: string): void {
		this.index.closed(uri);
	}

	forget(): void {
		this.index.forget();
	}

	private async best(
		document: ContextDocument,
		words: DocumentWords,
		sought: Sought,
		place: Place,
		box: Box,
	): Promise<Match | undefined> {
		let best: Match | undefined;
		const { version } = document;
		const lines = linesOfChunk(place);
		const window = new SlidingWindow(words, sought);
		for (let start = 0; start < words.length; start += STEP) {
			const like = window.moveTo(start, start + WINDOW);
			const end = Math.min(document.lineCount, start + WINDOW + Math.round(lines * FOLLOWING));
			const range = { start: Math.max(0, end - lines), end };
			if (like > (best?.like ?? LEAST) && !isShown(place, document.uri, range)) {
				best = { like, range };
			}
			if (start % (STEP * WINDOWS_PER_STEP) === 0 && !(await box.goOn())) {
				break;
			}
		}
		return document.version === version ? best : undefined;
	}
}

/** Words, and how much each counts. */
type Sought = ReadonlyMap<number, number>;

/** The words before the cursor: those of its own line count most. */
function soughtWords(cursor: Cursor): Sought {
	const found = new Map<number, number>();
	const lines = cursor.before.split('\n').slice(-WINDOW);
	for (const [index, line] of lines.entries()) {
		for (const word of wordsOf(line)) {
			found.set(word, 1 + (NEAREST - 1) * ((index + 1) / lines.length));
		}
	}
	return found;
}

/** How much the words of a window of lines are those sought; moving it costs only the lines it gains and loses. */
class SlidingWindow {
	private readonly counts = new Map<number, number>();
	private readonly total: number;
	/** Weight of the words of the window that are sought, and the count of the others. */
	private both = 0;
	private others = 0;
	private start = 0;
	private end = 0;

	constructor(
		private readonly words: DocumentWords,
		private readonly sought: Sought,
	) {
		this.total = [...sought.values()].reduce((sum, weight) => sum + weight, 0);
	}

	/** Forward only. Share of what is in one of both that is in both (Jaccard, weighted), 0 to 1. */
	moveTo(start: number, end: number): number {
		for (; this.end < Math.min(end, this.words.length); this.end++) {
			for (const word of this.words[this.end] ?? []) {
				const count = this.counts.get(word) ?? 0;
				this.counts.set(word, count + 1);
				if (count === 0) {
					this.count(word, 1);
				}
			}
		}
		for (; this.start < start; this.start++) {
			for (const word of this.words[this.start] ?? []) {
				const count = this.counts.get(word) ?? 0;
				this.counts.set(word, count - 1);
				if (count === 1) {
					this.counts.delete(word);
					this.count(word, -1);
				}
			}
		}
		const all = this.total + this.others;
		return all === 0 ? 0 : this.both / all;
	}

	private count(word: number, sign: number): void {
		const weight = this.sought.get(word);
		if (weight === undefined) {
			this.others += sign;
		} else {
			this.both += sign * weight;
		}
	}
}

function chunkOf(document: ContextDocument, { like, range }: Match): Chunk {
	return {
		source: 'similar',
		path: document.path,
		text: textOf(document, range),
		score: Math.min(1, like / VERY_LIKE),
		origin: originOf(document, range),
	};
}
