/** Tests of the way from the model's code to line edits. */

import assert from 'node:assert/strict';
import {
	applyLineEdits,
	indentForCursor,
	indentUnitOf,
	lineEdits,
	textReplacements,
} from '../../../src/chat/patch';

/** `edits`: start, number of lines removed, number of lines added. */
function check(
	name: string,
	old: readonly string[],
	code: string,
	expected: readonly string[],
	edits: readonly (readonly [number, number, number])[],
): void {
	it(name, () => {
		const found = lineEdits(old, code, undefined);
		assert.deepEqual(applyLineEdits(old, found), expected);
		assert.deepEqual(
			found.map((edit) => [edit.start, edit.removed, edit.lines.length]),
			edits,
		);
	});
}

/** What an editor would make of the replacements. */
function replaced(text: string, eol: string, edits: Parameters<typeof textReplacements>[1]): string {
	const lines = text.split(eol);
	const offset = (line: number, character: number) =>
		lines.slice(0, line).reduce((sum, one) => sum + one.length + eol.length, 0) + character;
	return textReplacements(lines, edits, eol)
		.toReversed()
		.reduce(
			(result, one) =>
				result.slice(0, offset(one.startLine, one.startCharacter)) +
				one.text +
				result.slice(offset(one.endLine, one.endCharacter)),
			text,
		);
}

describe('chat/patch', () => {
	check('changes one line of three', ['a', 'b', 'c'], 'a\nB\nc', ['a', 'B', 'c'], [[1, 1, 1]]);
	check('changes nothing for the same code', ['\ta', '\t\tb'], 'a\n\tb', ['\ta', '\t\tb'], []);
	check('changes nothing for no code', ['a'], '\n\n', ['a'], []);
	check('adds lines', ['a', 'c'], 'a\nb\nc', ['a', 'b', 'c'], [[1, 0, 1]]);
	check('removes lines', ['a', 'b', 'c'], 'a\nc', ['a', 'c'], [[1, 1, 0]]);
	check(
		'makes two edits of two places',
		['a', 'b', 'c', 'd'],
		'A\nb\nc\nD',
		['A', 'b', 'c', 'D'],
		[
			[0, 1, 1],
			[3, 1, 1],
		],
	);
	check(
		'indents as deep as the old lines',
		['    if (x) {', '        y();', '    }'],
		'if (x) {\n    z();\n}',
		['    if (x) {', '        z();', '    }'],
		[[1, 1, 1]],
	);
	check(
		'writes tabs where the file has tabs',
		['\tif (x) {', '\t\ty();', '\t}'],
		'if (x) {\n  if (q) {\n    z();\n  }\n}',
		['\tif (x) {', '\t\tif (q) {', '\t\t\tz();', '\t\t}', '\t}'],
		[[1, 1, 3]],
	);
	check(
		'indents a first line whose indentation got lost',
		['  f() {', '    a;', '  }'],
		'f() {\n    b;\n  }',
		['  f() {', '    b;', '  }'],
		[[1, 1, 1]],
	);
	check('does not touch white space at the end of lines', ['a  ', 'b'], 'a\nB', ['a  ', 'B'], [[1, 1, 1]]);
	check('keeps blank lines around', ['', 'a', ''], 'b', ['', 'b', ''], [[1, 1, 1]]);
	check('reads CRLF', ['a', 'b'], 'a\r\nc\r\n', ['a', 'c'], [[1, 1, 1]]);

	it('finds the unit of indentation', () => {
		assert.equal(indentUnitOf(['a', '\tb']), '\t');
		assert.equal(indentUnitOf(['  a', '      b', '    c']), '  ');
		assert.equal(indentUnitOf(['a', 'b']), undefined);
	});

	for (const eol of ['\n', '\r\n']) {
		for (const [old, code] of [
			['a|b|c', 'a\nX\nc'],
			['a|b|c', 'a\nb'],
			['a|b|c', 'a\nb\nc\nd\ne'],
			['a', 'b\nc'],
			['a|b|', 'a\nB'],
			['😀 é|שלום|z', '😀 é\nשלום!\nz'],
		] as const) {
			it(`replaces text as lines, ${JSON.stringify(eol)} ${old} → ${JSON.stringify(code)}`, () => {
				const lines = old.split('|');
				const edits = lineEdits(lines, code, undefined);
				assert.ok(edits.length > 0);
				assert.equal(replaced(lines.join(eol), eol, edits), applyLineEdits(lines, edits).join(eol));
			});
		}
	}

	it('indents code for the cursor', () => {
		assert.equal(indentForCursor('a {\n  b\n}', '\t'), 'a {\n\t  b\n\t}');
		assert.equal(indentForCursor('a {\n  b\n}', 'x = '), 'a {\n  b\n}');
		assert.equal(indentForCursor('a', '\t'), 'a');
	});
});
