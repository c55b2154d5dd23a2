/** What the index keeps of a file: where its chunks lie, and how often which words stand in them. */

import { chunkLines, type LineSpan } from './chunker';
import { declaredNames, Surroundings } from './names';
import { countWords, eachWord } from './words';

/** The packed facts of all chunks of a file, in the order of the lines. */
export interface Digest {
	/** Four numbers a chunk: first and last line from 1, words in its lines, and where its words end in `words`. */
	readonly places: Uint32Array;
	/** The words of each chunk, each once, chunk after chunk. */
	readonly words: Uint32Array;
	/** How much each word counts there: how often it stands in the lines, more where it is a name or in the path. */
	readonly counts: Uint8Array;
}

/** Numbers of a chunk in `places`. */
export const PLACE = 4;

/** How many times more a word counts that names what the chunk declares, or the file. */
interface FieldWeights {
	readonly name: number;
	/** For what is declared around the chunk. */
	readonly around: number;
	readonly path: number;
}

const FIELD_WEIGHTS: FieldWeights = { name: 5, around: 1, path: 5 };

const MOST_COUNT = 255;

/**
 * @param path with `/`, as shown: its words count for each chunk
 * @param text lines end with `\n`
 * @param spans where its chunks lie, from top to bottom
 */
export function digestOf(
	path: string,
	text: string,
	spans: readonly LineSpan[] = chunkLines(text.split('\n')),
	weights: FieldWeights = FIELD_WEIGHTS,
): Digest {
	const lines = text.split('\n');
	const surroundings = new Surroundings();
	const pathWords = countWords(path);
	const places = new Uint32Array(spans.length * PLACE);
	const words: number[] = [];
	const counts: number[] = [];
	for (const [index, { first, last }] of spans.entries()) {
		const chunk = new Map<number, number>();
		const add = (word: number, count: number) => chunk.set(word, (chunk.get(word) ?? 0) + count);
		for (const name of surroundings.around(lines[first - 1] ?? '')) {
			eachWord(name, (word) => add(word, weights.around));
		}
		let length = 0;
		for (const line of lines.slice(first - 1, last)) {
			eachWord(line, (word) => {
				add(word, 1);
				length++;
			});
			const names = declaredNames(line);
			for (const name of names) {
				eachWord(name, (word) => add(word, weights.name));
			}
			surroundings.read(line, names);
		}
		for (const word of pathWords.keys()) {
			add(word, weights.path);
		}
		for (const [word, count] of chunk) {
			words.push(word);
			counts.push(Math.min(MOST_COUNT, count));
		}
		places.set([first, last, length, words.length], index * PLACE);
	}
	return { places, words: Uint32Array.from(words), counts: Uint8Array.from(counts) };
}
