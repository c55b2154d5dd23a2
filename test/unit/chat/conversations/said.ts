/** Turns and files of conversations for tests. */

import { linesOf } from '../../../../src/chat/conversations/records';
import { ConversationTree } from '../../../../src/chat/conversations/tree';
import { newTurn, type StoredTurn } from '../../../../src/chat/turns';

/** A question, with an id that a test can name. */
export function asked(id: string, text: string, parent?: string, time = 1): StoredTurn {
	return {
		...newTurn('user', parent, time),
		id,
		text,
		state: 'done',
		question: { task: 'question', text },
	};
}

export function answered(id: string, text: string, parent: string, time = 1): StoredTurn {
	return { ...newTurn('assistant', parent, time), id, text, state: 'done' };
}

export function treeOf(...turns: readonly StoredTurn[]): ConversationTree {
	return ConversationTree.of(turns.map((turn) => ({ type: 'turn', turn }) as const));
}

/** The file of a conversation with these turns. */
export function fileOf(...turns: readonly StoredTurn[]): string {
	return linesOf(treeOf(...turns).records());
}

/** What is shown, as texts. */
export function textsOf(tree: ConversationTree): readonly string[] {
	return tree.path().map((turn) => turn.text);
}
