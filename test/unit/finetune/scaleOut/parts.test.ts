/** Which part of an exported set a sample is in, and how the manifest says that it came there. */
import * as assert from 'node:assert/strict';
import { readDataset } from '../../../../src/finetune/dataset/datasetFile';
import type { Dataset } from '../../../../src/finetune/dataset/sample';
import { partsOf } from '../../../../src/finetune/scaleOut/parts';
import { type ScaleOutSample, scaleOutSample } from '../../../support/scaleOutSample';

describe('parts of an exported set', () => {
	let sample: ScaleOutSample;
	let dataset: Dataset;
	before(async () => {
		sample = await scaleOutSample();
		const { signal } = new AbortController();
		dataset = await readDataset(sample.order.datasetPath, sample.vocabulary.size, signal);
	});
	after(() => sample.dispose());

	const ruleOf = (by: 'time' | 'seed' | undefined) => {
		const test = by === undefined ? undefined : { by, places: 1 };
		const own = { tokens: [1016, 65, 66], middleStart: 2, file: 'code/new.ts' };
		return partsOf({ ...dataset, header: { ...dataset.header, test } }, [own]).rule;
	};

	it('says that the test is of the newest commits only where there were some', () => {
		assert.match(ruleOf('time'), /^test: what the newest commits added/);
		assert.match(ruleOf('seed'), /^no history, so by sha256/);
		assert.doesNotMatch(ruleOf(undefined), /commits|sha256/);
	});

	it('says the seed, with which it can be done again', () => {
		assert.ok(ruleOf('seed').includes(`seed ${dataset.header.seed}`));
		assert.ok(partsOf(dataset, undefined).rule.includes(`seed ${dataset.header.seed}`));
	});
});
