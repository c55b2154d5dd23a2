/** The model for all who ask it beside the conversation: what is made in the background of that gives way to them. */

import type { Model } from '../inference/model';
import type { ChatSession } from './session';

type Asked = Pick<Model, 'chat' | 'state' | 'tokenize' | 'onDidChangeState'>;

export function askedFirst(model: Asked, session: Pick<ChatSession, 'quiet'>): Asked {
	return {
		get state() {
			return model.state;
		},
		onDidChangeState: (listener) => model.onDidChangeState(listener),
		tokenize: (text, signal) => model.tokenize(text, signal),
		chat: (request, signal) => {
			session.quiet();
			return model.chat(request, signal);
		},
	};
}
