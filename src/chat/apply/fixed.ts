/** What the answer to a question about a fix is to change: asked in the editor, in the chat with words of one's own, or anew. */

import type { LineRange } from '../blocks';
import { editsWithin } from '../patch';
import { codeToFix, type Excerpt, type Question } from '../question';
import type { Change } from './offering';

type Fix = Extract<Question, { task: 'fix' }>;

/** Where the code stands in the file; undefined where the file has changed in these lines since it was read. */
function rangeOf(lines: readonly string[], { firstLine, code }: Excerpt): LineRange | undefined {
	const start = firstLine - 1;
	const end = start + code.split('\n').length - 1;
	return lines.slice(start, end + 1).join('\n') === code ? { start, end } : undefined;
}

/** The change of a file with these lines; undefined where the question is about code that does not stand there. */
export function changeOfFix(lines: readonly string[], question: Fix): Change | undefined {
	const code = codeToFix(question);
	const range = code === undefined ? undefined : rangeOf(lines, code);
	if (code === undefined || range === undefined) {
		return undefined;
	}
	const { findings, words } = question;
	return {
		lines,
		range,
		aim: { findings, ...range },
		file: { path: code.path, language: code.language },
		editsOf: (written) => editsWithin(lines, range, written),
		...(words === undefined ? {} : { words }),
	};
}
