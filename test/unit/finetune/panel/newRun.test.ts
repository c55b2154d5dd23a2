/** The order of a new run: what its data are, and what it begins with. */

import assert from 'node:assert/strict';
import * as path from 'node:path';
import { writeDataset } from '../../../../src/finetune/dataset/datasetFile';
import { newRun } from '../../../../src/finetune/panel/newRun';
import { DEFAULT_SETTINGS } from '../../../../src/finetune/settings';
import { TestRuns } from '../../../support/fakeTrainer';
import { trainingData } from '../../../support/trainingData';

const never = new AbortController().signal;

describe('finetune/panel/newRun', () => {
	let runs: TestRuns;
	beforeEach(() => {
		runs = new TestRuns();
	});
	afterEach(() => runs.dispose());

	async function orderOf(start?: {
		readonly path: string;
		readonly basePath: string;
		readonly rank: number;
	}) {
		const { claim, order, notes } = await newRun(
			{
				name: 'shop',
				basePath: runs.base,
				settings: DEFAULT_SETTINGS,
				prepare: async (folder) => {
					const file = path.join(folder, 'dataset.fds');
					await writeDataset(file, trainingData({ basePath: runs.base }), never);
					return { path: file, notes: ['Few files.'] };
				},
			},
			{
				store: runs.store,
				workspace: undefined,
				launch: () => assert.fail('nothing is started'),
				adapterFolder: '/adapters',
				cacheFolder: '/cache',
				pausesOnBattery: () => false,
				activate: async () => undefined,
				takeStart: (basePath) =>
					start?.basePath === basePath
						? { ...start, name: 'first', settings: { ...DEFAULT_SETTINGS, rank: start.rank } }
						: undefined,
				log: runs.log,
			},
			() => undefined,
			never,
		);
		await claim.lock.release();
		return { order, notes };
	}

	it('says what the data are, and begins anew', async () => {
		const { order, notes } = await orderOf();
		assert.deepEqual([order.data?.trainSamples, order.data?.repositories], [24, ['code']]);
		assert.deepEqual([order.from, order.settings, notes], [undefined, DEFAULT_SETTINGS, ['Few files.']]);
	});

	it('begins with the weights of an adapter, in the shape of its matrices, and says so', async () => {
		const { order, notes } = await orderOf({ path: '/adapters/a.gguf', basePath: runs.base, rank: 64 });
		assert.deepEqual([order.from, order.settings.rank], ['/adapters/a.gguf', 64]);
		assert.deepEqual(notes, ['It goes on from the adapter first.', 'Few files.']);
	});
});
