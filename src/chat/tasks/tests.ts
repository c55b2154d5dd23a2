/** Prompt of /tests. */

import { codeSections, type Task } from './task';

export const tests: Task<'tests'> = {
	instruction: () =>
		[
			'Write tests for this code with the test framework that the project uses, or the usual one of the language.',
			'Test what the code does for ordinary input, at its limits and for bad input; one behaviour a test, named by it.',
			'Do not change the code.',
			'Give one whole test file, with its imports, in one fenced block, then say in one sentence what is not tested.',
		].join(' '),
	sections: codeSections,
};
