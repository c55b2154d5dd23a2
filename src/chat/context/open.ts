/** `#open`: the files in tabs. */

import { fileMaterial, refused } from './material';
import type { ContextSource, SourceTools } from './source';

/** Tabs that are read, in their order. */
const MOST = 12;

export function openSource(tools: SourceTools): ContextSource {
	const { editor, translate } = tools;
	return {
		name: 'open',
		description: translate('The files that are open in tabs'),
		takesArgument: false,
		reads: 'now',
		read: async () => {
			const files = editor.open();
			if (files.length === 0) {
				return [refused('#open', translate('No file is open.'))];
			}
			const found = await Promise.all(files.slice(0, MOST).map((file) => fileMaterial(file, tools)));
			// Nobody asked for a certain one: those that cannot be read are no reason not to send the others.
			const readable = found.filter(({ type }) => type === 'attached');
			return readable.length > 0 ? readable : found;
		},
	};
}
