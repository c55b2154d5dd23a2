/** Ends a text inside of a comment where it would leave the comment: what is asked for there is prose. */

import type { EndingRule } from './rule';

export const commentEnd: EndingRule = {
	type: 'end',
	name: 'comment-end',
	reason: 'nothing-to-add',
	end: (text, { cursor, shape }) => {
		const end = text.indexOf('*/');
		const isInside = shape.type === 'line' && shape.within === 'comment';
		// Where the document does not end the comment, the text may, and nothing more.
		const isEnded = cursor.after.includes('*/');
		return !isInside || end === -1 ? undefined : isEnded ? text.slice(0, end).trimEnd().length : end + 2;
	},
};
