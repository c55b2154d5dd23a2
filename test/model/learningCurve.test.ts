/** A learning curve by the product's own trainer on a tiny model: more data, lower loss, and what that promises. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Sample } from '../../src/finetune/dataset/sample';
import { trainOnce } from '../../src/finetune/job/convert';
import type { RunOrder } from '../../src/finetune/job/messages';
import { curveFile, readCurve } from '../../src/finetune/learningCurve/curve';
import { learningCurve, type WholeRun } from '../../src/finetune/learningCurve/measure';
import { never, randomModelFile } from '../support/engines';
import { root } from '../support/root';
import { recordingLog } from '../support/silentLog';
import { orderOf, TRAINER_MODEL } from '../support/trainerRun';
import { datasetOf } from '../support/trainingData';

const launch = {
	trainerFile: path.join(root, 'dist/trainer.mjs'),
	nodePath: undefined,
	log: recordingLog(),
};
const train = (order: RunOrder, signal: AbortSignal) => trainOnce(launch, order, () => undefined, signal);

/** Files that follow one rule, so that each teaches something of the others. */
function samples(count: number, firstFile: number, files: number): readonly Sample[] {
	return Array.from({ length: count }, (_, index) => {
		const length = 60;
		return {
			tokens: Int32Array.from({ length }, (_, at) => 100 + ((at * 7 + index * 5) % 97)),
			weights: Float32Array.from({ length }, (_, at) => (at < 10 ? 0 : 1)),
			file: firstFile + (index % files),
		};
	});
}

describe('learning curve with the trainer', function () {
	this.timeout(180_000);

	it('measures three points that fall, fits them, and leaves the adapter and the curve', async () => {
		const basePath = randomModelFile(TRAINER_MODEL);
		const data = datasetOf(basePath, samples(64, 0, 16), samples(6, 16, 2));
		const order = await orderOf({ learningRate: 3e-3 }, basePath, data);
		const result = await train(order, never);
		const whole: WholeRun = {
			order,
			result,
			rowsPerStep: 2,
			looks: [],
			vocabulary: TRAINER_MODEL.vocabulary,
		};
		const curve = await learningCurve(whole, train, () => undefined, never);
		const losses = curve.points.map(({ loss }) => loss);
		assert.ok(
			losses.every((loss, index) => index === 0 || loss < (losses[index - 1] ?? 0)),
			losses.join(),
		);
		assert.ok(losses.every((loss) => loss < result.before.loss));
		assert.equal(curve.fit.type, 'fitted');
		assert.deepEqual(
			curve.points.map(({ tokens }) => tokens / data.header.train.tokens),
			[0.25, 0.5, 1],
		);
		assert.deepEqual(await readCurve(result.adapterPath), curve);
		assert.deepEqual(
			fs.readdirSync(order.adapterFolder).sort(),
			[path.basename(result.adapterPath), path.basename(curveFile(result.adapterPath))].sort(),
		);
		assert.deepEqual(
			fs.readdirSync(order.runFolder).filter((name) => name.startsWith('learning-curve')),
			[],
		);
	});

	it('ends with its trainer when it is cancelled', async () => {
		const order = await orderOf({ epochs: 50 });
		const cancel = new AbortController();
		const training = trainOnce(launch, order, () => cancel.abort(), cancel.signal);
		await assert.rejects(training, { name: 'AbortError' });
	});
});
