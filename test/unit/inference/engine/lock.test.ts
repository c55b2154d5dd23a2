/** The lock has one owner after another, and says when somebody at the cursor waits. */
import * as assert from 'node:assert/strict';
import { isAbort } from '../../../../src/inference/cancel';
import { Lock } from '../../../../src/inference/engine/lock';

const never = new AbortController().signal;

describe('lock', () => {
	it('has one owner after another, in order, and skips those that gave up', async () => {
		const lock = new Lock();
		const order: number[] = [];
		const controller = new AbortController();
		const release = await lock.acquire('background', never);
		const second = lock.acquire('background', controller.signal);
		const third = lock.acquire('background', never).then((done) => {
			order.push(3);
			done();
		});
		controller.abort();
		await assert.rejects(second, isAbort);
		await new Promise(setImmediate);
		assert.deepEqual(order, []);
		release();
		await third;
		assert.deepEqual(order, [3]);
	});

	it('is urgent while an interactive request waits, not while one owns it', async () => {
		const lock = new Lock();
		const release = await lock.acquire('background', never);
		const controller = new AbortController();
		const given = lock.acquire('interactive', controller.signal);
		const background = lock.acquire('background', never);
		assert.equal(lock.isUrgent, true);
		controller.abort();
		await assert.rejects(given, isAbort);
		assert.equal(lock.isUrgent, false);
		const interactive = lock.acquire('interactive', never);
		assert.equal(lock.isUrgent, true);
		release();
		(await background)();
		(await interactive)();
		assert.equal(lock.isUrgent, false);
		await assert.rejects(lock.acquire('interactive', AbortSignal.abort()), isAbort);
		assert.equal(lock.isUrgent, false);
	});
});
