/** Generate from a comment: short functions whose comment says all that they do, and which need nothing but themselves. */

import { commentAt } from '../../../src/chat/comments';
import type { Random } from '../../../src/finetune/training/random';
import { type Conversation, conversation } from './conversation';
import { docText, sharedWords } from './docText';
import { chance, pick } from './draw';
import { excerptOf, type Lines } from './excerpts';
import type { DocumentedFunction } from './explainFunction';

const MOST_LINES = 12;
/** Lines below that are shown at times. */
const MOST_BELOW = 8;
/** Share of the comment's words that the code has: of others nobody could tell how they lead to it. */
const DESCRIBED = 0.4;

/** The function as a file of its own, for a look whether every name in it is known; undefined where it is no candidate. */
export function generateCandidate(file: Lines, found: DocumentedFunction): string | undefined {
	const { doc, firstLine, lastLine, facts } = found;
	const code = file.lines.slice(firstLine, lastLine + 1).join('\n');
	return doc === undefined ||
		facts.noun !== 'function' ||
		lastLine - firstLine >= MOST_LINES ||
		lastLine === firstLine ||
		/\bthis\b|\bself\b/.test(code) ||
		sharedWords(doc.paragraph, code) < DESCRIBED
		? undefined
		: code;
}

/** The comment alone, as in a new file, or with what stands above it. */
export function generateConversation(
	file: Lines,
	found: DocumentedFunction,
	random: Random,
): Conversation | undefined {
	const text = found.doc?.paragraph ?? '';
	const code = withoutDocstring(file.lines.slice(found.firstLine, found.lastLine + 1), found).join('\n');
	if (docText(text) === undefined || text.length > 300) {
		return undefined;
	}
	const isPython = file.language === 'python';
	const comment = isPython
		? [`# ${text}`]
		: pick(random, [[`// ${text}`], ['/**', ` * ${text}`, ' */'], [`/** ${text} */`]]);
	const above = pick(random, [0, 0, 4, 10]);
	const start = Math.max(0, (found.commentLine ?? found.firstLine) - above);
	const before = file.lines.slice(start, found.commentLine ?? found.firstLine);
	// What is cut in the middle of something would teach to write after a fragment.
	const context = before.some((line) => /^\S/.test(line)) && /^\S/.test(before[0] ?? '') ? before : [];
	const lines = [...context, ...comment];
	const instruction = commentAt(lines, lines.length - 1, file.language)?.text;
	if (instruction === undefined) {
		return undefined;
	}
	const excerpt = excerptOf({ ...file, lines }, 0, lines.length - 1);
	const answer = `\`\`\`${excerpt.language}\n${code}\n\`\`\``;
	// Often code follows already, and the new code has to stop before it.
	const below = chance(random, 0.4)
		? file.lines.slice(found.lastLine + 1, found.lastLine + 1 + MOST_BELOW)
		: [];
	return conversation(
		'generate',
		{ task: 'generate', excerpt, instruction, after: below.join('\n') },
		answer,
	);
}

/** Python's docstring would only repeat the comment. */
function withoutDocstring(code: readonly string[], { isInside }: DocumentedFunction): readonly string[] {
	if (!isInside) {
		return code;
	}
	const text = code.join('\n').replace(/\n[ \t]*[rRuU]?("""|''')[\s\S]*?\1[ \t]*\n(?:[ \t]*\n)*/, '\n');
	return text.split('\n');
}
