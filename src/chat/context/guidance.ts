/** What the project wants every question to know: its own instruction files, in trusted workspaces only. */

import { keepStart } from '../../inference/clip';
import type { Attachment } from '../question';
import { fileMaterial } from './material';
import type { SourceTools } from './source';

const FILES = ['AGENTS.md', '.github/copilot-instructions.md', '.familiar/instructions.md'];

/** Characters of one file that are read: it goes along with every question. */
const MOST = 16_000;

/** In the order of the list; files that are missing, excluded or not readable are left out. */
export async function guidanceOf(tools: SourceTools): Promise<readonly Attachment[]> {
	const { editor, translate } = tools;
	if (!editor.isTrusted) {
		return [];
	}
	const all = await Promise.all(
		FILES.map(async (path) => {
			const file = await editor.find(path);
			return file === undefined ? undefined : fileMaterial(file, tools);
		}),
	);
	return all.flatMap((found) => {
		if (found?.type !== 'attached') {
			return [];
		}
		const { attachment } = found;
		const text = keepStart(attachment.text, MOST);
		const label =
			text.length < attachment.text.length
				? translate('{0} (its first {1} characters)', attachment.label, MOST)
				: attachment.label;
		return { ...attachment, kind: 'guidance', firstLine: 0, label, text };
	});
}
