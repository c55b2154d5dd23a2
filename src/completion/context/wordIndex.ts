/** The words of each line of the documents at hand, read once for each version. */

import { Latest } from '../latest';
import type { Box } from './box';
import type { ContextDocument } from './chunk';
import { wordsOf } from './words';

/** Lines read between two rests: half a millisecond. */
const STEP = 128;
/** Documents kept; 2,000 lines are some 200 kB. */
const CAPACITY = 48;
/** Lines of a document that are looked at. */
const MOST_LINES = 2_000;

/** Words by line, from the first line on. */
export type DocumentWords = readonly (readonly number[])[];

export class WordIndex {
	private readonly known = new Latest<{ readonly version: number; readonly words: DocumentWords }>(CAPACITY);

	/** Undefined where the box is over before all is read, or somebody typed meanwhile. */
	async of(document: ContextDocument, box: Box): Promise<DocumentWords | undefined> {
		const { uri, version } = document;
		const known = this.known.get(uri);
		if (known?.version === version) {
			return known.words;
		}
		const words: (readonly number[])[] = [];
		for (let line = 0; line < Math.min(MOST_LINES, document.lineCount); line++) {
			words.push(wordsOf(document.lineAt(line)));
			if (line % STEP === STEP - 1 && !(await box.goOn())) {
				return undefined;
			}
		}
		if (document.version !== version) {
			return undefined;
		}
		this.known.set(uri, { version, words });
		return words;
	}

	closed(uri: string): void {
		this.known.delete(uri);
	}

	forget(): void {
		this.known.clear();
	}
}
