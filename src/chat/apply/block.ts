/** What a code block of an answer changes in a file that it was not asked for. */

import type { Translate } from '../../inference/statusText';
import type { LineRange } from '../blocks';
import { editsWithin, type LineEdit } from '../patch';
import { type Located, locate } from './locate';

/** A code block and the edits that it stands for. */
export interface BlockPlace {
	readonly code: string;
	/** The lines that the edits are made for. */
	readonly base: readonly string[];
	readonly edits: readonly LineEdit[];
}

export type NoPlace = Exclude<Located['type'], 'found'>;

/** @param selected the lines that the user chose to be replaced; undefined where the place is to be found */
export function blockEdits(
	lines: readonly string[],
	code: string,
	selected: LineRange | undefined,
): BlockPlace | NoPlace {
	const isEmpty = lines.every((line) => line.trim() === '');
	const range = selected ?? (isEmpty ? { start: 0, end: lines.length - 1 } : undefined);
	const located: Located = locate(lines, code.replaceAll('\r\n', '\n').split('\n'));
	// Chosen lines say where, but not what was left out.
	if (range === undefined || located.type === 'elided') {
		return located.type === 'found'
			? { code, base: lines, edits: editsWithin(lines, located.range, code) }
			: located.type;
	}
	return { code, base: lines, edits: editsWithin(lines, range, code) };
}

/** Why the code is not applied, and what helps. */
export function placeText(why: NoPlace, file: string, translate: Translate): string {
	switch (why) {
		case 'elided':
			return translate('The code leaves parts out, which would be deleted. Copy what you need of it.');
		case 'unknown':
			return translate(
				'Nothing in {0} is like this code. Select the lines that it replaces, or insert it.',
				file,
			);
		case 'ambiguous':
			return translate('Several places in {0} are like this code. Select the lines that it replaces.', file);
		case 'too-large':
			return translate('{0} is too long to find the place. Select the lines that the code replaces.', file);
	}
}
