/** What was in use, when and why: bounded, and the way back. */

import assert from 'node:assert/strict';
import { ActiveAdapters } from '../../../../src/finetune/adapters/active';
import { type Choice, Choices } from '../../../../src/finetune/adapters/choices';
import { AdapterHistory, MOST_CHANGES } from '../../../../src/finetune/adapters/history';
import { FakeModel, fakeDescription } from '../../../support/fakeModel';
import { recordingLog } from '../../../support/silentLog';
import { memory } from '../report/memory';

const choice = (name: string, scale = 1): Choice => ({ path: `/adapters/${name}.gguf`, name, scale });
const [a, b] = [choice('a'), choice('b')];

describe('finetune/adapters/history', () => {
	it('notes each change of each base, the newest first', async () => {
		let now = 0;
		const history = new AdapterHistory(memory(), 'completion', () => ++now);
		await history.note('/x', [a], 'trained');
		await history.note('/y', [b], 'chosen');
		await history.note('/x', [a, b], 'chosen');
		assert.deepEqual(
			history.of('/x').map(({ at, reason, choices }) => [at, reason, choices.length]),
			[
				[3, 'chosen', 2],
				[1, 'trained', 1],
			],
		);
		assert.deepEqual(history.before('/x', [a, b]), [a]);
		assert.deepEqual(history.before('/y', [b]), []);
		assert.deepEqual(history.before('/z', []), []);
	});

	it('does not take another strength for another choice', async () => {
		const history = new AdapterHistory(memory());
		await history.note('/x', [], 'chosen');
		assert.deepEqual(history.of('/x'), []);
		await history.note('/x', [b], 'chosen');
		await history.note('/x', [a], 'trained');
		await history.note('/x', [choice('a', 0.5)], 'chosen');
		assert.deepEqual(
			history.of('/x').map(({ reason, choices }) => [reason, choices[0]?.scale]),
			[
				['trained', 0.5],
				['chosen', 1],
			],
		);
		assert.deepEqual(history.before('/x', [choice('a', 0.5)]), [b]);
	});

	it('is bounded, and takes what is damaged for nothing', async () => {
		const kept = memory();
		const history = new AdapterHistory(kept);
		for (let index = 0; index < 2 * MOST_CHANGES; index++) {
			await history.note('/x', [index % 2 === 0 ? a : b], 'chosen');
		}
		assert.equal(history.of('/x').length, MOST_CHANGES);
		await kept.update('familiar.adapterHistory', [{ base: '/x', at: 1, reason: 'fate', choices: [] }]);
		assert.deepEqual(history.of('/x'), []);
	});

	it('forgets a deleted adapter, and knows a renamed one', async () => {
		const choices = new Choices(memory());
		await choices.set('/x', [a]);
		await choices.set('/x', [b]);
		await choices.rename(b.path, 'night');
		assert.deepEqual(
			[choices.of('/x')[0]?.name, choices.history.of('/x')[0]?.choices[0]?.name],
			['night', 'night'],
		);
		await choices.drop(a.path);
		assert.deepEqual(choices.history.before('/x', choices.of('/x')), []);
		await choices.clear();
		assert.deepEqual([choices.of('/x'), choices.history.of('/x')], [[], []]);
	});
});

describe('finetune/adapters/active: roll back', () => {
	const base = fakeDescription.path;
	let model: FakeModel;
	let choices: Choices;
	let active: ActiveAdapters;

	beforeEach(() => {
		model = new FakeModel();
		choices = new Choices(memory());
		active = new ActiveAdapters({ model, choices, onRefused: () => undefined, log: recordingLog() });
	});
	afterEach(() => active.dispose());

	it('goes back to what was in use, the model alone too', async () => {
		assert.equal(active.previous, undefined);
		await active.use([a], 'trained');
		assert.deepEqual(active.previous, []);
		await active.use([b]);
		assert.deepEqual(active.previous, [a]);
		assert.equal(await active.rollBack(), undefined);
		assert.deepEqual([active.all, choices.of(base)], [[a], [a]]);
		assert.deepEqual(
			active.history.map(({ reason }) => reason),
			['rolledBack', 'chosen', 'trained'],
		);
	});

	it('goes back to the model alone, and again to the adapter', async () => {
		await active.use([a], 'trained');
		await active.rollBack();
		assert.deepEqual([active.all, model.adapterCalls.at(-1)], [[], []]);
		assert.deepEqual(active.previous, [a]);
		await active.rollBack();
		assert.deepEqual(active.all, [a]);
	});

	it('stays where it is when the model refuses', async () => {
		await active.use([a]);
		await active.use([b]);
		model.onUseAdapters = () => 'a.gguf is gone.';
		assert.equal(await active.rollBack(), 'a.gguf is gone.');
		assert.deepEqual([active.all, active.history.length], [[b], 2]);
	});

	it('knows nothing of another model', async () => {
		await active.use([a]);
		model.change({ type: 'ready', model: { ...fakeDescription, path: '/other.gguf' } });
		assert.deepEqual([active.previous, active.history], [undefined, []]);
		model.state = { type: 'none' };
		assert.equal(active.previous, undefined);
		assert.equal(await active.rollBack(), undefined);
	});
});
