/** What of the model's context an answer takes, and what had to stay out, counted from what was sent. */

import type { ChatMessage } from '../inference/model';
import { type Exchange, userMessage } from './prompts';
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

/** `messages`: what the model gets, the question last. `size`: tokens that the context holds, none of them used yet. */
export function contextUseOf(
	messages: readonly ChatMessage[],
	history: readonly Exchange[],
	linesCut: number,
	size: number,
): ContextUse {
	const sent = messages.filter((message) => message.role === 'assistant').length;
	// An exchange without an answer has nothing to send.
	const said = history.filter((exchange) => exchange.answer.trim() !== '').length;
	return { used: 0, size, leftOut: Math.max(0, said - sent), linesCut };
}
