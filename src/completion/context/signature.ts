/** The signature of what a document declares: what a caller needs to know, without bodies. */

import type { Lines } from '../cursor';
import { textOf } from './chunk';
import type { Declared } from './editor';

/** Lines of a header: a function with one parameter a line. */
const HEADER = 8;
/** Lines of a shape, which is its own signature. */
const SHAPE = 24;
const MOST_MEMBERS = 16;
/** Characters of a value's line: the rest is data. */
const VALUE = 120;

/** As it stands in the document, indentation too. */
export function signature(lines: Lines, declared: Declared): string {
	switch (declared.kind) {
		case 'function':
			return header(lines, declared);
		case 'container': {
			const members = declared.members
				.filter((member) => !isPrivate(lines.lineAt(member.start), member.name))
				.slice(0, MOST_MEMBERS)
				.map((member) => signature(lines, member));
			return [header(lines, declared), ...members].join('\n');
		}
		case 'shape':
			return textOf(lines, { start: declared.start, end: Math.min(declared.end, declared.start + SHAPE) });
		case 'value':
			return valueLine(lines, declared);
		default:
			return declared.kind satisfies never;
	}
}

/** Up to where the body begins. */
function header(lines: Lines, { start }: Declared): string {
	const kept: string[] = [];
	for (let line = start; line < Math.min(start + HEADER, lines.lineCount); line++) {
		const text = lines.lineAt(line).trimEnd();
		const body = /\s*(?:=>\s*)?\{$|\s*=>.*$|\s*\{\s.*$|;$/.exec(text);
		if (body !== null && isClosed([...kept, text.slice(0, body.index)].join('\n'))) {
			kept.push(text.slice(0, body.index));
			break;
		}
		kept.push(text);
		if (/:$/.test(text) && isClosed(kept.join('\n'))) {
			break;
		}
		if (isClosed(kept.join('\n')) && !/[,=(|&]$/.test(text) && /[)\]}>\w]$/.test(text)) {
			// Braces on a line of their own.
			break;
		}
	}
	return kept.join('\n');
}

/** Round brackets only: all a header may leave open for its next line. */
function isClosed(text: string): boolean {
	return text.split('(').length <= text.split(')').length;
}

/** A function that is kept in a name has a header; other values show how they begin. */
function valueLine(lines: Lines, declared: Declared): string {
	const text = lines.lineAt(declared.start).trimEnd();
	if (/=\s*(?:async\s*)?(?:\(|\w+\s*=>|function\b)/.test(text)) {
		return header(lines, declared);
	}
	return text.length <= VALUE ? text : `${text.slice(0, VALUE)}…`;
}

function isPrivate(line: string, name: string): boolean {
	return /^\s*private\b/.test(line) || /^(?:#|_(?!_init__))/.test(name);
}
