/** Tests of the folder that an exported adapter gets. */

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { freeFolder } from '../../../../src/finetune/adapters/exportFolder';

describe('finetune/adapters/exportFolder', () => {
	let folder: string;
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	it('is named after the adapter, and numbered where one is there', async () => {
		const names: string[] = [];
		for (let count = 0; count < 3; count++) {
			const free = await freeFolder(folder, 'my shop/1');
			fs.mkdirSync(free);
			names.push(path.relative(folder, free));
		}
		assert.deepEqual(names, ['my-shop-1-peft', 'my-shop-1-peft-2', 'my-shop-1-peft-3']);
	});

	it('counts a name in other letters as taken, as some disks do', async () => {
		fs.mkdirSync(path.join(folder, 'SHOP-peft'));
		assert.equal(path.basename(await freeFolder(folder, 'shop')), 'shop-peft-2');
	});
});
