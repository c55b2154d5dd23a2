/** A thread for one order: its answer, its end without one, and its cancellation. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { isAbort } from '../../../src/inference/cancel';
import { workerAnswer } from '../../../src/inference/workerAnswer';

describe('workerAnswer', () => {
	let folder: string;

	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'worker-answer-'));
	});

	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	function given(body: string) {
		const script = path.join(folder, 'worker.cjs');
		fs.writeFileSync(script, `const { parentPort, workerData } = require('node:worker_threads');\n${body}\n`);
		return { script, order: { count: 3 }, memory: 64, name: 'The counter' };
	}
	const never = new AbortController().signal;

	it('takes messages until one is the answer', async () => {
		const steps: number[] = [];
		const answer = await workerAnswer(
			given('for (let at = 1; at <= workerData.count; at++) parentPort.postMessage(at);'),
			(message: number) => {
				steps.push(message);
				return message === 3 ? 'three' : undefined;
			},
			never,
		);
		assert.equal(answer, 'three');
		assert.deepEqual(steps, [1, 2, 3]);
	});

	it('fails with what is thrown over a message', async () => {
		await assert.rejects(
			workerAnswer(
				given("parentPort.postMessage('bad'); setInterval(() => {}, 1000);"),
				(message: string) => {
					throw new Error(`It said ${message}.`);
				},
				never,
			),
			{ message: 'It said bad.' },
		);
	});

	it('says that a thread ended without an answer', async () => {
		await assert.rejects(
			workerAnswer(given('process.exit(3);'), () => undefined, never),
			{ message: 'The counter ended without a result (code 3). Try again.' },
		);
	});

	it('fails with what ended the thread', async () => {
		await assert.rejects(
			workerAnswer(given("throw new Error('broken');"), () => undefined, never),
			{ message: 'broken' },
		);
	});

	it('ends the thread when it is cancelled', async () => {
		const controller = new AbortController();
		const answer = workerAnswer(
			given("parentPort.postMessage('running'); for (;;);"),
			() => {
				controller.abort();
				return undefined;
			},
			controller.signal,
		);
		await assert.rejects(answer, isAbort);
	});

	it('starts none for what is cancelled already', async () => {
		const gone = { script: path.join(folder, 'none.cjs'), order: {}, memory: 64, name: 'None' };
		await assert.rejects(
			workerAnswer(gone, () => undefined, AbortSignal.abort()),
			isAbort,
		);
	});
});
