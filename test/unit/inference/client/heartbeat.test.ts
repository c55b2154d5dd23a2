/** Silence that counts as a hang, and silence that does not. */
import assert from 'node:assert/strict';
import { Heartbeat } from '../../../../src/inference/client/heartbeat';

describe('Heartbeat', () => {
	it('reports silence once', async () => {
		let reports = 0;
		await new Promise<void>((resolve) => {
			new Heartbeat({
				tickMilliseconds: 5,
				patience: () => 20,
				onSilent: () => {
					reports++;
					setTimeout(resolve, 50);
				},
			});
		});
		assert.equal(reports, 1);
	});

	it('is quiet while ticks come, and while its own process does not run', async () => {
		let isSilent = false;
		const heartbeat = new Heartbeat({
			tickMilliseconds: 10,
			patience: () => 50,
			onSilent: () => {
				isSilent = true;
			},
		});
		// Ten patiences without a turn of the event loop: to the timers this is what a sleeping machine looks like.
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
		await new Promise((resolve) => setTimeout(resolve, 15));
		assert.ok(!isSilent);
		for (let turn = 0; turn < 10; turn++) {
			heartbeat.tick();
			await new Promise((resolve) => setTimeout(resolve, 15));
		}
		heartbeat.dispose();
		assert.ok(!isSilent);
	});
});
