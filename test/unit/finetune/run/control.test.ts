/** When a run may compute: holds, their reasons, and what becomes of work that was under way. */
import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { Control } from '../../../../src/finetune/training/control';
import { abortError, isAbort } from '../../../../src/inference/cancel';
import { settle } from '../../../support/fakeClock';

/** Work that lasts until it is interrupted, or until the test ends it. */
class Work {
	/** Times that it began. */
	begun = 0;
	#finish: () => void = () => undefined;

	readonly run = (signal: AbortSignal): Promise<number> =>
		new Promise((resolve, reject) => {
			this.begun++;
			this.#finish = () => resolve(this.begun);
			signal.addEventListener('abort', () => reject(abortError()));
		});

	finish(): void {
		this.#finish();
	}
}

describe('control of training', () => {
	let events: string[];
	let onHold: () => void;
	let cancel: AbortController;
	let control: Control;
	let work: Work;
	beforeEach(() => {
		events = [];
		onHold = () => undefined;
		cancel = new AbortController();
		work = new Work();
		control = new Control(
			{
				onHold: (reason) => {
					events.push(`hold ${reason}`);
					onHold();
				},
				onRun: () => events.push('run'),
				onPause: () => events.push('pause'),
			},
			cancel.signal,
		);
	});

	it('lets work run where nothing holds it, and says nothing', async () => {
		const result = control.run(work.run);
		await settle();
		work.finish();
		assert.equal(await result, 1);
		assert.deepEqual(events, []);
	});

	it('hands on what the work throws', async () => {
		await assert.rejects(
			control.run(() => Promise.reject(new Error('broken'))),
			/broken/,
		);
		// Its own, not an interruption.
		await assert.rejects(
			control.run(() => Promise.reject(abortError())),
			isAbort,
		);
	});

	for (const reason of ['user', 'battery'] as const) {
		it(`interrupts work for a pause (${reason}), with a checkpoint first, and begins it anew`, async () => {
			const result = control.run(work.run);
			await settle();
			control.pause(reason);
			await settle();
			assert.deepEqual(events, ['pause', `hold ${reason}`]);
			assert.equal(work.begun, 1);
			control.resume();
			await settle();
			assert.deepEqual(events, ['pause', `hold ${reason}`, 'run']);
			assert.equal(work.begun, 2);
			work.finish();
			assert.equal(await result, 2);
		});
	}

	it('holds work that begins during a pause', async () => {
		control.pause('user');
		const result = control.run(work.run);
		await settle();
		assert.equal(work.begun, 0);
		control.resume();
		await settle();
		work.finish();
		assert.equal(await result, 1);
	});

	it('interrupts work for somebody who waits, without a checkpoint', async () => {
		const result = control.run(work.run);
		await settle();
		control.yield(true);
		await settle();
		assert.deepEqual(events, ['hold busy']);
		control.yield(false);
		await settle();
		assert.deepEqual(events, ['hold busy', 'run']);
		work.finish();
		assert.equal(await result, 2);
	});

	it('does work that was put off three times all the same; a pause still ends it', async () => {
		const result = control.run(work.run);
		for (let turn = 0; turn < 3; turn++) {
			await settle();
			control.yield(true);
			await settle();
			control.yield(false);
		}
		await settle();
		assert.equal(work.begun, 4);
		control.yield(true);
		await settle();
		assert.equal(work.begun, 4);
		control.pause('user');
		await settle();
		control.resume();
		await settle();
		assert.equal(work.begun, 5);
		work.finish();
		assert.equal(await result, 5);
		control.yield(false);
	});

	it('says each hold once, however often it is asked for', async () => {
		const result = control.run(work.run);
		await settle();
		for (let times = 0; times < 3; times++) {
			control.yield(true);
			await settle();
		}
		control.yield(false);
		control.yield(false);
		await settle();
		assert.deepEqual(events, ['hold busy', 'run']);
		work.finish();
		await result;
	});

	it('lets a short hold between two turns of the loop pass unsaid', async () => {
		control.yield(true);
		control.yield(false);
		const result = control.run(work.run);
		await settle();
		work.finish();
		assert.equal(await result, 1);
		assert.deepEqual(events, []);
	});

	it('changes the reason where a pause comes while it yields, and back', async () => {
		const result = control.run(work.run);
		await settle();
		control.yield(true);
		await settle();
		control.pause('user');
		await settle();
		assert.deepEqual(events, ['hold busy', 'pause', 'hold user']);
		control.resume();
		await settle();
		assert.deepEqual(events, ['hold busy', 'pause', 'hold user', 'hold busy']);
		control.yield(false);
		await settle();
		assert.equal(events.at(-1), 'run');
		work.finish();
		assert.equal(await result, 2);
	});

	it('hears what is said while it tells of a hold', async () => {
		onHold = () => control.resume();
		control.pause('user');
		const result = control.run(work.run);
		await settle();
		assert.deepEqual(events, ['pause', 'hold user', 'run']);
		work.finish();
		await result;
		onHold = () => cancel.abort();
		control.yield(true);
		await assert.rejects(control.run(work.run), isAbort);
	});

	it('says a hold again that comes again', async () => {
		const result = control.run(work.run);
		for (let times = 0; times < 2; times++) {
			await settle();
			control.yield(true);
			await settle();
			control.yield(false);
		}
		await settle();
		assert.deepEqual(events, ['hold busy', 'run', 'hold busy', 'run']);
		work.finish();
		assert.equal(await result, 3);
	});

	describe('with time as the test lets it pass', () => {
		beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
		afterEach(() => mock.timers.reset());

		it('goes on by itself when nobody takes a yield back for half a minute', async () => {
			const result = control.run(work.run);
			await settle();
			control.yield(true);
			mock.timers.tick(29_999);
			await settle();
			assert.deepEqual(events, ['hold busy']);
			mock.timers.tick(1);
			await settle();
			assert.deepEqual(events, ['hold busy', 'run']);
			work.finish();
			assert.equal(await result, 2);
		});

		it('waits anew for a yield that is renewed', async () => {
			const result = control.run(work.run);
			await settle();
			control.yield(true);
			mock.timers.tick(20_000);
			control.yield(true);
			mock.timers.tick(20_000);
			await settle();
			assert.deepEqual(events, ['hold busy']);
			mock.timers.tick(10_000);
			await settle();
			assert.deepEqual(events, ['hold busy', 'run']);
			work.finish();
			await result;
		});
	});

	for (const [state, hold] of [
		['runs', () => undefined],
		['is paused', () => control.pause('user')],
		['yields', () => control.yield(true)],
	] as const) {
		it(`ends at once while it ${state}`, async () => {
			const result = control.run(work.run);
			await settle();
			hold();
			await settle();
			const before = events.length;
			cancel.abort();
			await assert.rejects(result, isAbort);
			assert.equal(events.length, before);
			await assert.rejects(control.run(work.run), isAbort);
		});
	}
});
