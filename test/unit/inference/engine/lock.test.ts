/** The lock has one owner after another, and says when somebody at the cursor waits. */
import * as assert from 'node:assert/strict';
import { isAbort } from '../../../../src/inference/cancel';
import { claimOf, LAST } from '../../../../src/inference/engine/claim';
import { Lock } from '../../../../src/inference/engine/lock';

const never = new AbortController().signal;

describe('lock', () => {
	it('has one owner after another, in order, and skips those that gave up', async () => {
		const lock = new Lock();
		const order: number[] = [];
		const controller = new AbortController();
		const release = await lock.acquire(claimOf('background'), never);
		const second = lock.acquire(claimOf('background'), controller.signal);
		const third = lock.acquire(claimOf('background'), never).then((done) => {
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
		const release = await lock.acquire(claimOf('background'), never);
		const controller = new AbortController();
		const given = lock.acquire(claimOf('interactive'), controller.signal);
		const background = lock.acquire(claimOf('background'), never);
		assert.equal(lock.isUrgent, true);
		controller.abort();
		await assert.rejects(given, isAbort);
		assert.equal(lock.isUrgent, false);
		const interactive = lock.acquire(claimOf('interactive'), never);
		assert.equal(lock.isUrgent, true);
		release();
		(await interactive)();
		(await background)();
		assert.equal(lock.isUrgent, false);
		await assert.rejects(lock.acquire(claimOf('interactive'), AbortSignal.abort()), isAbort);
		assert.equal(lock.isUrgent, false);
	});

	it('goes to the focused window, then to other cursors, then to the rest, and last to what frees it', async () => {
		const lock = new Lock();
		const order: string[] = [];
		const release = await lock.acquire(claimOf('background'), never);
		const focused = { isFocused: true };
		const wait = async (name: string, claim: Parameters<Lock['acquire']>[0]) => {
			const done = await lock.acquire(claim, never);
			order.push(name);
			done();
		};
		const all = [
			wait('last', LAST),
			wait('chat', claimOf('background', focused)),
			wait('cursor', claimOf('interactive')),
			wait('focused cursor', claimOf('interactive', focused)),
		];
		release();
		await Promise.all(all);
		assert.deepEqual(order, ['focused cursor', 'cursor', 'chat', 'last']);
	});

	it('goes from caller to caller, also where one of them waits for it many times', async () => {
		const lock = new Lock();
		const order: string[] = [];
		const [one, other] = [{ isFocused: false }, { isFocused: false }];
		const own = async (name: string, caller: typeof one) => {
			const done = await lock.acquire(claimOf('background', caller), never);
			order.push(name);
			const end = performance.now() + 2;
			while (performance.now() < end) {
				// Time is what they share.
			}
			done();
		};
		await Promise.all([own('a', one), own('a', one), own('a', one), own('b', other)]);
		assert.deepEqual(order, ['a', 'b', 'a', 'a']);
	});
});
