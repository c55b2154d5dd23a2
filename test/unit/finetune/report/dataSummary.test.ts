/** What is kept of a dataset: read from its header alone, with the spans of the test as a hash. */

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { readDatasetHeader, writeDataset } from '../../../../src/finetune/dataset/datasetFile';
import { runOrder } from '../../../../src/finetune/job/messageShapes';
import { isDataSummary, summaryOf } from '../../../../src/finetune/report/dataSummary';
import { trainingData } from '../../../support/trainingData';
import { shown } from '../panel/runs';

const never = new AbortController().signal;

describe('finetune/report/dataSummary', () => {
	let folder = '';
	before(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-summary-'));
	});
	after(() => fs.rmSync(folder, { recursive: true }));

	it('is made of the header of a dataset on disk', async () => {
		const dataset = trainingData({ basePath: '/base.gguf' });
		const heads = [{ repository: 'code', commit: 'abc1234', at: 5 }];
		const file = path.join(folder, 'dataset.fds');
		const files = [...dataset.header.files.slice(0, 4), 'code/a.PY', 'code/Makefile'];
		await writeDataset(file, { ...dataset, header: { ...dataset.header, files, heads } }, never);
		const header = await readDatasetHeader(file);
		assert.deepEqual(header, { ...dataset.header, files, heads });
		const summary = await summaryOf(header, folder);
		assert.deepEqual(summary.languages, [
			{ ending: '.ts', files: 4 },
			{ ending: '', files: 1 },
			{ ending: '.py', files: 1 },
		]);
		assert.deepEqual(
			[summary.files, summary.trainSamples, summary.heldOutSamples, summary.heads, summary.test],
			[6, 24, 6, heads, undefined],
		);
		fs.writeFileSync(path.join(folder, 'test.jsonl'), '{}\n');
		const notes = ['The test is drawn from files by chance.'];
		const judged = await summaryOf(header, folder, notes);
		assert.deepEqual([summary.notes, judged.notes], [undefined, notes]);
		assert.match(judged.test ?? '', /^ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356$/);
		assert.ok(isDataSummary(JSON.parse(JSON.stringify(judged))));
	});

	it('refuses what is no dataset, as reading it whole does', async () => {
		const file = path.join(folder, 'other');
		for (const content of ['', 'FDS', 'FDS1\xff\xff\xff\x00{}']) {
			fs.writeFileSync(file, content, 'latin1');
			await assert.rejects(readDatasetHeader(file), { name: 'DatasetError' }, JSON.stringify(content));
		}
		await assert.rejects(readDatasetHeader(path.join(folder, 'none')), /cannot be opened/);
	});

	it('is part of an order, which may lack it', () => {
		const { order } = shown();
		assert.ok(runOrder(order));
		assert.equal(runOrder({ ...order, data: {} }), false);
		assert.equal(runOrder({ ...order, from: 1 }), false);
	});
});
