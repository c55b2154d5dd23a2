/** Indents the text's lines with what the document indents with: tabs, or spaces. */

import { indentation } from '../../inference/indentation';
import { lineBefore } from '../cursor';
import { indentStyle } from './indentStep';
import type { TextRule } from './rule';

/** Columns of a level where nothing tells. */
const USUAL = 4;

/** Leading blanks per level in lines that are indented with spaces: the smallest step, 2 to 8. */
function spacesPerLevel(lines: readonly string[]): number {
	const widths = lines.map(indentation).filter((width) => width > 1);
	return widths.length === 0 ? USUAL : Math.min(8, Math.min(...widths));
}

function withTabs(lines: readonly string[]): readonly string[] {
	const step = spacesPerLevel(lines.filter((line) => line.startsWith(' ')));
	return lines.map((line) => {
		const spaces = /^ +/.exec(line)?.[0].length ?? 0;
		return spaces < step
			? line
			: '\t'.repeat(Math.floor(spaces / step)) + line.slice(spaces - (spaces % step));
	});
}

function withSpaces(lines: readonly string[], width: number): readonly string[] {
	return lines.map((line) => line.replace(/^\t+/, (tabs) => ' '.repeat(tabs.length * width)));
}

export const indentCharacter: TextRule = {
	type: 'text',
	name: 'tabs-or-spaces',
	reason: 'nothing-to-add',
	apply: (text, { cursor }) => {
		const lines = text.split('\n');
		// The first piece is indented by the text only where nothing stands before it.
		const kept = lineBefore(cursor) === '' ? [] : lines.splice(0, 1);
		const { character, width } = indentStyle(cursor);
		switch (character) {
			case 'tab':
				return [...kept, ...withTabs(lines)].join('\n');
			case 'space':
				return [...kept, ...withSpaces(lines, width ?? USUAL)].join('\n');
			default:
				return text;
		}
	},
};
