/** What is known of a place → what the editor gets: fitted into its line, with the line ends of its document. */

import type { Cleaned } from './clean';
import { type Cursor, lineAfter, lineBefore } from './cursor';
import { fitInto } from './fit';
import type { CompletionText, Outcome } from './outcome';

/** @param facts where the text comes from, and what it took. */
export function delivered(
	cursor: Cursor,
	cleaned: Cleaned,
	facts: Pick<CompletionText, 'source' | 'milliseconds' | 'statistics'>,
): Outcome {
	const { milliseconds } = facts;
	if (cleaned.type === 'nothing') {
		return { type: 'nothing', reason: cleaned.reason, detail: undefined, milliseconds };
	}
	const { text, covers } = fitInto(cleaned.text, lineBefore(cursor), lineAfter(cursor));
	if (text.trim() === '') {
		return { type: 'nothing', reason: 'only-repeats', detail: undefined, milliseconds };
	}
	return {
		type: 'text',
		text: cursor.eol === '\n' ? text : text.replaceAll('\n', cursor.eol),
		covers,
		...facts,
	};
}
