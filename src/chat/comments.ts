/** The comment at the cursor that says what to write, in the comment syntax of its language. */

import { leadingBlanks } from '../inference/indentation';
import { indentUnitOf, type LineEdit, reindent } from './patch';

interface InstructionComment {
	/** What it says, without comment marks, in one line. */
	readonly text: string;
	/** First and last line of it, from 0. */
	readonly start: number;
	readonly end: number;
	/** White space before it: what is written below starts with the same. */
	readonly indentation: string;
}

interface Syntax {
	readonly line: readonly string[];
	readonly block: readonly (readonly [open: string, close: string])[];
}

const C_LIKE: Syntax = { line: ['///', '//!', '//'], block: [['/*', '*/']] };
const HASH: Syntax = { line: ['#'], block: [] };
const MARKUP: Syntax = { line: [], block: [['<!--', '-->']] };
const DASHES: Syntax = { line: ['--'], block: [['/*', '*/']] };
const LISP: Syntax = { line: [';'], block: [['#|', '|#']] };
const PERCENT: Syntax = { line: ['%'], block: [] };

/** Languages whose comments are not C's. */
const SYNTAXES: Readonly<Record<string, Syntax>> = {
	python: {
		line: ['#'],
		block: [
			['"""', '"""'],
			["'''", "'''"],
		],
	},
	ruby: { line: ['#'], block: [['=begin', '=end']] },
	perl: HASH,
	r: HASH,
	shellscript: HASH,
	powershell: { line: ['#'], block: [['<#', '#>']] },
	makefile: HASH,
	dockerfile: HASH,
	yaml: HASH,
	toml: HASH,
	elixir: HASH,
	julia: { line: ['#'], block: [['#=', '=#']] },
	coffeescript: HASH,
	php: { line: ['//', '#'], block: [['/*', '*/']] },
	sql: DASHES,
	haskell: { line: ['--'], block: [['{-', '-}']] },
	elm: { line: ['--'], block: [['{-', '-}']] },
	lua: { line: ['--'], block: [['--[[', ']]']] },
	ada: DASHES,
	html: MARKUP,
	xml: MARKUP,
	markdown: MARKUP,
	vue: {
		line: ['//'],
		block: [
			['<!--', '-->'],
			['/*', '*/'],
		],
	},
	svelte: {
		line: ['//'],
		block: [
			['<!--', '-->'],
			['/*', '*/'],
		],
	},
	css: { line: [], block: [['/*', '*/']] },
	clojure: LISP,
	lisp: LISP,
	scheme: LISP,
	latex: PERCENT,
	tex: PERCENT,
	erlang: PERCENT,
	matlab: { line: ['%'], block: [['%{', '%}']] },
	vb: { line: ["'"], block: [] },
	ini: { line: [';', '#'], block: [] },
	bat: { line: ['REM ', 'rem ', '::'], block: [] },
	fsharp: { line: ['//'], block: [['(*', '*)']] },
	ocaml: { line: [], block: [['(*', '*)']] },
	pascal: {
		line: ['//'],
		block: [
			['(*', '*)'],
			['{', '}'],
		],
	},
};

/** Lines that a block comment may be long; further away none is looked for. */
const MAX_LINES = 40;

function lineCommentText(line: string, syntax: Syntax): string | undefined {
	const trimmed = line.trim();
	const mark = syntax.line.find((candidate) => trimmed.startsWith(candidate));
	return mark === undefined ? undefined : trimmed.slice(mark.length).trim();
}

function lineComment(lines: readonly string[], line: number, syntax: Syntax): InstructionComment | undefined {
	const textAt = (at: number) => lineCommentText(lines[at] ?? '', syntax);
	if (textAt(line) === undefined) {
		return undefined;
	}
	let start = line;
	while (start > 0 && textAt(start - 1) !== undefined) {
		start--;
	}
	let end = line;
	while (end < lines.length - 1 && textAt(end + 1) !== undefined) {
		end++;
	}
	const texts = lines.slice(start, end + 1).map((text) => lineCommentText(text, syntax) ?? '');
	return commentOf(texts, start, end, lines);
}

function blockComment(
	lines: readonly string[],
	line: number,
	syntax: Syntax,
): InstructionComment | undefined {
	for (const [open, close] of syntax.block) {
		for (let start = line; start >= Math.max(0, line - MAX_LINES); start--) {
			const first = (lines[start] ?? '').trim();
			if (start < line && first.includes(close) && !(first.startsWith(open) && open === close)) {
				break;
			}
			if (!first.startsWith(open)) {
				continue;
			}
			const end = lines.findIndex((text, at) => {
				const body = at === start ? text.trim().slice(open.length) : text;
				return at >= start && at <= start + MAX_LINES && body.includes(close);
			});
			// Code after the end of the comment means that it stands inside a line of code.
			if (end < line || !(lines[end] ?? '').trimEnd().endsWith(close)) {
				continue;
			}
			const texts = lines.slice(start, end + 1).map((text) => text.trim());
			texts[0] = (texts[0] ?? '').slice(open.length);
			const lastText = texts.at(-1) ?? '';
			texts[texts.length - 1] = lastText.slice(0, lastText.lastIndexOf(close));
			return commentOf(
				texts.map((text) => text.replace(/^[*!]+\s?/, '').trim()),
				start,
				end,
				lines,
			);
		}
	}
	return undefined;
}

function commentOf(
	texts: readonly string[],
	start: number,
	end: number,
	lines: readonly string[],
): InstructionComment | undefined {
	const text = texts
		.filter((part) => part !== '')
		.join(' ')
		.trim();
	return text === '' ? undefined : { text, start, end, indentation: leadingBlanks(lines[start] ?? '') };
}

/** The comment on the line, or, from a blank line, the one directly above it. */
export function commentAt(
	lines: readonly string[],
	line: number,
	languageId: string,
): InstructionComment | undefined {
	const syntax = SYNTAXES[languageId] ?? C_LIKE;
	const at = (lines[line] ?? '').trim() === '' && line > 0 ? line - 1 : line;
	return lineComment(lines, at, syntax) ?? blockComment(lines, at, syntax);
}

/** The code without the comment that it was asked for, or the last lines of it, which models like to repeat. */
function withoutComment(code: readonly string[], comment: readonly string[]): readonly string[] {
	const start = code.findIndex((line) => line.trim() !== '');
	const from = comment.findIndex((_, index) =>
		comment.slice(index).every((line, offset) => code[start + offset]?.trim() === line.trim()),
	);
	return start < 0 || from < 0 ? code : code.slice(start + comment.length - from);
}

/** The edit that puts the code below the comment, as deep as the comment; none for code without a line of text. */
export function generatedEdits(
	lines: readonly string[],
	comment: InstructionComment,
	code: string,
): LineEdit[] {
	const written = withoutComment(code.split('\n'), lines.slice(comment.start, comment.end + 1));
	const first = written.findIndex((line) => line.trim() !== '');
	if (first < 0) {
		return [];
	}
	const moved = reindent(written.slice(first), comment.indentation, indentUnitOf(lines));
	return [{ start: comment.end + 1, removed: 0, lines: moved }];
}
