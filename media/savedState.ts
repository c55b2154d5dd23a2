/** What the chat's webview keeps for when it is shown again: what the user has typed and not sent. */

import { MAX_QUESTION } from '../src/chat/protocol';
import { isText } from '../src/chat/shapes';
import { isRecord } from '../src/inference/record';

/** A question that is being changed. */
export interface Editing {
	readonly turn: string;
	readonly text: string;
}

export interface SavedState {
	readonly draft: string;
	readonly editing?: Editing;
}

/** From anything that was kept, also by earlier versions. */
export function savedStateOf(state: unknown): SavedState {
	const { draft, editing } = isRecord(state) ? state : {};
	return {
		draft: typeof draft === 'string' ? draft.slice(0, MAX_QUESTION) : '',
		...(isRecord(editing) && isText(editing['turn']) && isText(editing['text'], MAX_QUESTION)
			? { editing: { turn: editing['turn'], text: editing['text'] } }
			: {}),
	};
}
