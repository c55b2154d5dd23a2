/** Tests of which adapters the model has: after a choice, a restart, a change of the model, and a refusal. */

import assert from 'node:assert/strict';
import { ActiveAdapters } from '../../../../src/finetune/adapters/active';
import { added, type Choice, Choices, type Memory, without } from '../../../../src/finetune/adapters/choices';
import { ModelUnavailable } from '../../../../src/inference/model';
import { FakeModel, fakeDescription } from '../../../support/fakeModel';
import { recordingLog } from '../../../support/silentLog';

function memory(): Memory {
	const values = new Map<string, unknown>();
	return {
		get: (key, defaultValue) => {
			// What is stored is whatever somebody wrote there, as in VS Code.
			const value: typeof defaultValue | undefined =
				JSON.parse(JSON.stringify(values.get(key) ?? null)) ?? undefined;
			return value ?? defaultValue;
		},
		update: async (key, value) => {
			values.set(key, value);
		},
	};
}

function choice(name: string, scale = 1): Choice {
	return { path: `/adapters/${name}.gguf`, name, scale };
}

const a = choice('a');
const b = choice('b', 0.5);

function unavailable(code: string, message: string): ModelUnavailable {
	return new ModelUnavailable({ code, message, remedies: [] });
}

/** Lets everything that is under way settle. */
async function settle(): Promise<void> {
	for (let turn = 0; turn < 20; turn++) {
		await Promise.resolve();
	}
}

describe('finetune/adapters/choices', () => {
	it('keeps the choices of each base model apart', async () => {
		const choices = new Choices(memory());
		await choices.set('/x.gguf', [a, b]);
		await choices.set('/y.gguf', [b]);
		assert.deepEqual(
			[choices.of('/x.gguf'), choices.of('/y.gguf'), choices.of('/z.gguf')],
			[[a, b], [b], []],
		);
		await choices.drop(b.path);
		assert.deepEqual([choices.of('/x.gguf'), choices.of('/y.gguf')], [[a], []]);
		await choices.clear();
		assert.deepEqual(choices.of('/x.gguf'), []);
	});

	it('takes what is damaged for nothing', async () => {
		const damaged = memory();
		for (const value of ['x', [{ base: 1, choices: [] }], [{ base: '/x.gguf', choices: [{ path: 1 }] }]]) {
			await damaged.update('familiar.adapters', value);
			assert.deepEqual(new Choices(damaged).of('/x.gguf'), []);
		}
	});

	it('stacks, changes the strength in place, and takes out', () => {
		assert.deepEqual(added([a], b), [a, b]);
		assert.deepEqual(added([a, b], { ...a, scale: 0.25 }), [{ ...a, scale: 0.25 }, b]);
		assert.deepEqual(without([a, b], a.path), [b]);
	});
});

