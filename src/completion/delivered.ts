/** What is known of a place → what the editor gets: fitted into its line, with the line ends of its document. */

import type { Cleaned } from './clean';
import { type Cursor, lineAfter, lineBefore } from './cursor';
import { fitInto } from './fit';
import { type CompletionText, nothing, type Outcome } from './outcome';

/** The name of what fits a text into its line, as the inspector names the rules. */
const FIT = 'rest-of-the-line';

/**
 * @param facts where the text comes from, and what it took.
 * @param rules hears what changed the text.
 */
export function delivered(
	cursor: Cursor,
	cleaned: Cleaned,
	facts: Pick<CompletionText, 'source' | 'milliseconds' | 'statistics'>,
	rules: string[],
): Outcome {
	const { milliseconds } = facts;
	if (cleaned.type === 'nothing') {
		return nothing(cleaned.reason, milliseconds);
	}
	const { text, covers } = fitInto(cleaned.text, lineBefore(cursor), lineAfter(cursor));
	if (text !== cleaned.text) {
		rules.push(FIT);
	}
	if (text.trim() === '') {
		return nothing('only-repeats', milliseconds);
	}
	return {
		type: 'text',
		text: cursor.eol === '\n' ? text : text.replaceAll('\n', cursor.eol),
		covers,
		...facts,
	};
}
