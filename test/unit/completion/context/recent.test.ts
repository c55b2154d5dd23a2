/** The ring of places seen before: bounded, without twins, and following what is typed above them. */
import * as assert from 'node:assert/strict';
import type { ContextDocument } from '../../../../src/completion/context/chunk';
import { Recent } from '../../../../src/completion/context/recent';
import { contextHouse } from '../../../support/fakeContext';

/** Lines that nothing else has. */
function lines(name: string, count = 12): string {
	return Array.from({ length: count }, (_, index) => `${name}${index}(${name}Argument${index});`).join('\n');
}

function house() {
	const all = contextHouse();
	const recent = new Recent(all.library);
	const place = all.at('const a = █');
	return {
		...all,
		recent,
		place,
		paths: async () => (await recent.gather(place, all.box())).map(({ path }) => path),
	};
}

describe('context: recent', () => {
	it('offers what was seen, the last first, with the best score', async () => {
		const { recent, place, box, open } = house();
		recent.touch(open('src/one.ts', lines('one')), 4);
		recent.touch(open('src/two.ts', lines('two')), 4);
		const chunks = await recent.gather(place, box());
		assert.deepEqual(
			chunks.map(({ path, text }) => [path, text]),
			[
				['src/two.ts', lines('two')],
				['src/one.ts', lines('one')],
			],
		);
		assert.ok((chunks[0]?.score ?? 0) > (chunks[1]?.score ?? 1));
	});

	it('keeps sixteen places', async () => {
		const { recent, paths, open } = house();
		for (let index = 0; index < 40; index++) {
			recent.touch(open(`src/${index}.ts`, lines(`name${index}n`)), 2);
		}
		assert.deepEqual((await paths()).slice(0, 2), ['src/39.ts', 'src/38.ts']);
		assert.equal((await paths()).length, 16);
	});

	it('keeps one of places that say the same', async () => {
		const { recent, paths, open } = house();
		recent.touch(open('src/copy.ts', `${lines('same')}\nlast(thing);`), 4);
		recent.touch(open('src/other.ts', lines('other')), 4);
		recent.touch(open('src/original.ts', lines('same')), 4);
		assert.deepEqual(await paths(), ['src/original.ts', 'src/other.ts']);
	});

	it('keeps a place as it was when somebody moves a few lines, so that its text stays', async () => {
		const { recent, place, box, open } = house();
		const document = open('src/one.ts', lines('one', 200));
		recent.touch(document, 100);
		const [before] = await recent.gather(place, box());
		recent.touch(document, 110);
		const after = await recent.gather(place, box());
		assert.deepEqual(
			after.map(({ text }) => text),
			[before?.text],
		);
	});

	it('follows its lines when some are written or removed above, and shows what is written in them', async () => {
		const { recent, place, box, open } = house();
		const document = open('src/one.ts', lines('one', 200));
		recent.touch(document, 100);
		const text = async () => (await recent.gather(place, box()))[0]?.text ?? '';
		const before = await text();
		document.replace(10, 11, 'a();\nb();\nc();');
		recent.changed(document.uri, { start: 10, end: 11 }, 3);
		assert.equal(await text(), before);
		document.replace(20, 30, 'less();');
		recent.changed(document.uri, { start: 20, end: 30 }, 1);
		assert.equal(await text(), before);
		document.replace(93, 94, 'rewritten();');
		recent.changed(document.uri, { start: 93, end: 94 }, 1);
		assert.match(await text(), /rewritten/);
	});

	it('leaves out what the prompt shows anyway, and what says nothing', async () => {
		const { recent, place, editor, paths, open } = house();
		const [own] = editor.open;
		assert.ok(own !== undefined && own.uri === place.cursor.uri);
		recent.touch(own, 0);
		recent.touch(open('src/empty.ts', '{\n}\n{\n}\n;'), 1);
		assert.deepEqual(await paths(), []);
	});

	it('counts places in another language half', async () => {
		const { recent, place, box, open } = house();
		recent.touch(open('notes.md', lines('note')), 4);
		assert.equal((await recent.gather(place, box()))[0]?.score, 0.5);
	});

	it('survives that a document has lost its lines', async () => {
		const { recent, paths, open } = house();
		const document = open('src/one.ts', lines('one', 200));
		recent.touch(document, 150);
		document.replace(3, 200, 'end();');
		recent.changed(document.uri, { start: 3, end: 200 }, 1);
		assert.deepEqual(await paths(), ['src/one.ts']);
		const gone: ContextDocument = open('src/gone.ts', '');
		recent.touch(gone, 40);
		assert.deepEqual(await paths(), ['src/one.ts']);
	});

	it('reads what was closed from the disk as it is there now, and forgets what is gone', async () => {
		const { recent, place, box, editor, clock, open, paths } = house();
		const document = open('src/one.ts', lines('one'));
		recent.touch(document, 4);
		recent.touch(open('src/two.ts', lines('two')), 4);
		editor.open = editor.open.filter(({ path }) => path === place.cursor.path);
		editor.disk.set('src/one.ts', lines('checkedOut'));
		const chunks = await recent.gather(place, box());
		assert.deepEqual(
			chunks.map(({ path, text }) => [path, text]),
			[['src/one.ts', lines('checkedOut')]],
		);
		editor.disk.clear();
		await clock.pass(60_000);
		assert.deepEqual(await paths(), []);
	});
});