describe('finetune/adapters/active', () => {
	let model: FakeModel;
	let choices: Choices;
	let refused: { readonly names: readonly string[]; readonly reason: string }[];
	let active: ActiveAdapters;
	const base = fakeDescription.path;

	beforeEach(() => {
		model = new FakeModel();
		choices = new Choices(memory());
		refused = [];
	});
	afterEach(() => active.dispose());

	function open(): ActiveAdapters {
		active = new ActiveAdapters({
			model,
			choices,
			onRefused: (names, reason) => refused.push({ names, reason }),
			log: recordingLog(),
		});
		return active;
	}

	it('uses what is chosen, remembers it, and tells', async () => {
		open();
		let told = 0;
		active.onDidChange(() => told++);
		assert.equal(await active.use([a, b]), undefined);
		assert.deepEqual(active.all, [a, b]);
		assert.deepEqual(choices.of(base), [a, b]);
		assert.deepEqual(model.adapterCalls.at(-1), [
			{ path: a.path, scale: 1 },
			{ path: b.path, scale: 0.5 },
		]);
		assert.ok(told > 0);
		await settle();
		assert.equal(model.adapterCalls.length, 1, 'not asked for what it has');
	});

	it('keeps the old ones where the new one is refused', async () => {
		open();
		await active.use([a]);
		model.onUseAdapters = () => 'Another base.';
		assert.equal(await active.use([b]), 'Another base.');
		assert.deepEqual([active.all, choices.of(base)], [[a], [a]]);
		assert.deepEqual(refused, []);
	});

	it('says so without a model', async () => {
		model.state = { type: 'none' };
		open();
		assert.match((await active.use([a])) ?? '', /No model is ready/);
		assert.deepEqual(active.all, []);
	});

	it('gives a model what was chosen for it when it becomes ready', async () => {
		await choices.set(base, [a]);
		await choices.set('/other.gguf', [b]);
		model.state = { type: 'loading', path: base, progress: 0 };
		open();
		await settle();
		assert.equal(model.adapterCalls.length, 0);
		model.change({ type: 'ready', model: fakeDescription });
		await settle();
		assert.deepEqual(active.all, [a]);
		model.change({ type: 'ready', model: { ...fakeDescription, path: '/other.gguf' } });
		await settle();
		assert.deepEqual(active.all, [b]);
	});

	it('switches off for good what the model refuses, and keeps the rest', async () => {
		await choices.set(base, [a, b]);
		model.onUseAdapters = (adapters) =>
			adapters.some((one) => one.path === b.path) ? 'b.gguf is for another base.' : undefined;
		const inspect = model.onInspect;
		model.onInspect = (file) =>
			file === b.path ? { type: 'unsupported', reason: 'b.gguf is for another base.' } : inspect(file);
		open();
		await settle();
		assert.deepEqual(refused, [{ names: ['b'], reason: 'b.gguf is for another base.' }]);
		assert.deepEqual([active.all, choices.of(base)], [[a], [a]]);
	});

	it('switches all off when they crash the model host, and does not try again', async () => {
		await choices.set(base, [a]);
		let tries = 0;
		model.onUseAdapters = (adapters) => {
			if (adapters.length > 0) {
				tries++;
				throw unavailable('answer-interrupted', 'The model host crashed twice.');
			}
			return undefined;
		};
		open();
		await settle();
		assert.deepEqual(refused, [{ names: ['a'], reason: 'The model host crashed twice.' }]);
		model.change({ type: 'ready', model: fakeDescription });
		await settle();
		assert.deepEqual([tries, choices.of(base)], [1, []]);
	});

	it('forgets nothing where the model was changed meanwhile, or is not there for a while', async () => {
		await choices.set(base, [a]);
		let answer: () => string | undefined = () => {
			model.change({ type: 'ready', model: { ...fakeDescription, path: '/other.gguf' } });
			return 'The model was changed meanwhile.';
		};
		model.onUseAdapters = () => answer();
		open();
		await settle();
		assert.deepEqual(choices.of(base), [a], 'changed');

		answer = () => {
			model.change({ type: 'failed', problem: { code: 'x', message: 'Gone.', remedies: [] } });
			throw unavailable('model-missing', 'Gone.');
		};
		model.change({ type: 'ready', model: fakeDescription });
		await settle();
		assert.deepEqual(choices.of(base), [a], 'unavailable');

		const inspect = model.onInspect;
		answer = () => 'Damaged.';
		model.onInspect = (file) => {
			model.change({ type: 'ready', model: { ...fakeDescription, path: '/other.gguf' } });
			return inspect(file);
		};
		model.change({ type: 'ready', model: fakeDescription });
		await settle();
		assert.deepEqual(choices.of(base), [a], 'changed while the files are looked at');

		model.onInspect = (file) =>
			file === a.path ? { type: 'unsupported', reason: 'Damaged.' } : inspect(file);
		answer = () => {
			if (model.adapterCalls.at(-1)?.length === 0) {
				model.change({ type: 'ready', model: { ...fakeDescription, path: '/other.gguf' } });
				return 'The model was changed meanwhile.';
			}
			return 'Damaged.';
		};
		model.change({ type: 'ready', model: fakeDescription });
		await settle();
		assert.deepEqual(choices.of(base), [a], 'changed while the rest is restored');
		assert.deepEqual(refused, []);

		answer = () => undefined;
		model.change({ type: 'ready', model: fakeDescription });
		await settle();
		assert.deepEqual(active.all, [a]);
	});

	it('throws on what says that the model is not there, and keeps the choice', async () => {
		open();
		await active.use([a]);
		model.onUseAdapters = () => {
			throw unavailable('model-missing', 'Gone.');
		};
		await assert.rejects(active.use([b]), /Gone/);
		assert.deepEqual(choices.of(base), [a]);
	});
});
