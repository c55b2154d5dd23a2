/** The starter's own tokeniser, out of the merges that the repository keeps. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import { root } from '../../../test/support/root';
import type { Tokenizer } from '../tokenizer';
import { bytePairTokenizer } from './bytePair';
import { vocabularyOf } from './vocabulary';

/** One merge a line; `node scripts/starter.mjs tokenizer` makes it. A model is bound to the file it was trained with. */
export const MERGES_FILE = path.join(root, 'models/vocabulary.txt');

/** @throws Error naming the file where it is missing or no list of merges. */
export function loadTokenizer(file = MERGES_FILE): Tokenizer {
	try {
		return bytePairTokenizer(vocabularyOf(readMerges(file)));
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new Error(`${file}: ${reason} Run \`node scripts/starter.mjs tokenizer\` to make it again.`, {
			cause: error,
		});
	}
}

function readMerges(file: string): readonly string[] {
	const merges = fs.readFileSync(file, 'utf8').split('\n').slice(0, -1);
	for (const [index, merge] of merges.entries()) {
		if (!/^[^ ]+ [^ ]+$/.test(merge)) {
			throw new Error(`Line ${index + 1} is no merge.`);
		}
	}
	return merges;
}
