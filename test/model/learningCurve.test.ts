/** A learning curve by the product's own trainer on a tiny model: more data, lower loss, and what that promises. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { writeDataset } from '../../src/finetune/dataset/datasetFile';
import type { Sample } from '../../src/finetune/dataset/sample';
import { TrainingRun } from '../../src/finetune/job/run';
import { RunStore } from '../../src/finetune/job/runStore';
import { CurveRuns } from '../../src/finetune/learningCurve/runs';
import { never, randomModelFile } from '../support/engines';
import { root } from '../support/root';
import { recordingLog } from '../support/silentLog';
import { orderOf, TRAINER_MODEL } from '../support/trainerRun';
import { datasetOf } from '../support/trainingData';

const log = recordingLog();
const trainer = { trainerFile: path.join(root, 'dist/trainer.mjs'), nodePath: undefined, log };

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

	it('measures three points that fall, on nested parts of the data of the run, and leaves no adapter', async () => {
		const basePath = randomModelFile(TRAINER_MODEL);
		const data = datasetOf(basePath, samples(64, 0, 16), samples(12, 16, 6));
		const made = await orderOf({ learningRate: 3e-3 }, basePath, data);
		const store = new RunStore(path.join(made.runFolder, 'runs'), log);
		const claim = await store.claim();
		const order = {
			...made,
			runFolder: claim.run.path,
			datasetPath: path.join(claim.run.path, 'dataset.fds'),
		};
		await writeDataset(order.datasetPath, data, never);
		const run = await TrainingRun.start({ claim, order, resume: false, trainer, power: async () => 'mains' });
		const { result, estimate, evaluations, problem } = await run.done;
		assert.ok(result !== undefined, problem?.message);
		assert.equal(result.dataTokens, data.header.train.tokens);
		const shares = new Set<number>();
		const again = await store.claim(claim.run.id);
		const curve = await new CurveRuns({
			claim: again,
			whole: { order, result, rowsPerStep: estimate?.rowsPerStep ?? 0, looks: evaluations },
			trainer,
			pausesOnBattery: false,
			log,
			onProgress: ({ share }) => shares.add(share),
		}).measure();
		await again.lock.release();
		assert.deepEqual([...shares], [0.25, 0.5]);
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
		assert.deepEqual(fs.readdirSync(order.adapterFolder), [path.basename(result.adapterPath)]);
		assert.deepEqual(fs.readdirSync(path.join(order.runFolder, 'learning-curve-25')).sort(), [
			'log.jsonl',
			'run.json',
			'state.json',
		]);
	});
});
