/** Prompt of /generate, and of Generate from Comment. */

import { codeSection, oneLine, place, type Task } from './task';

export const generate: Task<'generate'> = {
	instruction: ({ from, instruction }) =>
		(from === 'words'
			? [
					'Write the code that is asked for here:',
					`"${instruction}".`,
					'It belongs directly below the last line of the code. Give only the new code, in one fenced block.',
				]
			: [
					'Write the code that the last comment of this file asks for:',
					// It stands in the code, too; here its lines would stand outside of every fence.
					`"${oneLine(instruction)}".`,
					'Give only the new code that belongs directly below the comment, in one fenced block.',
				]
		).join(' '),
	sections: ({ excerpt, after, from }) => [
		...(excerpt.code.trim() === ''
			? []
			: [
					codeSection(
						`Code up to the ${from === 'words' ? 'cursor' : 'comment'} (${place(excerpt)}):`,
						excerpt,
						'start',
					),
				]),
		...(after.trim() === ''
			? []
			: [
					{
						label: 'Code below it, not to be repeated:',
						text: after,
						language: excerpt.language,
						cut: 'end',
					} as const,
				]),
	],
};
