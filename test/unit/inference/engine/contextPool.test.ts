/** Contexts are made, shared and freed: each that was made is freed once, whatever is aborted, disposed or fails. */
import * as assert from 'node:assert/strict';
import { isAbort } from '../../../../src/inference/cancel';
import { ANYBODY, claimOf } from '../../../../src/inference/engine/claim';
import type { ContextChoice } from '../../../../src/inference/engine/contextChoice';
import type { Slot } from '../../../../src/inference/engine/contextPlace';
import { ContextPool } from '../../../../src/inference/engine/contextPool';
import { Gate } from '../../../../src/inference/engine/gate';
import { Lock } from '../../../../src/inference/engine/lock';
import type { Adapter } from '../../../../src/inference/model';

const never = new AbortController().signal;
const background = claimOf('background');
const named = (name: string): readonly Adapter[] => [{ path: name, scale: 1 }];

function fakeLane() {
	return {
		lock: new Lock(),
		contextSize: 100,
		keep: async () => 0,
		feed: async () => undefined,
		async *sample() {},
		score: async () => [],
	};
}

/** Makes contexts, one of which can be held back, and counts those that are not freed. */
class Factory {
	readonly freed: string[] = [];
	readonly made: string[] = [];
	/** Runs before a context is made. */
	before: () => Promise<void> = async () => undefined;

	readonly make = async (adapters: readonly Adapter[]): Promise<Slot> => {
		await this.before();
		const name = adapters.map(({ path }) => path).join(' + ');
		this.made.push(name);
		let isFreed = false;
		return {
			adapters,
			completion: fakeLane(),
			chat: fakeLane(),
			dispose: async () => {
				assert.equal(isFreed, false, 'freed twice');
				isFreed = true;
				this.freed.push(name);
			},
		};
	};
}

async function setUp(most?: number) {
	const factory = new Factory();
	const pool = new ContextPool(await factory.make([]), factory.make, new Gate(), () => undefined, most);
	return { factory, pool };
}

/** As many contexts as fit into memory at once. */
async function setUpNarrow(room: number) {
	const result = await setUp();
	const { factory } = result;
	factory.before = async () => {
		if (factory.made.length - factory.freed.length >= room) {
			throw new Error('no memory');
		}
	};
	return result;
}

function latch() {
	let open: () => void = () => undefined;
	const opened = new Promise<void>((resolve) => {
		open = resolve;
	});
	return { open, opened };
}

const turn = () => new Promise(setImmediate);
const hold = (choice: ContextChoice, signal = never) => choice.hold(background, signal);
const nameOf = ({ slot }: { readonly slot: Slot }) => slot.adapters.map(({ path }) => path).join(' + ');

/** Makes a request that is over at once; the adapters that it was answered with. */
async function request(choice: ContextChoice): Promise<string> {
	const held = await hold(choice);
	held.release();
	return nameOf(held);
}

