/** Fault 6: the GPU's memory runs out while a model works. Fewer layers, then the CPU; what the user chose stays. */
import assert from 'node:assert/strict';
import type { LoadOptions } from '../../src/inference/model';
import {
	collect,
	failure,
	fake,
	fillOf,
	findBuilt,
	never,
	readyModel,
	said,
	type TestClient,
	testClient,
} from '../support/fakeHost';

describe('fault 6: out of memory on the GPU', () => {
	let test: TestClient;
	beforeEach(() => {
		test = testClient({ hostFile: findBuilt('gpuHost.entry.mjs') });
	});
	afterEach(() => test.dispose());

	const starts = () => test.lines.filter((line) => /Model host \d+ answered/.test(line)).length;
	const load = (behaviour: string, options: Partial<LoadOptions> = {}) =>
		test.client.load(fake(behaviour, { backend: 'auto', ...options }), never);
	const ask = () => collect(test.client.fill(fillOf('say 3'), never));
	const good = { text: said(3), end: 'end-of-text' };

	it('goes on with half of the layers, within the same request', async () => {
		await load('gpu-12');
		assert.equal(readyModel(test.client.state).gpuLayers, 24);
		assert.deepEqual(await ask(), good);
		const { backend, gpuLayers, fallbackReason } = readyModel(test.client.state);
		assert.deepEqual([backend, gpuLayers], ['cuda', 12]);
		assert.match(
			fallbackReason ?? '',
			/SIGABRT while fake:gpu-12 was generating.* 12 instead of 24 layers on the GPU\.$/,
		);
		assert.equal(starts(), 2);
		assert.deepEqual(await ask(), good);
		assert.equal(starts(), 2, 'it stays there');
	});

	it('does the same where a batch fails without a crash', async () => {
		await load('eval-12');
		assert.deepEqual(await ask(), good);
		assert.equal(readyModel(test.client.state).gpuLayers, 12);
		assert.match(test.lines.join('\n'), /the GPU is out of memory: Eval has failed/);
		assert.equal(starts(), 2);
	});

	it('ends on the CPU, after two crashes and no more', async () => {
		await load('gpu-5');
		await ask();
		assert.deepEqual(await ask(), good);
		const { backend, fallbackReason } = readyModel(test.client.state);
		assert.equal(backend, 'cpu');
		assert.match(fallbackReason ?? '', /It was loaded on the CPU instead\.$/);
		assert.equal(starts(), 3);
	});

	it('takes the CPU where half of the layers do not fit at load', async () => {
		await load('full-5');
		assert.deepEqual(await ask(), good);
		const { backend, fallbackReason } = readyModel(test.client.state);
		assert.equal(backend, 'cpu');
		assert.equal(fallbackReason, 'It is full. It was loaded on the CPU instead.');
		assert.equal(starts(), 3);
		assert.equal(
			test.states.filter(({ type }) => type === 'failed').length,
			0,
			'nobody is told of a failure',
		);
	});

	it('never changes layers that the user chose, and stops at the breaker', async () => {
		await load('gpu-5', { gpuLayers: 20 });
		await ask();
		await ask();
		assert.equal((await ask()).end, 'host-crashed-repeatedly');
		assert.ok(failure(test.client.state).remedies.includes('use-cpu'));
		assert.equal(starts(), 4);
		assert.equal(
			test.states.filter((state) => state.type === 'ready' && state.model.gpuLayers !== 20).length,
			0,
		);
	});
});
