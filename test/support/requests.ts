/** Answered requests for tests of those who count and explain them. */

import type { AnsweredRequest } from '../../src/completion/answered';
import type { CompletionText } from '../../src/completion/outcome';

export const URI = 'file:///repository/sample.ts';

/** A text from the model after 100 ms. */
export function textOutcome(text: string, more: Partial<CompletionText> = {}): CompletionText {
	return {
		type: 'text',
		text,
		covers: 0,
		source: 'model',
		milliseconds: 100,
		statistics: undefined,
		...more,
	};
}

/** Of a request of which nothing is known. */
export const emptyTrace: AnsweredRequest['trace'] = {
	stages: [],
	model: undefined,
	prompt: undefined,
	notes: [],
	kind: undefined,
	raw: undefined,
	confidence: undefined,
	rules: [],
	dropped: undefined,
};

/** A request at the start of a TypeScript file that brought `x`. */
export function answeredRequest(more: Partial<AnsweredRequest> = {}): AnsweredRequest {
	return {
		uri: URI,
		fileName: 'sample.ts',
		languageId: 'typescript',
		version: 1,
		position: { line: 0, character: 0 },
		offset: 0,
		trigger: 'automatic',
		at: 0,
		outcome: textOutcome('x'),
		isDelivered: true,
		trace: { ...emptyTrace },
		...more,
	};
}
