/**
 * Ranks chunks for a question by BM25 over weighted fields. All words of all chunks are read, front to back, twice: of
 * 10,000 files these are six million, which takes 0.1 s, and no inverted index has to be kept up to date.
 */

import { type Digest, PLACE } from './digest';
import { countWords } from './words';

/**
 * Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009), 3.2 and 3.5: `k1` between 1.2
 * and 2, `b` between 0.5 and 0.8; fields are weighed by counting their words several times (Robertson, Zaragoza and
 * Taylor 2004). `k3`: Robertson and others, Okapi at TREC-3 (1994), for words that a long question repeats.
 */
interface Constants {
	readonly k1: number;
	readonly b: number;
	readonly k3: number;
}

const CONSTANTS: Constants = { k1: 2, b: 0.75, k3: 1 };

/** Words of a question that are looked for: the rarest. A pasted file has more. */
const MOST_WORDS = 64;

export interface Ranked {
	/** Index of the file among those that were given. */
	readonly file: number;
	/** Index of the chunk in its file. */
	readonly chunk: number;
	readonly score: number;
}

/** The best chunks, the best first; those without any word of the question are not among them. */
export function rank(
	files: readonly Digest[],
	question: string,
	count: number,
	constants: Constants = CONSTANTS,
): readonly Ranked[] {
	const asked = countWords(question);
	const corpus = survey(files, new Set(asked.keys()));
	const weights = weightsOf(asked, corpus, constants);
	const sieve = sieveOf(weights.keys());
	const { k1, b } = constants;
	const mean = corpus.length / Math.max(1, corpus.chunks);
	const found: Ranked[] = [];
	for (const [file, { places, words, counts }] of files.entries()) {
		let at = 0;
		for (let chunk = 0; chunk * PLACE < places.length; chunk++) {
			const norm = k1 * (1 - b + (b * (places[chunk * PLACE + 2] ?? 0)) / mean);
			const end = places[chunk * PLACE + 3] ?? 0;
			let score = 0;
			for (; at < end; at++) {
				const word = words[at] ?? 0;
				if (sieve[word & SIEVE] === 1) {
					const times = counts[at] ?? 0;
					score += ((weights.get(word) ?? 0) * times * (k1 + 1)) / (times + norm);
				}
			}
			if (score > 0) {
				found.push({ file, chunk, score });
			}
		}
	}
	return found.sort((one, other) => other.score - one.score || one.file - other.file).slice(0, count);
}

/** Low bits of a word by which most are passed over without a look into a map. */
const SIEVE = 0xffff;

function sieveOf(words: Iterable<number>): Uint8Array {
	const sieve = new Uint8Array(SIEVE + 1);
	for (const word of words) {
		sieve[word & SIEVE] = 1;
	}
	return sieve;
}

interface Corpus {
	/** Chunks that hold each word of the question. */
	readonly holders: ReadonlyMap<number, number>;
	readonly chunks: number;
	/** Words of all chunks. */
	readonly length: number;
}

function survey(files: readonly Digest[], asked: ReadonlySet<number>): Corpus {
	const sieve = sieveOf(asked);
	const holders = new Map<number, number>();
	let chunks = 0;
	let length = 0;
	for (const { places, words } of files) {
		for (let place = 0; place < places.length; place += PLACE) {
			length += places[place + 2] ?? 0;
			chunks++;
		}
		// A word stands once in a chunk.
		for (let at = 0; at < words.length; at++) {
			const word = words[at] ?? 0;
			if (sieve[word & SIEVE] === 1 && asked.has(word)) {
				holders.set(word, (holders.get(word) ?? 0) + 1);
			}
		}
	}
	return { holders, chunks, length };
}

/** How much each word of the question says, rare ones more; the most telling only. */
function weightsOf(
	asked: ReadonlyMap<number, number>,
	{ holders, chunks }: Corpus,
	{ k3 }: Constants,
): ReadonlyMap<number, number> {
	const weights = [...asked].flatMap(([word, times]) => {
		const held = holders.get(word) ?? 0;
		const rarity = Math.log(1 + (chunks - held + 0.5) / (held + 0.5));
		return held === 0 ? [] : [[word, (rarity * times * (k3 + 1)) / (times + k3)] as const];
	});
	return new Map(weights.sort(([, one], [, other]) => other - one).slice(0, MOST_WORDS));
}
