/** Tests of the choice of number formats: by what was measured, once for a device and a shape. */

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { readShape } from '../../../../src/finetune/architectures/shape';
import {
	DEFAULT_KERNELS,
	type Kernels,
	kernelsOf,
	type ProductTimes,
} from '../../../../src/finetune/training/kernels';
import { readGgufFile } from '../../../../src/inference/gguf/gguf';
import { SMALLEST_MODEL, writeRandomModel } from '../../../support/randomModel';

describe('finetune/training/kernels', () => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-kernels-'));
	after(() => fs.rmSync(folder, { recursive: true }));
	const file = path.join(folder, 'model.gguf');
	writeRandomModel(file, SMALLEST_MODEL);
	const shape = readShape(readGgufFile(file));
	const device = (description: string, isCpu = true) => ({ description, isCpu, ggml: { version: '1' } });
	const equal: ProductTimes = { copies: { Q8_0: 10, BF16: 10 }, products: { F32: 10, BF16: 10 } };
	let asked = 0;
	const choose = (times: ProductTimes, one: ReturnType<typeof device>, cache: string, began?: Kernels) =>
		kernelsOf(one, shape, cache, began, () => {
			asked++;
			return times;
		});
	const freshCache = () => fs.mkdtempSync(path.join(folder, 'cache-'));

	const cases: readonly [name: string, times: ProductTimes, chosen: Kernels][] = [
		['takes the small ones where all are as fast', equal, { copies: 'Q8_0', products: 'F32' }],
		[
			'takes BF16 copies that are faster by more than 15 %',
			{ ...equal, copies: { Q8_0: 11.6, BF16: 10 } },
			{ copies: 'BF16', products: 'F32' },
		],
		['not by less', { ...equal, copies: { Q8_0: 11.4, BF16: 10 } }, { copies: 'Q8_0', products: 'F32' }],
		[
			'takes BF16 products that are faster by more than 15 %',
			{ ...equal, products: { F32: 11.6, BF16: 10 } },
			{ copies: 'Q8_0', products: 'BF16' },
		],
		['not by less', { ...equal, products: { F32: 11.4, BF16: 10 } }, { copies: 'Q8_0', products: 'F32' }],
	];
	for (const [name, times, chosen] of cases) {
		it(name, async () => assert.deepEqual(await choose(times, device('one'), freshCache()), chosen));
	}

	it('measures once for a device, and again for another', async () => {
		const cache = freshCache();
		const faster: ProductTimes = { ...equal, copies: { Q8_0: 20, BF16: 10 } };
		asked = 0;
		assert.equal((await choose(faster, device('one'), cache)).copies, 'BF16');
		assert.equal((await choose(equal, device('one'), cache)).copies, 'BF16');
		assert.equal((await choose(equal, device('another'), cache)).copies, 'Q8_0');
		assert.equal(asked, 2);
	});

	it('measures anew where the cache is damaged, and does without one that cannot be written', async () => {
		const cache = freshCache();
		fs.writeFileSync(path.join(cache, 'kernels.json'), '{"one": {"copies": "Q4_9"}}');
		assert.equal((await choose(equal, device('one'), cache)).copies, 'Q8_0');
		const blocked = path.join(cache, 'file');
		fs.writeFileSync(blocked, '');
		assert.equal((await choose(equal, device('one'), path.join(blocked, 'below'))).copies, 'Q8_0');
	});

	it('keeps to what a run began with, and measures nothing on a GPU', async () => {
		asked = 0;
		const began = { copies: 'BF16', products: 'BF16' } as const;
		assert.deepEqual(await choose(equal, device('one'), freshCache(), began), began);
		assert.deepEqual(await choose(equal, device('card', false), freshCache(), began), DEFAULT_KERNELS);
		assert.equal(asked, 0);
	});
});
