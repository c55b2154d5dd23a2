/** Drops the half line at which the token limit ended a text of several lines. */

import type { TextRule } from './rule';

export const halfLine: TextRule = {
	type: 'text',
	name: 'half-line',
	reason: 'nothing-to-add',
	apply: (text, { isCut }) => (isCut && text.includes('\n') ? text.slice(0, text.lastIndexOf('\n')) : text),
};
