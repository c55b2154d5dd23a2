/** Which documents may be context at all: none that is excluded, looks secret, is binary, generated or huge. */

import { isSecretFile } from '../../inference/secretFiles';
import { secretsIn } from '../../inference/secretText';
import { LONGEST_LINE } from '../cursor';
import { Latest } from '../latest';
import type { Box } from './box';
import type { ContextDocument, Place } from './chunk';

/** Larger documents are data, or generated. */
const MOST_LINES = 10_000;
const MOST_CHARACTERS = 400_000;
/** Characters, and lines, that are read and searched for secrets between two rests: half a millisecond. */
const PIECE = 8_192;
const LINES = 128;
/** Characters that two pieces share, so that no secret lies between them: the longest rule needs fewer. */
const SHARED = 1_024;
/** Documents whose verdict is kept. */
const CAPACITY = 256;

/** Why a file is left out, by its absolute path with `/`; undefined where it is not. */
export type Excluded = (fullPath: string) => string | undefined;

export class Guard {
	/** By uri. */
	private readonly verdicts = new Latest<{ readonly version: number; readonly isClean: boolean }>(CAPACITY);

	constructor(private readonly excluded: Excluded) {}

	/** By its place alone, at once: of the workspace, or beside the file that is written, and left out by no rule. */
	mayUse(document: Pick<ContextDocument, 'uri' | 'fullPath' | 'isInWorkspace'>, place: Place): boolean {
		return (
			(document.isInWorkspace || folderOf(document.uri) === folderOf(place.cursor.uri)) &&
			!this.isLeftOut(document.fullPath)
		);
	}

	isLeftOut(fullPath: string): boolean {
		return isSecretFile(fullPath) || this.excluded(fullPath) !== undefined;
	}

	/**
	 * By its text, too. One secret is enough: of a key that spans many lines a chunk may show a part that looks like
	 * none. False also where the box is over before it is known.
	 */
	async admits(document: ContextDocument, place: Place, box: Box): Promise<boolean> {
		if (!this.mayUse(document, place)) {
			return false;
		}
		const known = this.verdicts.get(document.uri);
		if (known?.version === document.version) {
			return known.isClean;
		}
		const { version } = document;
		const isClean = await isOrdinary(document, box);
		if (isClean !== undefined) {
			this.verdicts.set(document.uri, { version, isClean });
		}
		// What was typed meanwhile was not looked at.
		return isClean === true && document.version === version;
	}

	/** A document that is opened again may have another text under the same version. */
	closed(uri: string): void {
		this.verdicts.delete(uri);
	}

	forget(): void {
		this.verdicts.clear();
	}
}

/** Undefined where the box is over before it is known. */
async function isOrdinary(document: ContextDocument, box: Box): Promise<boolean | undefined> {
	if (document.lineCount > MOST_LINES) {
		return false;
	}
	let piece = '';
	let total = 0;
	for (let line = 0; line < document.lineCount; line++) {
		const text = document.lineAt(line);
		total += text.length + 1;
		if (text.length > LONGEST_LINE || total > MOST_CHARACTERS) {
			return false;
		}
		piece += `${text}\n`;
		if (piece.length >= PIECE || line % LINES === LINES - 1) {
			if (!isPlain(piece)) {
				return false;
			}
			if (!(await box.goOn())) {
				return undefined;
			}
			piece = piece.slice(-SHARED);
		}
	}
	return isPlain(piece);
}

function isPlain(text: string): boolean {
	return !text.includes('\0') && secretsIn(text).length === 0;
}

/** A line of nothing but characters of base64, as keys have them in their middle, where no rule knows them. */
const BLOB = /^[^\w\n]*[A-Za-z0-9+/]{40,}[^\w\n]*$/m;

/** Whether a part of a document shows nothing that looks secret: the last look, and the one at what was removed. */
export function isHarmless(text: string): boolean {
	return !BLOB.test(text) && secretsIn(text).length === 0;
}

function folderOf(uri: string): string {
	return uri.slice(0, uri.lastIndexOf('/'));
}
