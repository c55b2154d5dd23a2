/** What may never be context: secrets, what is excluded, what lies elsewhere, and what is no ordinary text. */
import * as assert from 'node:assert/strict';
import { type ContextDocument, documentFrom } from '../../../../src/completion/context/chunk';
import { isHarmless } from '../../../../src/completion/context/guard';
import { contextHouse, FAKE_KEY, FakeDocument } from '../../../support/fakeContext';

function document(path: string, text: string, isInWorkspace = true): ContextDocument {
	const fullPath = `/repository/${path}`;
	return documentFrom({ uri: `file://${fullPath}`, path, fullPath, version: 1, isInWorkspace }, text);
}

function house() {
	const all = contextHouse({
		excluded: (path) => (path.includes('/private/') ? 'A rule says so.' : undefined),
	});
	const place = all.at('const a = █');
	return { ...all, admits: (one: ContextDocument) => all.guard.admits(one, place, all.box()) };
}

const FILLER = Array.from({ length: 3_000 }, (_, index) => `line${index}();`).join('\n');

describe('context: guard', () => {
	for (const [why, one, expected] of [
		['an ordinary file', document('src/a.ts', FILLER), true],
		['an ordinary configuration', document('config.json', '{ "port": 80 }'), true],
		['a file with a secret name', document('.env', 'A=b'), false],
		['a file in a secret folder', document('.ssh/config', 'Host a'), false],
		['an excluded file', document('private/a.ts', 'a();'), false],
		['a file outside of the workspace', document('lib/a.ts', 'a();', false), false],
		['a loose file beside the one that is written', document('src/b.ts', 'a();', false), true],
		['a file with a key in it', document('src/key.ts', `${FILLER}\nconst key = '${FAKE_KEY}';`), false],
		['a binary file', document('src/a.ts', 'a\0b'), false],
		['a minified file', document('src/a.js', 'a();'.repeat(1_000)), false],
		['a huge file', document('src/a.ts', `${'a'.repeat(100)}\n`.repeat(4_100)), false],
		['a file of very many lines', document('src/a.ts', 'a();\n'.repeat(10_001)), false],
	] as const) {
		it(`${expected ? 'admits' : 'turns away'} ${why}`, async () => {
			assert.equal(await house().admits(one), expected);
		});
	}

	it('finds a key wherever it lies, between two pieces as well', async () => {
		const { admits } = house();
		const line = `const key = '${FAKE_KEY}';`;
		for (let before = 8_100; before <= 8_300; before += 5) {
			const filler = `${'/'.repeat(79)}\n`.repeat(200).slice(0, before);
			assert.equal(await admits(document(`src/${before}.ts`, `${filler}\n${line}\n`)), false, `${before}`);
		}
	});

	it('looks again when the text is another', async () => {
		const { admits } = house();
		const one = new FakeDocument('src/a.ts', 'a();');
		assert.equal(await admits(one), true);
		const reads = one.reads;
		assert.equal(await admits(one), true);
		assert.equal(one.reads, reads);
		one.replace(0, 1, `const key = '${FAKE_KEY}';`);
		assert.equal(await admits(one), false);
		one.replace(0, 1, 'a();');
		assert.equal(await admits(one), true);
	});

	it('looks again when it was closed and opened again, under the same version', async () => {
		const { admits, guard } = house();
		assert.equal(await admits(document('src/a.ts', 'a();')), true);
		const again = document('src/a.ts', `const key = '${FAKE_KEY}';`);
		guard.closed(again.uri);
		assert.equal(await admits(again), false);
	});

	it('knows nothing of what it had no time to read', async () => {
		const { guard, at, box } = contextHouse();
		const place = at('█');
		const one = document('src/a.ts', FILLER);
		assert.equal(await guard.admits(one, place, box(0)), false);
		assert.equal(await guard.admits(one, place, box()), true);
	});

	it('sees the middle of a key for what it is', () => {
		const row = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj';
		assert.equal(isHarmless(`	'${row}',`), false);
		assert.equal(isHarmless(`-${row}`), false);
		assert.equal(isHarmless('export function aLongNameThatSaysWhatItDoesAndWhy(): void'), true);
		assert.equal(isHarmless(`token = '${FAKE_KEY}'`), false);
	});
});
