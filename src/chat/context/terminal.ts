/** `#terminal`: what is selected in the terminal, else the command that failed there last. */

import type { FailedCommand } from './failedCommand';
import { admit, refused } from './material';
import type { ContextSource, Found, SourceTools } from './source';

export function terminalSource(tools: SourceTools, failed: Pick<FailedCommand, 'last'>): ContextSource {
	const { editor, translate } = tools;
	return {
		name: 'terminal',
		description: translate('What is selected in the terminal, else the command that failed last'),
		takesArgument: false,
		// It goes through the clipboard, which is not touched while somebody only types.
		reads: 'sent',
		until: translate('Terminal, read when it is sent'),
		read: async () => {
			const selected = await editor.terminalSelection();
			const failure = failed.last;
			if (selected.type === 'text') {
				return [terminalText(translate('Terminal selection'), selected.text.replaceAll('\r\n', '\n'), tools)];
			}
			if (failure !== undefined) {
				const { command, exitCode, output } = failure;
				const text = `$ ${command}\n${output}\n(exit code ${exitCode})`;
				return [terminalText(translate('Failed command: {0}', command), text, tools)];
			}
			const reason =
				selected.type === 'no-terminal'
					? translate('No terminal is open.')
					: translate(
							'Nothing is selected in the terminal, and no command has failed since the chat was opened.',
						);
			return [refused('#terminal', reason)];
		},
	};
}

function terminalText(label: string, text: string, tools: SourceTools): Found {
	return admit({ kind: 'terminal', label, path: '', language: '', firstLine: 0, text }, tools);
}
