/** What of the model's context an answer takes, and what had to stay out, counted from what was sent. */

import type { Conversation, Past } from './messages';
import { userMessage } from './prompts';
import type { Question } from './question';
import type { ContextUse } from './turn';

function linesIn(text: string): number {
	return text.split('\n').length;
}

/** Lines of the question's material that its message does not have. */
export function linesCutFrom(content: string, question: Question): number {
	const whole = userMessage(question, Number.MAX_SAFE_INTEGER, () => 0);
	if (whole === content) {
		return 0;
	}
	// Where lines were left out, a line says so. What was cut by characters is at least the rest of one.
	const marks = linesIn(content) - linesIn(content.replaceAll('\n[…]\n', '\n'));
	return Math.max(1, linesIn(whole) - linesIn(content) + marks);
}

/** `size`: tokens that the context holds, none of them used yet. `unsummarised`: why there is no summary, if there is none. */
export function contextUseOf(
	{ leftOut, summary }: Pick<Conversation, 'leftOut' | 'summary'>,
	unsummarised: Past['unsummarised'],
	linesCut: number,
	size: number,
): ContextUse {
	return {
		...{ used: 0, size, leftOut, linesCut },
		...(summary === undefined ? {} : { summary }),
		...(leftOut === 0 || unsummarised === undefined ? {} : { unsummarised }),
	};
}
