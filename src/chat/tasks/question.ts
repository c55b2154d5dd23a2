/** Prompt: a question in the user's own words. */

import type { Task } from './task';

export const question: Task<'question'> = {
	instruction: ({ text }) => text,
	sections: () => [],
};
