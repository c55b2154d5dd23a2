/** What is known of a place → what the editor gets: fitted into its line, with the line ends of its document. */

import type { Cleaned } from './clean';
import { type Cursor, lineAfter, lineBefore } from './cursor';
import { fitInto } from './fit';
import { type CompletionText, nothing, type Outcome } from './outcome';
import type { TraceWriter } from './trace';

/** The name of what fits a text into its line, as the inspector names the rules. */
const FIT = 'rest-of-the-line';

/**
 * @param facts where the text comes from, and what it took.
 * @param heard hears what changed or dropped the text.
 */
export function delivered(
	cursor: Cursor,
	cleaned: Cleaned,
	facts: Pick<CompletionText, 'source' | 'milliseconds' | 'statistics'>,
	heard: Pick<TraceWriter, 'rules' | 'dropped'>,
): Outcome {
	const { milliseconds } = facts;
	if (cleaned.type === 'nothing') {
		heard.dropped = cleaned.dropped;
		return nothing(cleaned.reason, milliseconds);
	}
	const { text, covers } = fitInto(cleaned.text, lineBefore(cursor), lineAfter(cursor));
	if (text !== cleaned.text) {
		heard.rules.push(FIT);
	}
	if (text.trim() === '') {
		heard.dropped = { rule: FIT, text: cleaned.text };
		return nothing('only-repeats', milliseconds);
	}
	return {
		type: 'text',
		text: cursor.eol === '\n' ? text : text.replaceAll('\n', cursor.eol),
		covers,
		...facts,
	};
}
