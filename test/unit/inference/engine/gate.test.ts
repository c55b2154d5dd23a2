/** The gate runs one step at a time, interactive first; the lock has one owner. */
import * as assert from 'node:assert/strict';
import { isAbort } from '../../../../src/inference/cancel';
import { Gate, Lock } from '../../../../src/inference/engine/gate';
import type { Priority } from '../../../../src/inference/model';

const never = new AbortController().signal;

/** Work that ends when told to. */
class Work {
	readonly started: Promise<void>;
	#start: () => void = () => undefined;
	#end: () => void = () => undefined;
	readonly #ended: Promise<void>;

	constructor() {
		this.started = new Promise((resolve) => {
			this.#start = resolve;
		});
		this.#ended = new Promise((resolve) => {
			this.#end = resolve;
		});
	}

	readonly run = async () => {
		this.#start();
		await this.#ended;
	};

	end(): void {
		this.#end();
	}
}

describe('gate', () => {
	it('runs one step at a time, interactive ones first', async () => {
		const gate = new Gate();
		const first = new Work();
		const order: string[] = [];
		const done = [gate.step('background', first.run, never)];
		for (const [name, priority] of [
			['background', 'background'],
			['interactive', 'interactive'],
		] satisfies [string, Priority][]) {
			done.push(gate.step(priority, async () => void order.push(name), never));
		}
		assert.deepEqual(order, []);
		first.end();
		await Promise.all(done);
		assert.deepEqual(order, ['interactive', 'background']);
	});

	it('starts no background step while an interactive request is active', async () => {
		const gate = new Gate();
		const leave = gate.enter('interactive');
		const ran: string[] = [];
		const background = gate.step('background', async () => void ran.push('ran'), never);
		await gate.step('interactive', async () => undefined, never);
		await new Promise(setImmediate);
		assert.deepEqual(ran, []);
		leave();
		leave();
		await background;
		assert.deepEqual(ran, ['ran']);
	});

	it('is lively during an interactive request and shortly after', () => {
		let time = 0;
		const gate = new Gate(() => time);
		assert.equal(gate.isLively, false);
		gate.enter('background')();
		assert.equal(gate.isLively, false);
		const leave = gate.enter('interactive');
		time = 60_000;
		assert.equal(gate.isLively, true);
		leave();
		assert.equal(gate.isLively, true);
		time += 3_001;
		assert.equal(gate.isLively, false);
	});

	it('settles at once on abort, but the next step waits for the work that still runs', async () => {
		const gate = new Gate();
		const controller = new AbortController();
		const work = new Work();
		const aborted = gate.step('interactive', work.run, controller.signal);
		await work.started;
		const ran: string[] = [];
		const next = gate.step('interactive', async () => void ran.push('ran'), never);
		controller.abort();
		await assert.rejects(aborted, isAbort);
		assert.deepEqual(ran, []);
		work.end();
		await next;
		assert.deepEqual(ran, ['ran']);
	});

	it('forgets a step that is aborted before its turn, and goes on after one that fails', async () => {
		const gate = new Gate();
		const controller = new AbortController();
		const work = new Work();
		const failing = gate.step(
			'background',
			async () => {
				await work.run();
				throw new Error('native');
			},
			never,
		);
		const ran: string[] = [];
		const waiting = gate.step('interactive', async () => void ran.push('ran'), controller.signal);
		controller.abort();
		await assert.rejects(waiting, isAbort);
		work.end();
		await assert.rejects(failing, /native/);
		assert.equal(await gate.step('background', async () => 'next', never), 'next');
		assert.deepEqual(ran, []);
	});
});

describe('lock', () => {
	it('has one owner after another, in order, and skips those that gave up', async () => {
		const lock = new Lock();
		const order: number[] = [];
		const controller = new AbortController();
		const release = await lock.acquire(never);
		const second = lock.acquire(controller.signal);
		const third = lock.acquire(never).then((done) => {
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
});
