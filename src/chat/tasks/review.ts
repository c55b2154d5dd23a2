/** Prompt of /review. */

import { codeSections, type Task } from './task';

export const review: Task<'review'> = {
	instruction: () =>
		[
			'Review this code as an experienced colleague would.',
			'Name only what matters: mistakes, cases that are not handled, security, and what is hard to understand.',
			'Give a numbered list, the most important first; each point with its line, the problem and a remedy, in at most three sentences.',
			'If nothing matters, say so in one sentence.',
		].join(' '),
	sections: codeSections,
};
