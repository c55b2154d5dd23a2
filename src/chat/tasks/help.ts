/** What /help says, without asking the model: the commands and the mentions that there are. */

import type { Translate } from '../../inference/statusText';

/** A line of the list. */
export interface HelpRow {
	readonly name: string;
	readonly text: string;
}

/** The commands that are always there, in the order of the list. */
export function builtInCommands(translate: Translate): readonly HelpRow[] {
	return [
		{ name: 'explain', text: translate('Explains the selection, or the function around the cursor') },
		{ name: 'fix', text: translate('Corrects it and offers the change') },
		{ name: 'tests', text: translate('Writes tests for it') },
		{ name: 'doc', text: translate('Writes its documentation comment') },
		{ name: 'review', text: translate('Says what is wrong or hard to understand in it') },
		{ name: 'generate', text: translate('Writes code for the cursor, from your words or from a comment') },
		{ name: 'commit', text: translate('Writes the message for what is staged in Git') },
		{ name: 'help', text: translate('Lists the commands and what can be mentioned') },
	];
}

export function help(
	commands: readonly HelpRow[],
	mentions: readonly (HelpRow & { readonly takesArgument: boolean })[],
): readonly HelpRow[] {
	return [
		...commands.map(({ name, text }) => ({ name: `/${name}`, text })),
		...mentions.map(({ name, text, takesArgument }) => ({
			name: takesArgument ? `#${name}:…` : `#${name}`,
			text,
		})),
	];
}
