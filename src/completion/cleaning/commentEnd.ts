/** Ends a text inside of a comment where it would leave the comment: what is asked for there is prose. */

import type { EndingRule } from './rule';

export const commentEnd: EndingRule = {
	type: 'end',
	name: 'comment-end',
	reason: 'nothing-to-add',
	end: (text, { cursor, shape }) => {
		const end = text.indexOf('*/');
		const isInside = shape.type === 'line' && shape.within === 'comment';
		// Where the document does not end the comment before the next one begins, the text may, and nothing more.
		const [ended = -1, begun = -1] = ['*/', '/*'].map((sign) => cursor.after.indexOf(sign));
		const isEnded = ended !== -1 && (begun === -1 || ended < begun);
		return !isInside || end === -1 ? undefined : isEnded ? text.slice(0, end).trimEnd().length : end + 2;
	},
};
