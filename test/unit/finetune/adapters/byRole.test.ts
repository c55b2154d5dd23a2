/** The adapters of completion and chat as one list: each reaches the model as what it was trained for. */
import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { ActiveAdapters } from '../../../../src/finetune/adapters/active';
import { adaptersOfChat, inspecting, RoleAdapters } from '../../../../src/finetune/adapters/byRole';
import { type Choice, Choices, type Memory } from '../../../../src/finetune/adapters/choices';
import { FakeModel, factsOf, fakeDescription } from '../../../support/fakeModel';
import { recordingLog } from '../../../support/silentLog';

function memory(): Memory {
	const values = new Map<string, unknown>();
	return {
		get: (key, defaultValue) => {
			const value: typeof defaultValue | undefined =
				JSON.parse(JSON.stringify(values.get(key) ?? null)) ?? undefined;
			return value ?? defaultValue;
		},
		update: async (key, value) => {
			values.set(key, value);
		},
	};
}

const choice = (name: string): Choice => ({ path: `/adapters/${name}.gguf`, name, scale: 1 });
const code = choice('code');
const more = choice('more');
const talk = choice('talk');
const speak = choice('speak');

describe('finetune/adapters/byRole', () => {
	let model: FakeModel;
	let store: Memory;
	let parts: { readonly completion: ActiveAdapters; readonly chat: ActiveAdapters };
	let adapters: RoleAdapters;

	function open(): void {
		const options = { onRefused: () => assert.fail('refused'), log: recordingLog() };
		parts = {
			completion: new ActiveAdapters({ ...options, model, choices: new Choices(store) }),
			chat: new ActiveAdapters({
				...options,
				model: adaptersOfChat(model),
				choices: new Choices(store, 'chat'),
			}),
		};
		adapters = new RoleAdapters({
			...parts,
			roleOf: async (path) => (/talk|speak/.test(path) ? 'chat' : 'completion'),
		});
	}
	beforeEach(() => {
		model = new FakeModel();
		store = memory();
		open();
	});
	const names = () => adapters.all.map(({ name, role }) => `${name} ${role ?? 'completion'}`);

	it('gives each to whoever it was trained for, and leaves the other role alone', async () => {
		await adapters.use([code]);
		await adapters.use([talk]);
		assert.deepEqual(names(), ['code completion', 'talk chat']);
		assert.deepEqual(model.adapterCalls.at(-1), [{ path: code.path, scale: 1 }]);
		assert.deepEqual(model.chatAdapterCalls.at(-1), [{ path: talk.path, scale: 1 }]);
		await adapters.use([speak]);
		assert.deepEqual(names(), ['code completion', 'speak chat']);
		await adapters.use([...adapters.all, more]);
		assert.deepEqual(names(), ['code completion', 'more completion', 'speak chat']);
	});

	it('turns off what is not in the list any more', async () => {
		await adapters.use([code]);
		await adapters.use([talk]);
		await adapters.use(adapters.all.filter(({ path }) => path !== talk.path));
		assert.deepEqual(names(), ['code completion']);
		await adapters.use([talk]);
		await adapters.use([]);
		assert.deepEqual(names(), []);
		assert.deepEqual(model.state.type === 'ready' && model.state.model.chatAdapters, []);
	});

	it('rolls back the role that was changed last, and leaves the other alone', async () => {
		let now = 0;
		const clock = mock.method(Date, 'now', () => ++now);
		try {
			for (const one of [code, more, talk, speak]) {
				await adapters.use([one]);
			}
		} finally {
			clock.mock.restore();
		}
		assert.deepEqual(
			adapters.history.map(({ choices }) => choices.map(({ name }) => name)),
			[['speak'], ['talk'], ['more'], ['code']],
		);
		assert.deepEqual(adapters.previous, [talk]);
		assert.equal(await adapters.rollBack(), undefined);
		assert.deepEqual(names(), ['more completion', 'talk chat']);
	});

	it('remembers both for the same base, apart', async () => {
		await adapters.use([code]);
		await adapters.use([talk]);
		parts.completion.dispose();
		parts.chat.dispose();
		model = new FakeModel();
		const restored = new Promise<void>((resolve) => {
			model.onDidChangeState(() => {
				if (
					model.state.type === 'ready' &&
					model.state.model.chatAdapters?.length === 1 &&
					model.state.model.adapters.length === 1
				) {
					resolve();
				}
			});
		});
		open();
		await restored;
		assert.deepEqual(names(), ['code completion', 'talk chat']);
		assert.deepEqual(new Choices(store, 'chat').of(fakeDescription.path), [talk]);
	});

	it('tells of changes of either, and why one cannot be used', async () => {
		let told = 0;
		const subscription = adapters.onDidChange(() => told++);
		await adapters.use([talk]);
		assert.ok(told > 0);
		subscription.dispose();
		told = 0;
		model.onUseAdapters = () => 'It does not fit.';
		assert.equal(await adapters.use([speak]), 'It does not fit.');
		assert.equal(told, 0);
		assert.deepEqual(names(), ['talk chat']);
	});

	it('looks at an adapter with the model that would use it', async () => {
		const chat = new FakeModel();
		const seen = (problem: string) => (path: string) =>
			({
				type: 'facts',
				facts: { ...factsOf(path), ...(path === talk.path ? { role: 'chat' as const } : {}) },
				problem,
				warning: undefined,
			}) as const;
		model.onInspect = seen('completion');
		chat.onInspect = seen('chat');
		const { signal } = new AbortController();
		const problemOf = async (path: string) => {
			const found = await inspecting(model, chat).inspectAdapter(path, signal);
			return found.type === 'facts' ? found.problem : undefined;
		};
		assert.equal(await problemOf(code.path), 'completion');
		assert.equal(await problemOf(talk.path), 'chat');
		chat.change({ type: 'none' });
		assert.equal(await problemOf(talk.path), 'completion');
	});
});
