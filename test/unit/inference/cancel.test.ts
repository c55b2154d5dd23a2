/** Work that takes as long as it likes is waited for until a signal fires, and no failure of it is left over. */
import * as assert from 'node:assert/strict';
import { abortError, unlessAborted } from '../../../src/inference/cancel';
import { deferred } from '../../support/fakeModel';

describe('cancel: unless aborted', () => {
	it('is what the work brings, or its failure', async () => {
		const { signal } = new AbortController();
		assert.equal(await unlessAborted(Promise.resolve(1), signal), 1);
		await assert.rejects(unlessAborted(Promise.reject(new Error('broken')), signal), /broken/);
	});

	it('ends with the signal, whenever that fires', async () => {
		const controller = new AbortController();
		const waiting = unlessAborted(deferred().promise, controller.signal);
		controller.abort(abortError());
		await assert.rejects(waiting, { name: 'AbortError' });
		await assert.rejects(unlessAborted(deferred().promise, controller.signal), { name: 'AbortError' });
	});

	it('leaves no failure to nobody that comes when it has ended', async () => {
		const unhandled: unknown[] = [];
		const hear = (error: unknown) => unhandled.push(error);
		process.prependListener('unhandledRejection', hear);
		try {
			const failing = Promise.reject(new Error('broken'));
			await assert.rejects(unlessAborted(failing, AbortSignal.abort(abortError())), { name: 'AbortError' });
			// Node tells of it once all promises of a turn are settled.
			await new Promise((resolve) => setImmediate(resolve));
			assert.deepEqual(unhandled, []);
		} finally {
			process.removeListener('unhandledRejection', hear);
		}
	});
});
