/** Drops blanks at the start of a text where the line already ends in one: models write words with the blank before them. */

import { lineBefore } from '../cursor';
import type { TextRule } from './rule';

export const secondBlank: TextRule = {
	type: 'text',
	name: 'second-blank',
	reason: 'nothing-to-add',
	apply: (text, { cursor }) => (/\S[ \t]+$/.test(lineBefore(cursor)) ? text.replace(/^[ \t]+/, '') : text),
};
