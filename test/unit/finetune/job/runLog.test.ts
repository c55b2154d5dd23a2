/** The log of a run: appended, bounded, and read past torn lines. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { RunLog } from '../../../../src/finetune/job/runLog';
import { evaluationAt, progressAt } from '../../../support/fakeTrainer';

describe('finetune/job/runLog', () => {
	let folder: string;
	let file: string;
	let problems: unknown[];
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
		file = path.join(folder, 'log.jsonl');
		problems = [];
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	function log(maxBytes?: number): RunLog {
		return new RunLog(file, (error) => problems.push(error), maxBytes);
	}

	async function steps(): Promise<readonly number[]> {
		return (await log().read()).flatMap(({ message }) =>
			message.type === 'progress' ? [message.progress.step] : [],
		);
	}

	it('gives back what was appended, in order', async () => {
		const one = log();
		for (let step = 1; step <= 50; step++) {
			one.append({ at: step, message: progressAt(step) });
		}
		await one.flush();
		assert.deepEqual(
			await log().read(),
			Array.from({ length: 50 }, (_, index) => ({ at: index + 1, message: progressAt(index + 1) })),
		);
	});

	it('leaves out a torn line and goes on after it', async () => {
		const one = log();
		one.append({ at: 1, message: progressAt(1) });
		one.append({ at: 1, message: progressAt(2) });
		await one.flush();
		fs.truncateSync(file, fs.statSync(file).size - 5);
		const other = log();
		other.append({ at: 2, message: progressAt(3) });
		await other.flush();
		assert.deepEqual(await steps(), [1, 3]);
	});

	it('leaves out what it does not understand', async () => {
		fs.writeFileSync(file, '{"at":1}\n[]\nnull\n{"at":1,"message":{"type":"unheard"}}\n\u0000');
		assert.deepEqual(await log().read(), []);
	});

	it('stays bounded, keeps evaluations and the newest step', async () => {
		const limit = 20_000;
		const one = log(limit);
		one.append({ at: 0, message: { type: 'evaluation', evaluation: evaluationAt(0, 2) } });
		for (let step = 1; step <= 1_000; step++) {
			one.append({ at: step, message: progressAt(step) });
			if (step % 10 === 0) {
				await one.flush();
			}
			if (fs.existsSync(file)) {
				assert.ok(fs.statSync(file).size < limit + 5_000, `${fs.statSync(file).size} bytes at ${step}`);
			}
		}
		const entries = await log().read();
		assert.equal(entries.filter(({ message }) => message.type === 'evaluation').length, 1);
		assert.equal((await steps()).at(-1), 1_000);
		assert.ok((await steps()).length > 20);
		assert.deepEqual(problems, []);
	});

	it('tells of a disk that cannot be written and throws nothing', async () => {
		fs.mkdirSync(file);
		const one = log();
		one.append({ at: 1, message: progressAt(1) });
		await one.flush();
		assert.equal(problems.length, 1);
	});
});
