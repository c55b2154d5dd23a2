/** Prompt of Edit Selection in the editor. */

import { codeSection, place, type Section, type Task } from './task';

export const edit: Task<'edit'> = {
	instruction: ({ instruction }) =>
		[
			'Change the code as it is asked for here:',
			`"${instruction}".`,
			'Change nothing that this does not ask for.',
			'Give only the changed code, all of its lines and none of those around it, in one fenced block.',
		].join(' '),
	sections: ({ excerpt, before, after }) => [
		...around('Code above it, not to be repeated:', before, excerpt.language, 'start'),
		...around('Code below it, not to be repeated:', after, excerpt.language, 'end'),
		// Its lines are replaced: those that the model did not see would be deleted.
		{ ...codeSection(`Code to change (${place(excerpt)}):`, excerpt, 'end'), isNeeded: true },
	],
};

function around(label: string, text: string, language: string, cut: Section['cut']): readonly Section[] {
	return text.trim() === '' ? [] : [{ label, text, language, cut }];
}
