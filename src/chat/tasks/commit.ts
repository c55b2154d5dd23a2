/** Prompt of /commit: the staged diff is attached. */

import type { Task } from './task';

export const commit: Task<'commit'> = {
	instruction: () =>
		[
			'Write the message of the commit that makes these staged changes.',
			'The first line says what the commit does, in the imperative, in at most 72 characters, without a full stop.',
			'Where the reason is not obvious, a blank line and a short paragraph follow, wrapped at 72 characters.',
			'Give only the message, in one fenced block.',
		].join(' '),
	sections: () => [],
};
