/** Prompt of /fix, and of Fix in the editor. */

import { codeSections, type Task } from './task';

export const fix: Task<'fix'> = {
	instruction: ({ findings }) =>
		[
			findings.length === 0
				? 'Find the mistake in this code and correct it.'
				: 'Correct this code so that the reported problems go away.',
			'Change as little as possible.',
			'Say in one sentence what was wrong, then give the whole corrected code, all of its lines, in one fenced block.',
		].join(' '),
	sections: codeSections,
};
