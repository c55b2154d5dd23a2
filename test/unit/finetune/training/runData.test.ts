/** The data of a run as they are learned from: ends have the weight that is set, and what is held out has its own. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { writeDataset } from '../../../../src/finetune/dataset/datasetFile';
import type { Dataset, Sample } from '../../../../src/finetune/dataset/sample';
import { DEFAULT_SETTINGS } from '../../../../src/finetune/settings';
import { readRunData } from '../../../../src/finetune/training/runData';
import { trainingData } from '../../../support/trainingData';

const END = 7;
const never = new AbortController().signal;

/** Every other sample ends. */
function ended(samples: readonly Sample[]): readonly Sample[] {
	return samples.map((sample, index) =>
		index % 2 === 0 ? { ...sample, tokens: sample.tokens.with(-1, END) } : sample,
	);
}

describe('data of a run', () => {
	let folder = '';
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	/** What a run with these settings reads of a dataset with this end. */
	async function read(end: number | undefined, endWeight: number | undefined): Promise<Dataset> {
		const plain = trainingData({ basePath: '/base' });
		const data = {
			header: { ...plain.header, end },
			train: ended(plain.train),
			heldOut: ended(plain.heldOut),
		};
		const datasetPath = path.join(folder, 'data.fds');
		await writeDataset(datasetPath, data, never);
		const order = {
			version: 1,
			runFolder: folder,
			basePath: '/base',
			datasetPath,
			adapterFolder: folder,
			cacheFolder: folder,
			name: 'test',
			settings: { ...DEFAULT_SETTINGS, endWeight },
		} as const;
		const { dataset, plan } = await readRunData(order, 1_000, never);
		// What is learned from are the rows: a target's weight is that of its token.
		const sum = (weights: readonly Float32Array[]) =>
			weights.flatMap((one) => [...one]).reduce((a, b) => a + b, 0);
		assert.equal(
			sum(plan.rowsOf(0).map(({ weights }) => weights)),
			sum(dataset.train.map(({ weights }) => weights)),
		);
		return dataset;
	}
	const lasts = (samples: readonly Sample[]) => samples.map(({ weights }) => weights.at(-1));
	const others = (samples: readonly Sample[]) => samples.map(({ weights }) => [...weights.subarray(0, -1)]);
	const plain = trainingData({ basePath: '/base' });

	it('weighs the ends that are learned from, and nothing else', async () => {
		const { train, heldOut } = await read(END, 4);
		assert.deepEqual(
			lasts(train),
			train.map((_, index) => (index % 2 === 0 ? 4 : 1)),
		);
		assert.deepEqual(others(train), others(plain.train));
		assert.deepEqual(
			heldOut.map(({ weights }) => [...weights]),
			plain.heldOut.map(({ weights }) => [...weights]),
		);
	});

	it('can leave ends out', async () => {
		const { train } = await read(END, 0);
		assert.deepEqual(
			lasts(train),
			train.map((_, index) => (index % 2 === 0 ? 0 : 1)),
		);
	});

	for (const [name, end, endWeight] of [
		['where the order is of an earlier version', END, undefined],
		['where the dataset is of an earlier version, or the model has no end', undefined, 4],
		['by default', END, DEFAULT_SETTINGS.endWeight],
	] as const) {
		it(`weighs every token alike ${name}`, async () => {
			const { train } = await read(end, endWeight);
			assert.deepEqual(
				lasts(train),
				train.map(() => 1),
			);
		});
	}
});
