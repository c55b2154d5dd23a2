/** `#problems`: errors and warnings of the workspace, those of the active editor first. */

import { oneLine } from '../tasks/task';
import { admit, refused } from './material';
import type { ContextSource, SourceTools } from './source';

/** Problems of one question; more say nothing new. */
const MOST = 100;
/** Characters of a message: some compilers print whole types. */
const LONGEST = 1_000;

export function problemsSource(tools: SourceTools): ContextSource {
	const { editor, translate } = tools;
	return {
		name: 'problems',
		description: translate('Errors and warnings of the workspace'),
		takesArgument: false,
		reads: 'now',
		read: async () => {
			const all = editor.problems().filter(({ uri }) => !editor.isHidden(uri));
			const reasons = new Map<string, string | undefined>();
			for (const { uri } of all.slice(0, MOST)) {
				if (!reasons.has(uri)) {
					reasons.set(uri, await editor.excluded(uri));
				}
			}
			const told = all.slice(0, MOST).filter(({ uri }) => reasons.get(uri) === undefined);
			if (told.length === 0) {
				return [refused('#problems', translate('No errors or warnings are reported.'))];
			}
			const text = told
				.map(
					({ path, line, severity, message }) =>
						`${oneLine(path)}:${line}: ${severity}: ${message.slice(0, LONGEST)}`,
				)
				.join('\n');
			const label =
				told.length < all.length
					? translate('{0} of {1} problems', told.length, all.length)
					: translate('Problems: {0}', told.length);
			return [admit({ kind: 'problems', label, path: '', language: '', firstLine: 0, text }, tools)];
		},
	};
}
