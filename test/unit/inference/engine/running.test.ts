/** Every running request ends with its own signal or with the engine. */
import * as assert from 'node:assert/strict';
import { Running } from '../../../../src/inference/engine/running';

const never = new AbortController().signal;

describe('running requests', () => {
	it('end with their own signal, or all of them with the engine', () => {
		const running = new Running();
		const controller = new AbortController();
		const one = running.track(controller.signal);
		const other = running.track(never);
		const over = running.track(never);
		controller.abort();
		assert.deepEqual([one.signal.aborted, other.signal.aborted], [true, false]);
		over.dispose();
		running.abortAll();
		assert.deepEqual([other.signal.aborted, over.signal.aborted], [true, false]);
	});

	it('have ended before they begin where the signal has fired, or the engine has ended', () => {
		const running = new Running();
		assert.equal(running.track(AbortSignal.abort()).signal.aborted, true);
		running.abortAll();
		assert.equal(running.track(never).signal.aborted, true);
	});
});
