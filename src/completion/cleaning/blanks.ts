/** Drops blanks at the ends of lines, and blank lines at the end. */

import type { TextRule } from './rule';

export const blanks: TextRule = {
	type: 'text',
	name: 'trailing-blanks',
	reason: 'nothing-to-add',
	apply: (text) =>
		text
			.trimEnd()
			.split('\n')
			.map((line) => line.trimEnd())
			.join('\n'),
};
