/** How a chat request is rendered, and what its answer is held to. */

import type { ChatMessage, ChatRequest, Unsupported } from '../model';
import type { ChatPrompt, ChatRenderer } from './chatRenderer';
import { callGrammar, jsonGrammar } from './gbnf';
import type { Constraint } from './lane';

interface ChatPlan {
	render(messages: readonly ChatMessage[]): ChatPrompt;
	/** What stands at the end of the prompt and belongs to the answer. */
	readonly opening: string;
	/** Besides those of the format. */
	readonly stopTokens: readonly number[];
	/** Undefined: the answer is free. */
	readonly held: (Pick<Constraint, 'after' | 'isCall'> & { readonly grammar: string }) | undefined;
}

export function planChat(request: ChatRequest, chat: ChatRenderer): ChatPlan | Unsupported {
	const { messages, tools = [], calling = 'may', schema } = request;
	const { calls } = chat;
	if (tools.length > 0 && calls === undefined) {
		return { type: 'unsupported', reason: 'This model cannot call functions.' };
	}
	if (tools.length > 0 && schema !== undefined) {
		return { type: 'unsupported', reason: 'An answer is JSON by a schema or may call functions, not both.' };
	}
	const isAboutCalls = tools.length > 0 || messages.some(({ role }) => role === 'tool');
	if (calls === undefined || !isAboutCalls) {
		return {
			render: (messages) => chat.render(messages, schema !== undefined),
			opening: schema === undefined ? chat.opening : '',
			stopTokens: [],
			held:
				schema === undefined ? undefined : { grammar: jsonGrammar(schema), after: undefined, isCall: false },
		};
	}
	const mayCall = tools.length > 0 && calling !== 'not';
	return {
		render: (messages) => calls.render(messages, tools, calling),
		opening: '',
		stopTokens: mayCall ? [] : [calls.mark],
		held: mayCall
			? { grammar: callGrammar(tools), after: calling === 'must' ? undefined : calls.mark, isCall: true }
			: undefined,
	};
}
