/** The gate runs one step at a time, interactive first. */
import * as assert from 'node:assert/strict';
import { isAbort } from '../../../../src/inference/cancel';
import { BACKGROUND, type Caller, claimOf, INTERACTIVE } from '../../../../src/inference/engine/claim';
import { Gate } from '../../../../src/inference/engine/gate';
import type { Priority } from '../../../../src/inference/model';

const never = new AbortController().signal;
const interactive = claimOf('interactive');
const background = claimOf('background');

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
		done.push(gate.step(background, async () => void order.push('background'), never));
		done.push(gate.step(interactive, async () => void order.push('interactive'), never));
		assert.deepEqual(order, []);
		first.end();
		await Promise.all(done);
		assert.deepEqual(order, ['interactive', 'background']);
	});

	it('starts no background step while an interactive request is active', async () => {
		const gate = new Gate();
		const leave = gate.enter(claimOf('interactive'));
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
		gate.enter(claimOf('background'))();
		assert.equal(gate.isLively, false);
		const leave = gate.enter(claimOf('interactive'));
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
		const claim = { caller: { isFocused: false }, rank: BACKGROUND };
		const first = gate.enter(claimOf('interactive'));
		const ran: string[] = [];
		const waiting = gate.step(claim, async () => void ran.push('risen'), never);
		await new Promise(setImmediate);
		assert.deepEqual(ran, []);
		claim.rank = INTERACTIVE;
		const second = gate.enter(claimOf('interactive'));
		await waiting;
		assert.deepEqual(ran, ['risen']);
		first();
		second();
	});

	describe('with several callers', () => {
		const focused = { isFocused: true };
		const [one, other] = [{ isFocused: false }, { isFocused: false }];

		it('lets the cursor of the focused window go before the others, and reads the focus when it decides', async () => {
			const gate = new Gate();
			const first = new Work();
			const order: string[] = [];
			const moving = { isFocused: true };
			const step = (name: string, caller: Caller) =>
				gate.step(claimOf('interactive', caller), async () => void order.push(name), never);
			const done = [gate.step(interactive, first.run, never)];
			done.push(step('moved away', moving), step('elsewhere', one), step('focused', focused));
			moving.isFocused = false;
			first.end();
			await Promise.all(done);
			assert.deepEqual(order, ['focused', 'moved away', 'elsewhere']);
		});

		it('keeps completions of other windows waiting while the focused one has a request under way', async () => {
			const gate = new Gate();
			const leave = gate.enter(claimOf('interactive', focused));
			const ran: string[] = [];
			const waiting = gate.step(claimOf('interactive', one), async () => void ran.push('other'), never);
			await new Promise(setImmediate);
			assert.deepEqual(ran, []);
			leave();
			await waiting;
		});

		it('shares the time between chats, however many steps one of them has waiting', async () => {
			let time = 0;
			const gate = new Gate(() => time);
			const order: string[] = [];
			const step = (name: string, caller: Caller, cost: number) =>
				gate.step(
					claimOf('background', caller),
					async () => {
						order.push(name);
						time += cost;
					},
					never,
				);
			const first = new Work();
			const done: Promise<unknown>[] = [gate.step(interactive, first.run, never)];
			for (let index = 0; index < 4; index++) {
				done.push(step('a', one, 10));
			}
			for (let index = 0; index < 3; index++) {
				done.push(step('b', other, 20));
			}
			first.end();
			await Promise.all(done);
			assert.equal(order.join(''), 'abaabab', 'b takes twice as long, and gets half as many turns');
		});

		it('forgets nothing of it while one of them completes', async () => {
			let time = 0;
			const gate = new Gate(() => time);
			const order: string[] = [];
			const step = (name: string, caller: Caller, priority: Priority = 'background', cost = 10) =>
				gate.step(
					claimOf(priority, caller),
					async () => {
						order.push(name);
						time += cost;
					},
					never,
				);
			const first = new Work();
			const done: Promise<unknown>[] = [gate.step(interactive, first.run, never)];
			done.push(step('a', one, 'background', 100), step('b', other, 'background', 10));
			done.push(...[1, 2, 3].map(() => step('b', other)), step('a', one));
			first.end();
			await done[1];
			done.push(step('c', one, 'interactive'));
			await Promise.all(done);
			assert.equal(order.join('').replace('c', ''), 'abbbba');
		});

		it('saves nothing up for who did not ask', async () => {
			let time = 0;
			const gate = new Gate(() => time);
			const order: string[] = [];
			const step = (name: string, caller: Caller) =>
				gate.step(
					claimOf('background', caller),
					async () => {
						order.push(name);
						time += 10;
					},
					never,
				);
			for (let index = 0; index < 5; index++) {
				await step('a', one);
			}
			const first = new Work();
			const done: Promise<unknown>[] = [gate.step(interactive, first.run, never)];
			for (let index = 0; index < 3; index++) {
				done.push(step('b', other));
			}
			for (let index = 0; index < 3; index++) {
				done.push(step('a', one));
			}
			order.length = 0;
			first.end();
			await Promise.all(done);
			assert.match(order.join(''), /^b.*a.*b/, 'the new one does not get all that the other had');
		});
	});
});
