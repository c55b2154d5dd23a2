/** Contexts are swapped and freed: each that was made is freed once, whatever is aborted, disposed or fails. */
import * as assert from 'node:assert/strict';
import { isAbort } from '../../../../src/inference/cancel';
import { Gate } from '../../../../src/inference/engine/gate';
import { Lock } from '../../../../src/inference/engine/lock';
import { type Slot, Slots } from '../../../../src/inference/engine/slots';
import type { Adapter } from '../../../../src/inference/model';

const never = new AbortController().signal;
const adapter: readonly Adapter[] = [{ path: '/a.gguf', scale: 1 }];
const other: readonly Adapter[] = [{ path: '/b.gguf', scale: 1 }];

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
		const name = adapters.map(({ path, scale }) => `${path} ${scale}`).join(' + ');
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

async function setUp() {
	const factory = new Factory();
	const gate = new Gate();
	const slots = new Slots(await factory.make([]), factory.make, gate, () => undefined);
	return { factory, gate, slots };
}

function latch() {
	let open: () => void = () => undefined;
	const opened = new Promise<void>((resolve) => {
		open = resolve;
	});
	return { open, opened };
}

const turn = () => new Promise(setImmediate);

describe('slots', () => {
	it('swaps, and frees the old context when its requests have ended', async () => {
		const { factory, slots } = await setUp();
		const release = await slots.current.chat.lock.acquire('background', never);
		await slots.use(adapter, never);
		assert.equal(slots.current.adapters, adapter);
		await turn();
		assert.deepEqual(factory.freed, []);
		release();
		await turn();
		assert.deepEqual(factory.freed, ['']);
		await slots.use([...adapter], never);
		assert.deepEqual(factory.made, ['', '/a.gguf 1']);
	});

	it('has two contexts at most', async () => {
		const { factory, slots } = await setUp();
		const release = await slots.current.chat.lock.acquire('background', never);
		await slots.use(adapter, never);
		const controller = new AbortController();
		const aborted = slots.use(other, controller.signal);
		const third = slots.use(other, never);
		await turn();
		assert.deepEqual(factory.made, ['', '/a.gguf 1']);
		controller.abort();
		await assert.rejects(aborted, isAbort);
		release();
		await third;
		assert.deepEqual(factory.made, ['', '/a.gguf 1', '/b.gguf 1']);
	});

	it('frees a context that is made after the abort, and keeps the old one', async () => {
		const { factory, slots } = await setUp();
		const { open, opened } = latch();
		factory.before = () => opened;
		const controller = new AbortController();
		const aborted = slots.use(adapter, controller.signal);
		const next = slots.use(other, never);
		await turn();
		controller.abort();
		await assert.rejects(aborted, isAbort);
		assert.deepEqual(slots.current.adapters, []);
		open();
		await next;
		await turn();
		assert.deepEqual(factory.freed, ['/a.gguf 1', '']);
		assert.equal(slots.current.adapters, other);
	});

	/** As much memory as one context takes. */
	async function setUpNarrow() {
		const result = await setUp();
		const { factory } = result;
		factory.before = async () => {
			if (factory.made.length > factory.freed.length) {
				throw new Error('no memory');
			}
		};
		return result;
	}

	it('frees the old context first where two do not fit, when its requests have ended; new ones wait', async () => {
		const { factory, slots } = await setUpNarrow();
		const release = await slots.current.chat.lock.acquire('background', never);
		const using = slots.use(adapter, never);
		await turn();
		await turn();
		let isReady = false;
		const ready = slots.ready(never).then(() => {
			isReady = true;
			return slots.current.adapters;
		});
		const controller = new AbortController();
		const impatient = slots.ready(controller.signal);
		controller.abort();
		await assert.rejects(impatient, isAbort);
		await turn();
		assert.deepEqual([factory.freed, isReady], [[], false]);
		release();
		await using;
		assert.equal(await ready, adapter);
		assert.deepEqual([factory.made, factory.freed], [['', '/a.gguf 1'], ['']]);
		await slots.dispose();
		assert.deepEqual(factory.freed, ['', '/a.gguf 1']);
	});

	it('serves every request, whenever it comes while the old context makes room', async () => {
		for (let moment = 0; moment < 40; moment++) {
			const { factory, slots } = await setUpNarrow();
			const using = slots.use(adapter, never);
			for (let step = 0; step < moment; step++) {
				await Promise.resolve();
			}
			await slots.ready(never);
			const { current } = slots;
			const release = await current.completion.lock.acquire('background', never);
			await turn();
			assert.ok(!factory.freed.includes(current.adapters.length === 0 ? '' : '/a.gguf 1'));
			release();
			await using;
			assert.equal(slots.current.adapters, adapter);
		}
	});

	it('keeps the old context when it is not to wait any longer', async () => {
		const { factory, slots } = await setUpNarrow();
		const release = await slots.current.chat.lock.acquire('background', never);
		const controller = new AbortController();
		const using = slots.use(adapter, controller.signal);
		await turn();
		await turn();
		controller.abort();
		await assert.rejects(using, isAbort);
		await slots.ready(never);
		assert.deepEqual([factory.freed, slots.current.adapters], [[], []]);
		release();
		await slots.use(adapter, never);
		assert.equal(slots.current.adapters, adapter);
	});

	it('has the old adapters again, and names the remedy, when the new ones do not fit alone', async () => {
		const { factory, slots } = await setUp();
		let tries = 0;
		factory.before = async () => {
			if (++tries < 3) {
				throw new Error('no room');
			}
		};
		await assert.rejects(
			slots.use(adapter, never),
			/not enough memory \(no room\).*familiar\.model\.contextSize/,
		);
		assert.deepEqual([factory.made, factory.freed], [['', ''], ['']]);
		assert.deepEqual(slots.current.adapters, []);
		await slots.use(adapter, never);
		assert.equal(slots.current.adapters, adapter);
	});

	it('says so when no context fits any more, and recovers when one does', async () => {
		const { factory, slots } = await setUp();
		factory.before = async () => {
			throw new Error('no room');
		};
		await assert.rejects(slots.use(adapter, never), /no room/);
		assert.throws(() => slots.current, /no memory left/);
		await assert.rejects(slots.use(adapter, never), /no room/);
		factory.before = async () => undefined;
		await slots.use(other, never);
		assert.equal(slots.current.adapters, other);
		await slots.dispose();
		assert.deepEqual(factory.freed, ['', '/b.gguf 1']);
	});

	it('disposes of everything, also of what is being made, and not before its requests have ended', async () => {
		const { factory, slots } = await setUp();
		const { open, opened } = latch();
		const release = await slots.current.completion.lock.acquire('background', never);
		factory.before = () => opened;
		const controller = new AbortController();
		const using = slots.use(adapter, controller.signal);
		await turn();
		controller.abort();
		const disposed = slots.dispose().then(() => 'disposed');
		await assert.rejects(using, isAbort);
		assert.equal(await Promise.race([disposed, turn().then(() => 'not yet')]), 'not yet');
		release();
		await turn();
		assert.deepEqual(factory.freed, []);
		open();
		assert.equal(await disposed, 'disposed');
		assert.deepEqual(factory.freed, ['/a.gguf 1', '']);
	});

	it('disposes of what a swap that ends meanwhile has put in place', async () => {
		const { factory, slots } = await setUp();
		const { open, opened } = latch();
		factory.before = () => opened;
		const using = slots.use(adapter, never);
		await turn();
		const disposed = slots.dispose();
		await turn();
		open();
		await using;
		await disposed;
		assert.deepEqual(factory.freed, ['', '/a.gguf 1']);
	});
});
