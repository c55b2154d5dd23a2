/** Requests for tests that load no engine. */
import type { ChatRequest, FillRequest } from '../../src/inference/model';

export const never = new AbortController().signal;

export function fillOf(changes: Partial<FillRequest> = {}): FillRequest {
	return {
		repository: undefined,
		path: '',
		files: [],
		prefix: '',
		typed: '',
		suffix: '',
		maxTokens: 16,
		maxPromptTokens: 8_192,
		leftToRight: false,
		priority: 'interactive',
		...changes,
	};
}

export function chatOf(content: string, changes: Partial<ChatRequest> = {}): ChatRequest {
	return {
		messages: [{ role: 'user', content }],
		maxTokens: 16,
		temperature: 0,
		priority: 'background',
		...changes,
	};
}
