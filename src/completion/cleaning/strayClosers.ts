/** Ends the text before a bracket that closes what is not open there, or before a line that mixes its brackets up. */

import { expectedCloser, isNothingOpen, openQuote, readBrackets } from '../brackets';
import { lineBefore } from '../cursor';
import type { TextRule } from './rule';

export const strayClosers: TextRule = {
	type: 'text',
	name: 'stray-closers',
	reason: 'nothing-to-add',
	apply: (text, { cursor }) => {
		const start = readBrackets(text, openQuote(lineBefore(cursor))).firstUnmatched;
		const closer = start === undefined ? undefined : text[start];
		if (start === undefined || closer === undefined || !')]}'.includes(closer)) {
			return text;
		}
		if (readBrackets(text.slice(0, start)).owed.length > 0) {
			// It closes another bracket than the text itself opened: no cut makes code of that line.
			return text.slice(0, Math.max(0, text.lastIndexOf('\n', start)));
		}
		const expected = expectedCloser(cursor.before);
		const isStray = expected === undefined ? isNothingOpen(cursor.before) : expected !== closer;
		if (isStray) {
			return text.slice(0, start).trimEnd();
		}
		// Closing once what the cursor's line opened is right; what would be closed after that is not known.
		const behind = readBrackets(text.slice(start + 1)).firstUnmatched;
		const opened = readBrackets(lineBefore(cursor)).owed.length;
		return opened === 1 && behind !== undefined ? text.slice(0, start + 1 + behind).trimEnd() : text;
	},
};
