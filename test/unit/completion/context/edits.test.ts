/** Recent edits as hunks: what stood there, what stands there now, wherever it has moved meanwhile. */
import * as assert from 'node:assert/strict';
import { Edits } from '../../../../src/completion/context/edits';
import { contextHouse, FAKE_KEY, FakeDocument } from '../../../support/fakeContext';

const TEXT = Array.from({ length: 60 }, (_, index) => `line${index}();`).join('\n');

function house(text = TEXT) {
	const all = contextHouse();
	const edits = new Edits(all.library, all.clock);
	const place = all.at('const a = █');
	const document = new FakeDocument('src/other.ts', text);
	edits.see(document);
	return {
		...all,
		edits,
		place,
		document,
		edit(start: number, end: number, written: string, of = document) {
			edits.changed(of, [of.replace(start, end, written)]);
		},
		texts: async () => (await edits.gather(place, all.box())).map(({ text }) => text),
	};
}

describe('context: edits', () => {
	it('shows a changed line with two lines around', async () => {
		const { edits, edit, place, box } = house();
		edit(10, 11, 'renamed10();');
		const chunks = await edits.gather(place, box());
		assert.deepEqual(
			chunks.map(({ path, text }) => [path, text.split('\n')]),
			[
				[
					'src/other.ts.diff',
					[' line8();', ' line9();', '-line10();', '+renamed10();', ' line11();', ' line12();'],
				],
			],
		);
	});

	it('joins what was typed letter by letter, and what touches', async () => {
		const { edit, texts } = house();
		for (const typed of ['a', 'ab', 'abc();']) {
			edit(10, 11, typed);
		}
		edit(11, 12, 'def();\nghi();');
		assert.deepEqual(await texts(), [
			' line8();\n line9();\n-line10();\n-line11();\n+abc();\n+def();\n+ghi();\n line12();\n line13();',
		]);
	});

	it('knows where an edit is after lines above it came and went, the last edit first', async () => {
		const { edit, texts, clock } = house();
		edit(30, 31, 'first();');
		await clock.pass(1);
		edit(5, 6, 'a();\nb();\nc();');
		assert.deepEqual(await texts(), [
			' line3();\n line4();\n-line5();\n+a();\n+b();\n+c();\n line6();\n line7();',
			' line28();\n line29();\n-line30();\n+first();\n line31();\n line32();',
		]);
	});

	it('shows nothing of what was undone', async () => {
		const { edit, texts } = house();
		edit(10, 11, 'renamed10();');
		edit(10, 11, 'line10();');
		assert.deepEqual(await texts(), []);
	});

	it('shows nothing of what is typed right here', async () => {
		const { edits, at, library, clock, box } = { ...house(), ...contextHouse() };
		const own = new Edits(library, clock);
		const place = at(`${TEXT}\nconst a = █`);
		const document = new FakeDocument('src/sample.ts', `${TEXT}\nconst a = `);
		own.see(document);
		own.changed(document, [document.replace(60, 61, 'const a = b')]);
		own.changed(document, [document.replace(10, 11, 'renamed10();')]);
		assert.equal((await own.gather(place, box())).length, 1);
		assert.deepEqual(await edits.gather(place, box()), []);
	});

	it('keeps eight hunks, none older than ten minutes, none of a paste', async () => {
		const { edit, texts, clock } = house(Array(200).fill('line();').join('\n'));
		for (let index = 0; index < 12; index++) {
			edit(index * 10, index * 10 + 1, `edit${index}();`);
			await clock.pass(1);
		}
		edit(150, 151, TEXT);
		const found = await texts();
		assert.equal(found.length, 8);
		assert.match(found[0] ?? '', /edit11/);
		await clock.pass(600_000);
		assert.deepEqual(await texts(), []);
	});

	it('begins anew where it missed an edit', async () => {
		const { document, edit, texts } = house();
		document.replace(0, 1, 'unheard();\nof();');
		edit(10, 11, 'renamed10();');
		assert.deepEqual(await texts(), []);
		edit(20, 21, 'renamed20();');
		assert.equal((await texts()).length, 1);
	});

	it('never shows a secret, written or removed', async () => {
		const { edit, texts } = house();
		edit(10, 11, `const key = '${FAKE_KEY}';`);
		assert.deepEqual(await texts(), []);
		const removed = house(TEXT.replace('line10();', `const key = '${FAKE_KEY}';`));
		removed.edit(10, 11, 'const key = process.env.KEY;');
		assert.deepEqual(await removed.texts(), []);
		const block = house(
			TEXT.replace('line10();', 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj'),
		);
		block.edit(10, 11, 'gone();');
		assert.deepEqual(await block.texts(), []);
	});
});
