/** Long work in steps: in one go, with turns for others, stopped and failing. */
import * as assert from 'node:assert/strict';
import { finish, finishInSteps } from '../../../../src/finetune/training/steps';
import { isAbort } from '../../../../src/inference/cancel';

describe('steps', () => {
	const never = new AbortController().signal;
	const seen: string[] = [];
	beforeEach(() => seen.splice(0));

	/** Three steps with a result; tells of each, and of its end. */
	function* work(failsAt = 0): Generator<void, string> {
		try {
			for (let step = 1; step <= 3; step++) {
				seen.push(`step ${step}`);
				if (step === failsAt) {
					throw new Error('broken');
				}
				yield;
			}
			return 'result';
		} finally {
			seen.push('end');
		}
	}

	it('are done at once', () => {
		assert.equal(finish(work()), 'result');
		assert.deepEqual(seen, ['step 1', 'step 2', 'step 3', 'end']);
		assert.throws(() => finish(work(2)), /broken/);
	});

	it('let others have a turn after each, and tell of each', async () => {
		let turns = 0;
		const count = () => {
			turns++;
			next = setImmediate(count);
		};
		let next = setImmediate(count);
		const result = await finishInSteps(
			work(),
			() => {
				seen.push(`${turns} turns`);
			},
			never,
		);
		clearImmediate(next);
		assert.equal(result, 'result');
		assert.deepEqual(seen, ['step 1', '0 turns', 'step 2', '1 turns', 'step 3', '2 turns', 'end']);
	});

	it('are not begun where the signal has fired', async () => {
		const error: unknown = await finishInSteps(work(), () => undefined, AbortSignal.abort()).catch(
			(one) => one,
		);
		assert.ok(isAbort(error));
		assert.deepEqual(seen, []);
	});

	it('end at the next turn when the signal fires, and clean up', async () => {
		const abort = new AbortController();
		setImmediate(() => abort.abort());
		const error: unknown = await finishInSteps(work(), () => undefined, abort.signal).catch((one) => one);
		assert.ok(isAbort(error), String(error));
		assert.deepEqual(seen, ['step 1', 'end']);
	});

	it('clean up where one of them fails, or who hears of it', async () => {
		await assert.rejects(
			finishInSteps(work(2), () => undefined, never),
			/broken/,
		);
		assert.deepEqual(seen.splice(0), ['step 1', 'step 2', 'end']);
		const deaf = () => {
			throw new Error('deaf');
		};
		await assert.rejects(finishInSteps(work(), deaf, never), /deaf/);
		assert.deepEqual(seen, ['step 1', 'end']);
	});
});
