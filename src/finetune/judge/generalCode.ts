/**
 * Code that is nobody's in particular, to see what an adapter makes a model forget: `general.txt`, which lies beside the
 * bundle. It was written for this purpose and is under this project's licence; eleven grammars and a few languages more.
 */

import * as fs from 'node:fs/promises';
import type { JudgedSpan } from './judgement';

/** Lines of a file between two of its places. */
const SPACING = 3;
/** Lines before the first: without any, nobody knows what comes. */
const FIRST = 2;
/** Tokens of a prompt: the files are short. */
const PROMPT_TOKENS = 1_024;
const HEADING = /^=== (\S+)\n/gm;

/**
 * Ends of lines, and every fourth time two whole lines.
 *
 * @param file Absolute path of `general.txt`.
 * @throws the error of the disk.
 */
export async function readGeneralCode(file: string): Promise<readonly JudgedSpan[]> {
	const text = await fs.readFile(file, 'utf8');
	const headings = [...text.matchAll(HEADING)];
	return headings.flatMap((heading, index) => {
		const start = heading.index + heading[0].length;
		return spansOf(heading[1] ?? '', text.slice(start, headings[index + 1]?.index));
	});
}

/** At the first start of a word after a third of the line: within one, what is written depends on how it is cut into tokens. */
function cursorIn(line: string, indent: number): number {
	const third = indent + Math.floor((line.length - indent) / 3);
	const next = line.slice(third).search(/(?<=\W)\b\w/);
	return next === -1 ? indent : third + next;
}

function spansOf(path: string, text: string): readonly JudgedSpan[] {
	const lines = text.split('\n');
	const starts: number[] = [];
	lines.reduce((at, line) => {
		starts.push(at);
		return at + line.length + 1;
	}, 0);
	const spans: JudgedSpan[] = [];
	for (let row = FIRST; row < lines.length - 2; row += SPACING) {
		const [line = '', next = ''] = lines.slice(row, row + 2);
		const indent = /^\s*/.exec(line)?.[0].length ?? 0;
		const isBlock = spans.length % 4 === 3 && next.trim() !== '';
		const typed = isBlock ? indent : cursorIn(line, indent);
		const end = (starts[row] ?? 0) + line.length + (isBlock ? 1 + next.length : 0);
		const from = starts[row] ?? 0;
		if (line.trim().length > 5) {
			spans.push({
				file: path,
				kind: isBlock ? 'block' : 'tail',
				repository: undefined,
				path,
				files: [],
				prefix: text.slice(0, from),
				typed: text.slice(from, from + typed),
				middle: text.slice(from + typed, end),
				suffix: text.slice(end),
				ends: true,
				maxPromptTokens: PROMPT_TOKENS,
			});
		}
	}
	return spans;
}
