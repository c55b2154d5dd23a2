/** Tests of the page of an edit as its file: who asks about the code meanwhile means that. */

import assert from 'node:assert/strict';
import { fileOf, pageQuery, shownFile } from '../../../src/chat/pageFile';
import { PAGE_SCHEME } from '../../../src/manifest';

const document = (scheme: string, path: string, lines: readonly string[], query = '') => ({
	uri: { scheme, query, toString: () => `${scheme}:${path}` },
	lineCount: lines.length,
	lineAt: (line: number) => ({ text: lines[line] ?? '' }),
});
const file = document('file', '/a.ts', ['one', 'two', 'three']);
const page = document(PAGE_SCHEME, '/Familiar: a.ts', ['one', 'two', 'TWO', 'three'], pageQuery(file.uri, 3));

/** A selection from and to line and character. */
function selected(start: readonly [number, number], end: readonly [number, number]) {
	const place = ([line, character]: readonly [number, number]) => ({ line, character });
	return {
		start: place(start),
		end: place(end),
		active: place(end),
		isEmpty: start.join() === end.join(),
	};
}

describe('chat/pageFile', () => {
	it('knows the file of a page', () => {
		assert.equal(fileOf(page.uri), 'file:/a.ts');
		assert.equal(fileOf(file.uri), 'file:/a.ts');
		for (const query of ['', '3', '{"file": 1}', '[]']) {
			const other = document(PAGE_SCHEME, '/b.ts', [], query);
			assert.equal(fileOf(other.uri), `${PAGE_SCHEME}:/b.ts`);
		}
		assert.notEqual(pageQuery(file.uri, 3), pageQuery(file.uri, 4));
	});

	it('means the lines of the file that the page has, and the one below of those that come', () => {
		const shown = shownFile({ document: page, selection: selected([1, 1], [3, 5]) }, [page, file]);
		assert.equal(shown?.document, file);
		assert.deepEqual(shown.selection, selected([1, 1], [2, 5]));
		const added = shownFile({ document: page, selection: selected([2, 3], [2, 3]) }, [file]);
		assert.deepEqual(added?.selection, selected([2, 3], [2, 3]));
	});

	it('leaves everything else as it is, and has nothing to say of a page whose file is closed', () => {
		const editor = { document: file, selection: selected([1, 0], [2, 0]) };
		assert.equal(shownFile(editor, []), editor);
		assert.equal(shownFile(undefined, [file]), undefined);
		assert.equal(shownFile({ document: page, selection: selected([0, 0], [0, 0]) }, [page]), undefined);
	});
});
