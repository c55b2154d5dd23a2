/** What bench:quality makes of a hole: the place in an editor, and the marks of what is shown. */
import * as assert from 'node:assert/strict';
import type { HeldOutFile } from '../../../models/recipe/evaluate/heldOut';
import { qualityHoles } from '../../bench/qualityHoles';
import { marksOf, sideFigures } from '../../bench/qualityMarks';
import { placeAt, ringOf } from '../../bench/qualityPlace';

function file(path: string, text: string): HeldOutFile {
	return { package: 'a', language: 'javascript', path, text, measured: text.length };
}

const body = Array.from({ length: 120 }, (_, index) => `export const value${index} = ${index};`).join('\n');
const main = file(
	'src/main.js',
	`import { other } from './other.js';\nexport function f() {\n\treturn other(1);\n}\n`,
);
const other = file('src/other.js', body);
const start = main.text.indexOf('other(1)');
const hole = { file: main, start, end: start + 'other(1);'.length, kind: 'tail', ends: true } as const;

describe('quality holes', () => {
	it('stand at the cursor, cut out of their file', () => {
		const { cursor, files, opened } = placeAt(hole, [main, other]);
		assert.ok(cursor.before.endsWith('\treturn ') && cursor.after.startsWith('\n}'));
		assert.ok(!files.some(({ text }) => text.includes('other(1)')));
		assert.deepEqual(opened, ['src/other.js']);
	});

	it('give the peer the same places in its ring', () => {
		const place = placeAt(hole, [main, other]);
		const [chunk] = ringOf(place);
		assert.equal(chunk?.filename, 'src/other.js');
		assert.ok((chunk?.text.split('\n').length ?? 0) <= 65);
	});

	it('are drawn of each kind, the same again', () => {
		const text = Array.from(
			{ length: 200 },
			(_, index) =>
				`function f${index}(amount) {\n\tconst whole = call(amount, ${index});\n\tremember(whole, amount);\n\treturn whole + amount;\n}\n`,
		).join('\n');
		const holes = qualityHoles([file('a.js', text)], 9);
		assert.deepEqual(new Set(holes.map(({ kind }) => kind)), new Set(['tail', 'block', 'span']));
		assert.deepEqual(qualityHoles([file('a.js', text)], 9), holes);
	});

	it('are marked by what is shown', async () => {
		const [right, wrong, none] = await marksOf([hole, hole, hole], ['other(1);', 'other((2);', undefined]);
		assert.deepEqual([right?.isExact, right?.hasSameNames, right?.isValid], [true, true, true]);
		assert.deepEqual([wrong?.isExact, wrong?.hasSameNames, wrong?.isValid], [false, true, false]);
		assert.deepEqual([none?.isShown, none?.isExact, none?.isValid], [false, false, undefined]);
	});

	it('come to shares of all, and of what is shown', async () => {
		const figures = sideFigures(await marksOf([hole, hole], ['other(1);', undefined]));
		assert.deepEqual([figures.exact, figures.shown, figures.valid], [0.5, 0.5, 1]);
	});
});
