/** `#terminal`: what is selected in the terminal. */

import { admit, refused } from './material';
import type { ContextSource, SourceTools } from './source';

export function terminalSource(tools: SourceTools): ContextSource {
	const { editor, translate } = tools;
	return {
		name: 'terminal',
		description: translate('What is selected in the terminal'),
		takesArgument: false,
		// It goes through the clipboard, which is not touched while somebody only types.
		reads: 'sent',
		until: translate('Terminal selection, read when it is sent'),
		read: async () => {
			const selected = await editor.terminalSelection();
			switch (selected.type) {
				case 'no-terminal':
					return [refused('#terminal', translate('No terminal is open.'))];
				case 'no-selection':
					return [refused('#terminal', translate('Nothing is selected in the terminal.'))];
				case 'text': {
					const label = translate('Terminal selection');
					const text = selected.text.replaceAll('\r\n', '\n');
					return [admit({ kind: 'terminal', label, path: '', language: '', firstLine: 0, text }, tools)];
				}
			}
		},
	};
}
