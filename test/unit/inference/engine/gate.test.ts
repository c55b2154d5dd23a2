/** The gate runs one step at a time, interactive first. */
import * as assert from 'node:assert/strict';
import { isAbort } from '../../../../src/inference/cancel';
import { Gate } from '../../../../src/inference/engine/gate';
import type { Priority } from '../../../../src/inference/model';

const never = new AbortController().signal;
const interactive = { priority: 'interactive' } as const;
const background = { priority: 'background' } as const;

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
		const done = [gate.step(background, first.run, never)];
		for (const claim of [background, interactive]) {
			done.push(gate.step(claim, async () => void order.push(claim.priority), never));
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
		const waiting = gate.step(background, async () => void ran.push('ran'), never);
		await gate.step(interactive, async () => undefined, never);
		await new Promise(setImmediate);
		assert.deepEqual(ran, []);
		leave();
		leave();
		await waiting;
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
		const aborted = gate.step(interactive, work.run, controller.signal);
		await work.started;
		const ran: string[] = [];
		const next = gate.step(interactive, async () => void ran.push('ran'), never);
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
			background,
			async () => {
				await work.run();
				throw new Error('native');
			},
			never,
		);
		const ran: string[] = [];
		const waiting = gate.step(interactive, async () => void ran.push('ran'), controller.signal);
		controller.abort();
		await assert.rejects(waiting, isAbort);
		work.end();
		await assert.rejects(failing, /native/);
		assert.equal(await gate.step(background, async () => 'next', never), 'next');
		assert.deepEqual(ran, []);
	});

	it('goes on after work that fails before it begins', async () => {
		const gate = new Gate();
		const broken = () => {
			throw new Error('at once');
		};
		await assert.rejects(gate.step(background, broken, never), /at once/);
		assert.equal(await gate.step(background, async () => 'next', never), 'next');
	});

	it('reads a priority when it gives the turn: one that has risen goes first, at once', async () => {
		const gate = new Gate();
		const claim: { priority: Priority } = { priority: 'background' };
		const first = gate.enter('interactive');
		const ran: string[] = [];
		const waiting = gate.step(claim, async () => void ran.push('risen'), never);
		await new Promise(setImmediate);
		assert.deepEqual(ran, []);
		claim.priority = 'interactive';
		const second = gate.enter('interactive');
		await waiting;
		assert.deepEqual(ran, ['risen']);
		first();
		second();
	});
});
