/** Whether the model that completes and the chat's own put each other out of memory. */

import type { ModelState } from './model';

/** @param chat state of the chat's own model; undefined while it has none. */
export function isCrowded(completion: ModelState, chat: ModelState | undefined): boolean {
	return isDisplaced(completion, chat) || isDisplaced(chat, completion);
}

function isDisplaced(one: ModelState | undefined, other: ModelState | undefined): boolean {
	return (
		one?.type === 'ready' &&
		other?.type === 'ready' &&
		one.displacedBy !== undefined &&
		one.displacedBy === other.model.path
	);
}
