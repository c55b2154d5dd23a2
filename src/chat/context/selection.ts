/** `#selection`, and what commands are about when nothing else is said: the selection or the block around the cursor. */

import { enclosingBlock } from '../blocks';
import { type Finding, MAX_FINDINGS } from '../question';
import { codeMaterial, refused } from './material';
import type { ContextSource, Found, SourceTools } from './source';

export function selectionSource(tools: SourceTools): ContextSource {
	const { editor, translate } = tools;
	return {
		name: 'selection',
		description: translate('What is selected in the editor'),
		takesArgument: false,
		reads: 'now',
		read: async () => {
			const active = editor.active();
			if (active?.hasSelection !== true) {
				return [refused('#selection', translate('Nothing is selected in the editor.'))];
			}
			const why = await editor.excluded(active.uri);
			return [why === undefined ? codeMaterial(active, tools, active) : refused(active.path, why)];
		},
	};
}

/** Code with the problems that are reported in it; undefined where no editor is open. */
export async function codeAtCursor(
	tools: SourceTools,
): Promise<{ readonly found: Found; readonly findings: readonly Finding[] } | undefined> {
	const active = tools.editor.active();
	if (active === undefined) {
		return undefined;
	}
	const why = await tools.editor.excluded(active.uri);
	if (why !== undefined) {
		return { found: refused(active.path, why), findings: [] };
	}
	const lines = active.hasSelection ? active : enclosingBlock(active.lines, active.start, active.end);
	const inside = ({ start, end }: { readonly start: number; readonly end: number }) =>
		active.findings.filter(({ line }) => line > start && line <= end + 1);
	const atCursor = inside(active);
	return {
		found: codeMaterial(active, tools, lines),
		findings: (atCursor.length > 0 ? atCursor : inside(lines)).slice(0, MAX_FINDINGS),
	};
}
