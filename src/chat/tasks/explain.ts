/** Prompt of /explain, and of Explain in the editor. */

import { codeSections, type Task } from './task';

export const explain: Task<'explain'> = {
	instruction: ({ findings }) =>
		findings.length === 0
			? 'Explain what this code does: first its purpose in one sentence, then the parts that are not obvious.'
			: 'Explain why these problems are reported for this code, and what would solve them.',
	sections: codeSections,
};
