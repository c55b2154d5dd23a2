/** The words that the merges are learnt from: a like share of every family of packages, so that none sets the vocabulary. */

import { familyOf } from '../data/decide';
import { readDocuments } from '../document';
import { splitWords } from './words';

export interface SampleLimits {
	/** Characters of one family at most, in whole files. */
	readonly perFamily: number;
	/** Times that a word counts in one file at most: tables of data repeat what nobody writes. */
	readonly perFile: number;
}

export interface WordSample {
	/** How often each word came. */
	readonly words: ReadonlyMap<string, number>;
	readonly families: number;
	readonly files: number;
	readonly characters: number;
}

/** @param file of one JSON object a line, as `document.ts` has them. */
export async function sampleWords(file: string, limits: SampleLimits): Promise<WordSample> {
	const words = new Map<string, number>();
	const used = new Map<string, number>();
	let files = 0;
	let characters = 0;
	for await (const document of readDocuments(file)) {
		const family = familyOf(document.package);
		const before = used.get(family) ?? 0;
		if (before >= limits.perFamily) {
			continue;
		}
		used.set(family, before + document.text.length);
		files++;
		characters += document.text.length;
		for (const [word, count] of countWords(document.text)) {
			words.set(word, (words.get(word) ?? 0) + Math.min(count, limits.perFile));
		}
	}
	return { words, families: used.size, files, characters };
}

function countWords(text: string): ReadonlyMap<string, number> {
	const counts = new Map<string, number>();
	for (const word of splitWords(text)) {
		counts.set(word, (counts.get(word) ?? 0) + 1);
	}
	return counts;
}
