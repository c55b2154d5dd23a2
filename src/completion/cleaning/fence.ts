/** Drops the answer of a model that believes it chats: a fence first of all. Others may belong to the code. */

import { lineBefore } from '../cursor';
import type { EndingRule } from './rule';

export const fence: EndingRule = {
	type: 'end',
	name: 'chat-fence',
	reason: 'not-text',
	end: (text, { cursor }) => {
		if (cursor.languageId === 'markdown') {
			return undefined;
		}
		const opening = lineBefore(cursor).trim() === '' ? /^\s*```/ : /^[ \t]*\n\s*```/;
		return opening.test(text) ? 0 : undefined;
	},
};
