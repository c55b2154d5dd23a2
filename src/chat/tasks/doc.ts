/** Prompt of /doc. */

import { codeSections, type Task } from './task';

export const doc: Task<'doc'> = {
	instruction: () =>
		[
			'Write the documentation comment of this code, in the form that its language uses.',
			'Say what it does, what goes in and comes out, and which errors there are; nothing that the names say already.',
			'Do not change the code.',
			'Give the whole code with the comment in its place, all of its lines, in one fenced block.',
		].join(' '),
	sections: codeSections,
};
