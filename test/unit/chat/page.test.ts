/** Tests of what a page is told that comes and goes, and of what is loaded once. */

import assert from 'node:assert/strict';
import { Loaded, Page } from '../../../src/chat/page';

describe('chat/page', () => {
	it('is told at once while it is there, and otherwise when it comes, each thing once', () => {
		const heard: string[] = [];
		const page = new Page<string>((message) => heard.push(message));
		page.tell('early');
		assert.deepEqual(heard, []);
		page.arrived();
		page.tell('shown');
		assert.deepEqual(heard, ['early', 'shown']);
		page.gone();
		page.tell('hidden');
		assert.deepEqual(heard, ['early', 'shown']);
		page.arrived();
		page.arrived();
		assert.deepEqual(heard, ['early', 'shown', 'hidden']);
	});

	it('loads once, and again after a failure', async () => {
		let loads = 0;
		const loaded = new Loaded(async () => {
			loads++;
			if (loads === 1) {
				throw new Error('disk');
			}
			return loads;
		});
		const used: number[] = [];
		loaded.with((one) => used.push(one));
		assert.equal(loads, 0);
		const failing = loaded.get();
		loaded.with((one) => used.push(one));
		await assert.rejects(failing, /disk/);
		assert.equal(await loaded.get(), 2);
		assert.equal(await loaded.get(), 2);
		loaded.with((one) => used.push(one));
		await Promise.resolve();
		assert.deepEqual(used, [2]);
	});
});
