/** Old indexes are deleted; those that are used, or are none, are not. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { removeOldIndexes } from '../../../../src/chat/retrieval/oldIndexes';

describe('old indexes', () => {
	let folder = '';
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-old-'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	it('deletes what nobody used for 90 days', async () => {
		const day = 24 * 60 * 60;
		const now = Date.now();
		const name = (letter: string) => `${letter.repeat(32)}.index`;
		for (const [file, days] of [
			[name('a'), 100],
			[`${name('a')}.vectors`, 100],
			[name('b'), 100],
			[`${name('b')}.vectors`, 100],
			[name('c'), 80],
			['notes.txt', 100],
		] as const) {
			fs.writeFileSync(path.join(folder, file), '');
			fs.utimesSync(path.join(folder, file), now / 1_000 - days * day, now / 1_000 - days * day);
		}
		await removeOldIndexes(path.join(folder, name('a')), now);
		const left = [name('a'), `${name('a')}.vectors`, name('c'), 'notes.txt'];
		assert.deepEqual(fs.readdirSync(folder).sort(), left);
		// Its own counts as used today.
		await removeOldIndexes(path.join(folder, name('c')), now + 30 * day * 1_000);
		assert.deepEqual(fs.readdirSync(folder).sort(), left);
	});

	it('does nothing where there is no folder', async () => {
		await removeOldIndexes(path.join(folder, 'none', 'x.index'));
	});
});
