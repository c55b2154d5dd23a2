/** The runs of a learning curve: nested parts of the data, as many steps a token, and no law where it is chance. */
import * as assert from 'node:assert/strict';
import type { Dataset, Sample } from '../../../../src/finetune/dataset/sample';
import type { Evaluation, Finished, RunOrder } from '../../../../src/finetune/job/messages';
import { measureCurve, type WholeRun } from '../../../../src/finetune/learningCurve/measure';
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

/** A look at six files, each a little easier or harder than the others. @param noise by file, in nats. */
function lookAt(loss: number, noise: readonly number[] = []): Evaluation {
	const files = [0, 1, 2, 3, 4, 5].map((file) => loss + 0.2 * file + (noise[file] ?? 0));
	return {
		step: 40,
		loss: files.reduce((sum, one) => sum + one, 0) / files.length,
		tokens: 60,
		byFile: Object.fromEntries(files.map((one, file) => [String(file), [one * 10, 10] as const])),
	};
}

function finished(after: Evaluation, tokens: number, dataTokens: number): Finished {
	return {
		adapterPath: '/adapters/one.gguf',
		before: lookAt(3),
		after,
		steps: 40,
		tokens,
		seconds: 2,
		skipped: 0,
		peakBytes: 1,
		dataTokens,
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

	it('has the same share of what the base wrote itself, which is of no file', () => {
		const code = data();
		const own = Array.from({ length: 8 }, () => ({
			tokens: new Int32Array(40),
			weights: new Float32Array(40),
			file: 0,
		}));
		const header = { ...code.header, replay: own.length };
		const quarter = subsetOf({ ...code, header, train: [...code.train, ...own] }, 0.25, 1);
		assert.equal(quarter.header.replay, 2);
		assert.deepEqual(quarter.train.slice(-2), own.slice(0, 2));
		assert.deepEqual(quarter.train.slice(0, -2), subsetOf(code, 0.25, 1).train);
	});

	it('holds out the same, and has at least one file', () => {
		assert.equal(subsetOf(whole, 0.25, 1).heldOut, whole.heldOut);
		assert.equal(files(0.0001).size, 1);
	});
});

describe('measuring a learning curve', () => {
	// The time ended it after one and a half of three passes.
	const order: RunOrder = {
		version: 1,
		runFolder: '/run',
		basePath: '/base.gguf',
		datasetPath: '/run/dataset.fds',
		adapterFolder: '/adapters',
		cacheFolder: '/cache',
		name: 'code',
		settings: { ...DEFAULT_SETTINGS, epochs: 3, minutes: 10 },
	};
	const whole = (after = lookAt(2)): WholeRun => ({
		order,
		result: finished(after, 1_500, 1_000),
		rowsPerStep: 4,
		looks: [10, 30].map((step) => ({ step, loss: step === 30 ? after.loss * 1.05 : 3 })),
	});

	it('trains on a quarter and on half with the same passes and rows, and fits what came out', async () => {
		const trained: (readonly [number, RunOrder['settings']])[] = [];
		const curve = await measureCurve(
			whole(),
			async (share, settings) => {
				trained.push([share, settings]);
				return finished(lookAt(share === 0.25 ? 2.4 : 2.2), 1_500 * share, 1_000 * share);
			},
			never,
		);
		assert.deepEqual(
			trained.map(([share, { epochs, rowsPerStep, minutes, evaluateEvery }]) => [
				share,
				epochs,
				rowsPerStep,
				minutes,
				evaluateEvery,
			]),
			[
				[0.25, 1.5, 4, 0, 0],
				[0.5, 1.5, 4, 0, 0],
			],
		);
		assert.deepEqual(
			curve.points.map(({ share, tokens, loss }) => [share, tokens, loss.toFixed(2)]),
			[
				[0.25, 250, '2.90'],
				[0.5, 500, '2.70'],
				[1, 1_000, '2.50'],
			],
		);
		assert.equal(curve.fit.type, 'fitted');
		assert.equal(curve.time.done, 0.5);
		assert.ok(Math.abs(curve.time.lastQuarter - 0.05 / 1.05) < 1e-9);
		assert.equal(curve.milliseconds, 4_000);
	});

	const fitOf = async (quarter: Evaluation, half: Evaluation, all: Evaluation) => {
		const run = whole(all);
		const train = async (share: number) =>
			finished(share === 0.25 ? quarter : half, 1_500 * share, 1_000 * share);
		return (await measureCurve(run, train, never)).fit;
	};

	it('fits no law to what may be chance: some files are harder with all of the data', async () => {
		const chance = [0.5, -0.4, 0.5, -0.5, 0.4, -0.6];
		assert.deepEqual(await fitOf(lookAt(2.02), lookAt(2.01), lookAt(2, chance)), {
			type: 'refused',
			reason: 'noise',
		});
		assert.equal((await fitOf(lookAt(2.02), lookAt(2.01), lookAt(2))).type, 'fitted');
	});

	it('fits none where the half is worse than the quarter, or too few files are held out', async () => {
		assert.deepEqual(await fitOf(lookAt(2.2), lookAt(2.3), lookAt(2)), {
			type: 'refused',
			reason: 'not-monotone',
		});
		const few = (loss: number) => ({ ...lookAt(loss), byFile: { '0': [loss * 10, 10] as const } });
		assert.deepEqual(await fitOf(few(2.4), few(2.2), few(2)), { type: 'refused', reason: 'files' });
	});

	it('begins no run that nobody waits for', async () => {
		const cancel = new AbortController();
		cancel.abort();
		await assert.rejects(
			measureCurve(whole(), () => assert.fail('trained'), cancel.signal),
			{ name: 'AbortError' },
		);
	});
});
