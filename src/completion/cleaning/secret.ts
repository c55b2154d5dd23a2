/** Drops a text that would write what looks like a key or a password, made up or learned by heart. */

import { secretsIn } from '../../inference/secretText';
import { openQuote } from '../brackets';
import { lineAfter } from '../cursor';
import type { TextRule } from './rule';

/** Characters read before the cursor: a name such as `password =`, or the head of a key, may stand there. */
const LOOK_BACK = 400;

/** Whether the text itself holds a part of a secret; those that stand in the document are the user's own. */
function holdsSecret(before: string, text: string, after: string): boolean {
	// Half a string is half a secret.
	const quote = openQuote(`${before.slice(before.lastIndexOf('\n') + 1)}${text}${after}`) ?? '';
	const head = before.slice(-LOOK_BACK);
	return [after + quote, quote].some((tail) =>
		secretsIn(head + text + tail).some(
			({ start, end }) => start < head.length + text.length && end > head.length,
		),
	);
}

export const secret: TextRule = {
	type: 'text',
	name: 'secrets',
	reason: 'secret',
	apply: (text, { cursor }) => (holdsSecret(cursor.before, text, lineAfter(cursor)) ? '' : text),
};
