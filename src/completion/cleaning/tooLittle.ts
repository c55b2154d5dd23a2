/** Drops what is not worth a look: closers that the editor writes by itself, one mark, a comment sign without comment. */

import type { TextRule } from './rule';

/** Brackets and quotes that close, on one line; a semicolon behind them would end a statement and is worth a key. */
const CLOSERS = /^[)\]}>"'`]+$/;
/** One mark. Openers lead on to the next suggestion. */
const MARK = /^[^\p{L}\p{N}_\s{([:]$/u;
const EMPTY_COMMENT = /^(?:\/\/|#|--|\/\*+|\*\/|\/\*+\s*\*\/|<!--)$/;

export const tooLittle: TextRule = {
	type: 'text',
	name: 'too-little',
	reason: 'too-little',
	apply: (text) => {
		const content = text.trim();
		return CLOSERS.test(content) || MARK.test(content) || EMPTY_COMMENT.test(content) ? '' : text;
	},
};
