/** The log of a training run is read as the run that came of it: what was taken again counts once. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {
	type Look,
	readTrainingLog,
	type Step,
	smoothed,
	whileStable,
} from '../../../models/recipe/plot/trainingLog';

const step = (tokens: number, loss: number): Step => ({ tokens, loss, seconds: 1, planned: 1_000 });
const look = (tokens: number, validation: number): Look => ({ tokens, validation });

describe('recipe/plot/trainingLog', () => {
	let folder: string;
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-plot-'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	function read(...lines: readonly object[]) {
		const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
		fs.writeFileSync(path.join(folder, 'log.jsonl'), text);
		return readTrainingLog(folder);
	}

	it('tells steps from looks, and passes over what is neither', async () => {
		const log = await read({ shape: 'small' }, step(100, 5), look(100, 4.5), step(200, 4));
		assert.deepEqual(log, { steps: [step(100, 5), step(200, 4)], looks: [look(100, 4.5)] });
	});

	it('forgets what came behind the checkpoint from which the run went on', async () => {
		const { steps, looks } = await read(
			...[step(100, 5), look(100, 4.5), step(200, 4), step(300, 3), look(300, 2.5)],
			...[step(200, 3.9), step(300, 3.1), look(300, 2.6)],
		);
		assert.deepEqual(steps, [step(100, 5), step(200, 3.9), step(300, 3.1)]);
		assert.deepEqual(looks, [look(100, 4.5), look(300, 2.6)]);
	});

	it('names the line that is broken', async () => {
		fs.writeFileSync(path.join(folder, 'log.jsonl'), `${JSON.stringify(step(100, 5))}\n{"tokens": 2`);
		await assert.rejects(readTrainingLog(folder), /log\.jsonl, line 2: /);
	});

	it('is stable until the last quarter of what was planned', () => {
		const looks = [look(500, 3), look(750, 2), look(751, 1)];
		assert.deepEqual(whileStable({ steps: [step(800, 2)], looks }), looks.slice(0, 2));
	});

	it('is smoothed to the mean of neighbours, where the last of them stands; too few at the end are left out', () => {
		const steps = [step(1, 6), step(2, 4), step(3, 3), step(4, 2), step(5, 9)];
		assert.deepEqual(smoothed(steps, 2), [step(2, 5), step(4, 2.5)]);
	});
});
