/** Answers one question of the editor; what the worker does, apart from its thread. */

import { messageOf } from '../../inference/failure';
import type { Trees } from '../../inference/syntax/trees';
import { balancedEnd } from './balance';
import { decide } from './decide';
import type { SyntaxAnswer, SyntaxQuestion } from './verdict';

/**
 * Milliseconds for one tree. The editor does not wait as long, but the next one is made from it in a fraction of the
 * time.
 */
const LONGEST_PARSE = 200;
/** For all the trees of one finished text. */
const LONGEST_BALANCE = 16;

/** Never rejects: what goes wrong is an answer too. */
export async function answerTo(trees: Trees, question: SyntaxQuestion): Promise<SyntaxAnswer> {
	const { id, window } = question;
	try {
		if (question.type === 'end') {
			return { id, type: 'end', end: await balancedEnd(trees, window, question.text, LONGEST_BALANCE) };
		}
		const tree = await trees.parse(window.grammar, window.text, LONGEST_PARSE);
		return { id, type: 'at', verdict: tree === undefined ? undefined : decide(tree, window) };
	} catch (error) {
		return { id, type: 'failed', message: messageOf(error) };
	}
}
