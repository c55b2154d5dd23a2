/** `#file:path`, also with lines: `#file:path:10-20`. */

import type { FileName } from './editor';
import { fileMaterial, refused } from './material';
import { bestOf } from './ranking';
import type { ContextSource, SourceTools } from './source';

/** Files that a list shows. */
const MOST = 20;

export function fileSource(tools: SourceTools): ContextSource {
	const { editor, translate } = tools;
	return {
		name: 'file',
		description: translate('A file of the workspace'),
		takesArgument: true,
		reads: 'now',
		suggest: async (typed, signal) => {
			const files = await editor.files(signal);
			const shown = (file: FileName) => !editor.isHidden(file.uri);
			return bestOf(files, ({ path }) => path, typed, 2 * MOST)
				.filter(shown)
				.slice(0, MOST)
				.map(({ path }) => ({
					argument: path,
					label: path.slice(path.lastIndexOf('/') + 1),
					detail: path.slice(0, Math.max(0, path.lastIndexOf('/'))),
				}));
		},
		read: async ({ argument }) => {
			const whole = await editor.find(argument);
			if (whole !== undefined) {
				return [await fileMaterial(whole, tools)];
			}
			const [, path = '', first, last] = /^(.+):(\d{1,7})(?:-(\d{1,7}))?$/.exec(argument) ?? [];
			const part = path === '' ? undefined : await editor.find(path);
			if (part === undefined) {
				return [refused(argument, translate('There is no such file in the workspace.'))];
			}
			const lines = { start: Number(first) - 1, end: Number(last ?? first) - 1 };
			return [await fileMaterial(part, tools, lines)];
		},
	};
}
