/** Names of conversations: short, on one line, and harmless wherever they are shown or become a file's name. */

import { keepStart } from '../../inference/clip';
import { stripInvisible } from '../../inference/invisible';
import { MAX_TITLE } from './protocol';

/** Characters of a file's name, without its ending: all file systems take that. */
const MAX_FILE_NAME = 80;

/** What Windows keeps for itself, with any ending. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** A title from any text: the beginning of it, without line breaks and without what cannot be seen. */
export function titleOf(text: string): string {
	// A long text is not searched through for a short title.
	const line = stripInvisible(keepStart(text, 4 * MAX_TITLE))
		.replace(/[\p{Cc}\p{Z}]+/gu, ' ')
		.trim();
	return line.length <= MAX_TITLE ? line : `${keepStart(line, MAX_TITLE - 1).trimEnd()}…`;
}

/** A file's name for a title, without ending: nothing in it leads to another folder. */
export function fileNameOf(title: string, otherwise: string): string {
	const name = keepStart(
		titleOf(title)
			.replace(/[\\/:*?"<>|\u007f]+/g, ' ')
			.replace(/ +/g, ' ')
			.replace(/^[. ]+/, ''),
		MAX_FILE_NAME,
	).replace(/[. …]+$/, '');
	return name === '' ? otherwise : RESERVED.test(name) ? `_${name}` : name;
}