describe('context pool', () => {
	it('changes the adapters, and frees the old context when its requests have ended', async () => {
		const { factory, pool } = await setUp();
		const one = pool.enter(ANYBODY);
		const running = await hold(one);
		await one.use(named('a'), never);
		assert.equal(await request(one), 'a');
		await turn();
		assert.deepEqual(factory.freed, []);
		running.release();
		await turn();
		assert.deepEqual(factory.freed, ['']);
		await one.use(named('a'), never);
		assert.deepEqual(factory.made, ['', 'a']);
	});

	it('shares a context between those with the same adapters, and keeps the others apart', async () => {
		const { factory, pool } = await setUp();
		const [one, other, third] = [pool.enter(ANYBODY), pool.enter(ANYBODY), pool.enter(ANYBODY)];
		await Promise.all([one.use(named('a'), never), other.use(named('a'), never)]);
		const both = await Promise.all([hold(one), hold(other), hold(third)]);
		assert.deepEqual(both.map(nameOf), ['a', 'a', '']);
		assert.equal(both[0].slot, both[1].slot);
		assert.deepEqual(factory.made, ['', 'a']);
		for (const held of both) {
			held.release();
		}
		one.leave();
		await turn();
		assert.deepEqual(factory.freed, [], 'another has chosen it');
		other.leave();
		await turn();
		assert.deepEqual(factory.freed, ['a']);
		third.leave();
		await turn();
		assert.deepEqual(factory.freed, ['a'], 'the last one stays for whoever comes back');
	});

	it('gives a second answer a context of its own for as long as it takes, and nobody else', async () => {
		const { factory, pool } = await setUp();
		const [one, other] = [pool.enter(ANYBODY), pool.enter(ANYBODY)];
		const first = await one.hold(background, never, 'answer');
		const second = await other.hold(background, never, 'answer');
		assert.notEqual(second.slot, first.slot);
		const short = await hold(other);
		assert.equal(short.slot, first.slot);
		assert.deepEqual(factory.made, ['', '']);
		second.release();
		await turn();
		assert.deepEqual(factory.freed, ['']);
		for (const held of [first, short]) {
			held.release();
		}
		await turn();
		assert.deepEqual(factory.freed, [''], 'the first one stays');
	});

	it('lets a second answer wait where there is no room for a further context', async () => {
		const { factory, pool } = await setUpNarrow(1);
		const [one, other] = [pool.enter(ANYBODY), pool.enter(ANYBODY)];
		const first = await one.hold(background, never, 'answer');
		const second = await other.hold(background, never, 'answer');
		assert.equal(second.slot, first.slot);
		assert.deepEqual(factory.made, ['']);
	});

	it('waits for native work that outlives its request', async () => {
		const { factory, pool } = await setUp();
		const one = pool.enter(ANYBODY);
		const held = await hold(one);
		const release = await held.slot.chat.lock.acquire(background, never);
		held.release();
		await one.use(named('a'), never);
		await turn();
		assert.deepEqual(factory.freed, []);
		release();
		await turn();
		assert.deepEqual(factory.freed, ['']);
	});

	it('has so many at most: the idle one that was not used for longest goes, and comes again', async () => {
		const { factory, pool } = await setUp(2);
		const [one, other, third] = [pool.enter(ANYBODY), pool.enter(ANYBODY), pool.enter(ANYBODY)];
		await one.use(named('a'), never);
		await other.use(named('b'), never);
		assert.deepEqual(factory.freed, ['']);
		await request(one);
		await third.use(named('c'), never);
		assert.deepEqual(factory.freed, ['', 'b']);
		const running = await hold(third);
		assert.equal(await request(other), 'b');
		assert.deepEqual(factory.freed, ['', 'b', 'a'], 'the busy one stays');
		running.release();
	});

	it('lets one more wait while all are busy; who gives up takes nothing away', async () => {
		const { factory, pool } = await setUp(2);
		const [one, other, third] = [pool.enter(ANYBODY), pool.enter(ANYBODY), pool.enter(ANYBODY)];
		await one.use(named('a'), never);
		await other.use(named('b'), never);
		const busy = await Promise.all([hold(one), hold(other)]);
		const controller = new AbortController();
		const impatient = hold(third, controller.signal);
		await turn();
		controller.abort();
		await assert.rejects(impatient, isAbort);
		assert.equal(await request(one), 'a');
		const patient = request(third);
		await turn();
		assert.deepEqual(factory.made, ['', 'a', 'b']);
		for (const held of busy) {
			held.release();
		}
		assert.equal(await patient, '');
		assert.equal(factory.freed.length, 2);
	});

	describe('with long work in all of them', () => {
		const interactive = claimOf('interactive');

		/** A window that chats with the base, one that is judged with `a`; most is 2. */
		async function setUpBusy(narrow = false) {
			const { factory, pool } = await setUp(2);
			const [chat, judge, writer] = [pool.enter(ANYBODY), pool.enter(ANYBODY), pool.enter(ANYBODY)];
			const answer = await chat.hold(background, never, 'answer');
			const judged = await judge.hold(background, never, 'long', named('a'));
			if (narrow) {
				factory.before = async () => {
					throw new Error('no memory');
				};
			}
			return { factory, pool, writer, judge, answer, judged };
		}

		it('lets nobody wait at the cursor: there is one more for as long as it takes', async () => {
			const { factory, pool, writer, answer, judged } = await setUpBusy();
			await writer.use(named('b'), never);
			const held = await pool.hold(() => named('c'), interactive, never);
			assert.deepEqual([nameOf(held), factory.made], ['c', ['', 'a', 'b', 'c']]);
			assert.deepEqual(factory.freed, ['b'], 'one more, and not two');
			held.release();
			const again = await writer.hold(interactive, never);
			assert.equal(nameOf(again), 'b');
			again.release();
			judged.release();
			answer.release();
			await turn();
			assert.equal(factory.made.length - factory.freed.length, 2);
			assert.equal(await request(writer), 'b');
		});

		it('lets others wait, who keep nobody from a context that is there', async () => {
			const { factory, pool, judge, answer, judged } = await setUpBusy();
			let isThere = false;
			const waiting = judge.hold(background, never, 'long', named('c')).then((held) => {
				isThere = true;
				return held;
			});
			await turn();
			await turn();
			// Completion with the adapters of the chat, of the judge, and with others.
			for (const name of ['', 'a', 'd']) {
				const held = await pool.hold(() => (name === '' ? [] : named(name)), interactive, never);
				assert.equal(nameOf(held), name);
				held.release();
			}
			await turn();
			assert.equal(isThere, false);
			judged.release();
			assert.equal(nameOf(await waiting), 'c');
			assert.ok(!factory.freed.includes(''), 'the answer is still written');
			answer.release();
		});

		it('frees what is too much when long work has ended, and never what was used last', async () => {
			const { factory, pool, writer, judge, answer, judged } = await setUpBusy();
			await judge.use(named('a'), never);
			const held = await pool.hold(() => named('b'), interactive, never);
			await writer.use(named('b'), never);
			held.release();
			await turn();
			assert.deepEqual(factory.freed, [], 'two of three are busy');
			answer.release();
			await turn();
			assert.deepEqual(factory.freed, [''], 'although its window may chat again');
			judged.release();
			await turn();
			assert.deepEqual(factory.freed, ['']);
		});

		it('waits at the cursor, too, where no further context fits into memory', async () => {
			const { factory, pool, answer, judged } = await setUpBusy(true);
			const controller = new AbortController();
			const impatient = pool.hold(() => named('b'), interactive, controller.signal);
			const patient = pool.hold(() => named('b'), interactive, never);
			await turn();
			assert.equal(nameOf(await pool.hold(() => [], interactive, never)), '');
			controller.abort();
			await assert.rejects(impatient, isAbort);
			factory.before = async () => undefined;
			judged.release();
			assert.equal(nameOf(await patient), 'b');
			answer.release();
		});
	});

	it('frees a context that is made after the abort, and keeps the old one', async () => {
		const { factory, pool } = await setUp();
		const one = pool.enter(ANYBODY);
		const { open, opened } = latch();
		factory.before = () => opened;
		const controller = new AbortController();
		const aborted = one.use(named('a'), controller.signal);
		const next = one.use(named('b'), never);
		await turn();
		controller.abort();
		await assert.rejects(aborted, isAbort);
		assert.equal(await request(one), '');
		open();
		await next;
		await turn();
		assert.deepEqual(factory.freed, ['a', '']);
		assert.equal(await request(one), 'b');
	});

	it('lets a request go whose consumer neither reads on nor leaves', async () => {
		const { factory, pool } = await setUp();
		const one = pool.enter(ANYBODY);
		const controller = new AbortController();
		await hold(one, controller.signal);
		await one.use(named('a'), never);
		controller.abort();
		await turn();
		assert.deepEqual(factory.freed, ['']);
	});

	describe('where memory is short', () => {
		it('frees the old context first, when its requests have ended; new ones wait', async () => {
			const { factory, pool } = await setUpNarrow(1);
			const one = pool.enter(ANYBODY);
			const running = await hold(one);
			const using = one.use(named('a'), never);
			await turn();
			await turn();
			let isReady = false;
			const ready = request(one).then((name) => {
				isReady = true;
				return name;
			});
			const controller = new AbortController();
			const impatient = hold(one, controller.signal);
			controller.abort();
			await assert.rejects(impatient, isAbort);
			await turn();
			assert.deepEqual([factory.freed, isReady], [[], false]);
			running.release();
			await using;
			assert.equal(await ready, 'a');
			assert.deepEqual([factory.made, factory.freed], [['', 'a'], ['']]);
			await pool.dispose();
			assert.deepEqual(factory.freed, ['', 'a']);
		});

		it('serves every request, whenever it comes while the old context makes room', async () => {
			for (let moment = 0; moment < 40; moment++) {
				const { factory, pool } = await setUpNarrow(1);
				const one = pool.enter(ANYBODY);
				const using = one.use(named('a'), never);
				for (let step = 0; step < moment; step++) {
					await Promise.resolve();
				}
				const held = await hold(one);
				await turn();
				assert.ok(!factory.freed.includes(nameOf(held)));
				held.release();
				await using;
				assert.equal(await request(one), 'a');
			}
		});

		it('serves two with different adapters in turn', async () => {
			const { factory, pool } = await setUpNarrow(1);
			const [one, other] = [pool.enter(ANYBODY), pool.enter(ANYBODY)];
			await one.use(named('a'), never);
			const names = await Promise.all([one, other, one, other].map(request));
			assert.deepEqual(names, ['a', '', 'a', '']);
			assert.equal(factory.made.length - factory.freed.length, 1);
		});

		it('keeps the old context when it is not to wait any longer', async () => {
			const { factory, pool } = await setUpNarrow(1);
			const one = pool.enter(ANYBODY);
			const running = await hold(one);
			const controller = new AbortController();
			const using = one.use(named('a'), controller.signal);
			await turn();
			await turn();
			controller.abort();
			await assert.rejects(using, isAbort);
			assert.equal(await request(one), '');
			assert.deepEqual(factory.freed, []);
			running.release();
			await one.use(named('a'), never);
			assert.equal(await request(one), 'a');
		});

		it('has the old adapters again, and names the remedy, when the new ones do not fit alone', async () => {
			const { factory, pool } = await setUp();
			const one = pool.enter(ANYBODY);
			let tries = 0;
			factory.before = async () => {
				if (++tries < 3) {
					throw new Error('no room');
				}
			};
			await assert.rejects(
				one.use(named('a'), never),
				/not enough memory .*\(no room\).*familiar\.model\.contextSize/,
			);
			assert.equal(await request(one), '');
			assert.deepEqual([factory.made, factory.freed], [['', ''], ['']]);
		});

		it('says so when no context fits any more, and recovers when one does', async () => {
			const { factory, pool } = await setUp();
			const one = pool.enter(ANYBODY);
			factory.before = async () => {
				throw new Error('no room');
			};
			await assert.rejects(one.use(named('a'), never), /no room/);
			await assert.rejects(request(one), /no room/);
			factory.before = async () => undefined;
			await one.use(named('b'), never);
			assert.equal(await request(one), 'b');
			await pool.dispose();
			assert.deepEqual(factory.freed, ['', 'b']);
		});
	});

	it('disposes of everything, also of what is being made, and not before its requests have ended', async () => {
		const { factory, pool } = await setUp();
		const one = pool.enter(ANYBODY);
		const { open, opened } = latch();
		const running = await hold(one);
		factory.before = () => opened;
		const controller = new AbortController();
		const using = one.use(named('a'), controller.signal);
		await turn();
		controller.abort();
		const disposed = pool.dispose().then(() => 'disposed');
		await assert.rejects(using, isAbort);
		assert.equal(await Promise.race([disposed, turn().then(() => 'not yet')]), 'not yet');
		running.release();
		await turn();
		assert.deepEqual(factory.freed, []);
		open();
		assert.equal(await disposed, 'disposed');
		assert.deepEqual([...factory.freed].sort(), ['', 'a']);
	});

	it('disposes of what a change that ends meanwhile has put in place', async () => {
		const { factory, pool } = await setUp();
		const one = pool.enter(ANYBODY);
		const { open, opened } = latch();
		factory.before = () => opened;
		const using = one.use(named('a'), never);
		await turn();
		const disposed = pool.dispose();
		await turn();
		open();
		await using;
		await disposed;
		assert.deepEqual([...factory.freed].sort(), ['', 'a']);
	});
});
