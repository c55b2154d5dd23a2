/** Ends the text where the model spells one of its special tokens as text (continue#4542, twinny#142). */

import type { EndingRule, Place } from './rule';

/**
 * Those that code may hold as well, such as `<filename>` or `<PRE>`, are not among them: models that have them are
 * stopped by the token itself.
 */
const WHOLE =
	/<\|[a-z][\w▁ ]*\|>|<｜[^｜>\n]{1,40}｜>|<fim_(?:prefix|suffix|middle|pad)>|<\[fim-(?:prefix|suffix|middle)\]>|<file_sep>/g;

/** The beginning of one at the end of a text; `f <|x` is a pipe in some languages. */
const HALF =
	/<(?:\|(?:fim_|end|im_|file_|repo_|code_|begin_|eot)[\w▁]*\|?|｜[^｜>\n]{0,40}｜?|fim_(?:p|s|m)[a-z]*|\[fim-[a-z]*\]?)$/;

/** Text that teaches about models, and prose about them, holds the tokens on purpose. */
function isOwn(token: string, { cursor }: Place): boolean {
	return cursor.languageId === 'markdown' || cursor.before.includes(token) || cursor.after.includes(token);
}

export const specialTokens: EndingRule = {
	type: 'end',
	name: 'special-tokens',
	reason: 'not-text',
	end: (text, place, isComplete) => {
		for (const match of text.matchAll(WHOLE)) {
			if (!isOwn(match[0], place)) {
				return match.index;
			}
		}
		const half = isComplete ? HALF.exec(text) : null;
		return half === null || isOwn(half[0], place) ? undefined : half.index;
	},
};
