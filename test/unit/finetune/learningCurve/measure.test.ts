/** The runs of a learning curve: nested parts, as many steps a token, everything cleaned up, the result beside the adapter. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { readDataset, writeDataset } from '../../../../src/finetune/dataset/datasetFile';
import type { Dataset, Sample } from '../../../../src/finetune/dataset/sample';
import type { Finished, RunOrder } from '../../../../src/finetune/job/messages';
import { readCurve } from '../../../../src/finetune/learningCurve/curve';
import {
	learningCurve,
	type WholeRun,
	wholeRunMinutes,
} from '../../../../src/finetune/learningCurve/measure';
import { subsetOf } from '../../../../src/finetune/learningCurve/subset';
import { DEFAULT_SETTINGS } from '../../../../src/finetune/settings';
import { datasetOf } from '../../../support/trainingData';

const never = new AbortController().signal;

/** Forty files of different lengths to learn from, two held out. */
function data(): Omit<Dataset, 'hash'> {
	const sample = (file: number, length: number): Sample => ({
		tokens: new Int32Array(length).fill(7),
		weights: Float32Array.from({ length }, (_, at) => (at === 0 ? 0 : 1)),
		file,
	});
	const train = Array.from({ length: 80 }, (_, index) => sample(index % 40, 20 + ((index * 13) % 50)));
	return datasetOf('/base.gguf', train, [sample(40, 30), sample(41, 30)]);
}

function finished(adapterPath: string, loss: number, tokens: number): Finished {
	const look = { step: 0, loss, tokens: 10, byFile: {} };
	return {
		adapterPath,
		before: { ...look, loss: 3 },
		after: look,
		steps: 40,
		tokens,
		seconds: 2,
		skipped: 0,
		peakBytes: 1,
	};
}

describe('part of a dataset for a learning curve', () => {
	const whole = data();
	const files = (share: number, seed = 1) =>
		new Set(subsetOf(whole, share, seed).train.map(({ file }) => file));

	it('is of about that share, and holds every smaller one', () => {
		for (const share of [0.25, 0.5]) {
			const { header, train } = subsetOf(whole, share, 1);
			const off = Math.abs(header.train.tokens / whole.header.train.tokens - share);
			assert.ok(off < 0.03, `${off}`);
			assert.equal(header.train.samples, train.length);
		}
		const half = files(0.5);
		assert.ok([...files(0.25)].every((file) => half.has(file)));
		assert.equal(files(1).size, 40);
	});

	it('has whole files, which the seed draws', () => {
		const quarter = files(0.25);
		const { train } = subsetOf(whole, 0.25, 1);
		assert.equal(train.length, whole.train.filter(({ file }) => quarter.has(file)).length);
		assert.notDeepEqual(files(0.25, 2), quarter);
		assert.deepEqual(files(0.25), quarter);
	});

	it('holds out the same, and has at least one file', () => {
		assert.equal(subsetOf(whole, 0.25, 1).heldOut, whole.heldOut);
		assert.equal(files(0.0001).size, 1);
	});
});

describe('measuring a learning curve', () => {
	let folder: string;
	let whole: WholeRun;

	beforeEach(async () => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-curve-'));
		const datasetPath = path.join(folder, 'dataset.fds');
		await writeDataset(datasetPath, data(), never);
		const order: RunOrder = {
			version: 1,
			runFolder: folder,
			basePath: '/base.gguf',
			datasetPath,
			adapterFolder: path.join(folder, 'adapters'),
			cacheFolder: folder,
			name: 'code',
			settings: { ...DEFAULT_SETTINGS, epochs: 3, minutes: 10 },
		};
		// The time ended it after one and a half of three passes.
		const tokens = 1.5 * data().header.train.tokens;
		const looks = [10, 30].map((step) => ({ step, loss: step === 30 ? 2.1 : 2.5 }));
		const result = finished(path.join(folder, 'one.gguf'), 2, tokens);
		whole = { order, result, rowsPerStep: 4, looks, vocabulary: 100 };
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	it('trains a quarter and a half with the same passes and rows, and writes the curve beside the adapter', async () => {
		const orders: RunOrder[] = [];
		const shares: number[] = [];
		const curve = await learningCurve(
			whole,
			async (order) => {
				orders.push(order);
				const { header, heldOut } = await readDataset(order.datasetPath, 100, never);
				assert.equal(heldOut.length, 2);
				const share = orders.length === 1 ? 0.25 : 0.5;
				return finished('/gone.gguf', 2 * share ** -0.1, 1.5 * header.train.tokens);
			},
			(share) => shares.push(share),
			never,
		);
		assert.deepEqual(shares, [0.25, 0.5]);
		for (const { settings } of orders) {
			assert.deepEqual(
				[settings.epochs, settings.rowsPerStep, settings.minutes, settings.evaluateEvery],
				[1.5, 4, 0, 0],
			);
		}
		assert.deepEqual(
			curve.points.map(({ share }) => share),
			[0.25, 0.5, 1],
		);
		assert.equal(curve.fit.type, 'fitted');
		assert.equal(curve.time.done, 0.5);
		assert.ok(Math.abs(curve.time.lastQuarter - 0.1 / 2.1) < 1e-9);
		assert.equal(curve.milliseconds, 4_000);
		assert.deepEqual(await readCurve(whole.result.adapterPath), curve);
		assert.deepEqual(fs.readdirSync(folder).sort(), ['dataset.fds', 'one.learning-curve.json']);
	});

	it('leaves nothing behind of a run that fails or is cancelled', async () => {
		const fail = async () => {
			throw new Error('the trainer fell over');
		};
		await assert.rejects(
			learningCurve(whole, fail, () => undefined, never),
			/fell over/,
		);
		const cancel = new AbortController();
		cancel.abort();
		await assert.rejects(
			learningCurve(whole, fail, () => undefined, cancel.signal),
			{ name: 'AbortError' },
		);
		assert.deepEqual(fs.readdirSync(folder), ['dataset.fds']);
	});

	it('believes no curve that is not one', async () => {
		fs.writeFileSync(
			path.join(folder, 'one.learning-curve.json'),
			'{"version":1,"points":[{"share":"all"}]}',
		);
		assert.equal(await readCurve(whole.result.adapterPath), undefined);
		assert.equal(await readCurve(path.join(folder, 'other.gguf')), undefined);
	});

	it('shares the time that was given among all three runs', () => {
		const minutes = wholeRunMinutes(70);
		assert.ok(Math.abs(minutes * 1.75 - 70) < 1e-9);
		assert.equal(wholeRunMinutes(0), 0);
	});
});
