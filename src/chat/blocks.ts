/** Finds the block of code around some lines, by indentation and brackets alone, so that it works in any language. */

import { leadingBlanks } from '../inference/indentation';

/** Lines from `start` up to and including `end`, from 0. */
export interface LineRange {
	readonly start: number;
	readonly end: number;
}

/** Lines of a block that are still shown to the model whole: a long function. */
const MAX_LINES = 60;

/** Columns of white space, a tab being as good as four. */
function depthOf(line: string): number {
	return leadingBlanks(line).replaceAll('\t', '    ').length;
}

function isBlank(lines: readonly string[], line: number): boolean {
	return (lines[line] ?? '').trim() === '';
}

/** Whether the line only closes something: `}`, `});`, `end`, `</div>`. */
function isCloser(line: string): boolean {
	return /^\s*(?:[)\]}>]|end\b|fi\b|done\b|esac\b|<\/)/.test(line);
}

/** The lines after `header` that are deeper than it, with the line that closes them. */
function bodyOf(lines: readonly string[], header: number): LineRange {
	const depth = depthOf(lines[header] ?? '');
	let end = header;
	for (let line = header + 1; line < lines.length; line++) {
		if (isBlank(lines, line)) {
			continue;
		}
		const text = lines[line] ?? '';
		if (depthOf(text) > depth) {
			end = line;
		} else {
			// `} else {` closes and opens again: the body goes on.
			if (depthOf(text) === depth && isCloser(text)) {
				end = line;
				if (/[{([:]\s*$|\bthen\s*$/.test(text)) {
					continue;
				}
			}
			break;
		}
	}
	return { start: header, end };
}

/** The nearest line above with less indentation, or undefined at the top level. */
function headerOf(lines: readonly string[], line: number): number | undefined {
	const depth = depthOf(lines[line] ?? '');
	for (let above = line - 1; above >= 0; above--) {
		const text = lines[above] ?? '';
		if (text.trim() !== '' && depthOf(text) < depth && !isCloser(text)) {
			return above;
		}
	}
	return undefined;
}

/** Lines around without a blank one between. */
function paragraphOf(lines: readonly string[], range: LineRange): LineRange {
	let { start, end } = range;
	while (start > 0 && !isBlank(lines, start - 1) && range.end - start < MAX_LINES / 2) {
		start--;
	}
	while (end < lines.length - 1 && !isBlank(lines, end + 1) && end - range.start < MAX_LINES / 2) {
		end++;
	}
	return { start, end };
}

/**
 * The largest block of at most 60 lines that holds the lines `start` to `end`, or at top level the paragraph around
 * them. A range that is larger itself is returned as it is.
 */
export function enclosingBlock(lines: readonly string[], start: number, end: number): LineRange {
	const last = Math.max(0, lines.length - 1);
	const asked = { start: Math.min(Math.max(0, start), last), end: Math.min(Math.max(start, end), last) };
	let header: number | undefined = asked.start;
	// A blank line has no indentation of its own.
	while (header > 0 && isBlank(lines, header)) {
		header--;
	}
	let best: LineRange | undefined;
	for (; header !== undefined; header = headerOf(lines, header)) {
		const body = bodyOf(lines, header);
		const block = { start: Math.min(header, asked.start), end: Math.max(body.end, asked.end) };
		if (block.end - block.start >= MAX_LINES) {
			break;
		}
		if (body.end > header) {
			best = block;
		}
	}
	if (best !== undefined) {
		return best;
	}
	const paragraph = paragraphOf(lines, asked);
	return paragraph.end - paragraph.start < MAX_LINES ? paragraph : asked;
}
