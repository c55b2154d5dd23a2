/** Two models by their settings: the one that completes, and the chat's own where it has one. */
import assert from 'node:assert/strict';
import { ChatModel } from '../../../src/inference/chatModel';
import type { LoadableModel } from '../../../src/inference/chosenModels';
import type { LoadOptions, Problem } from '../../../src/inference/model';
import { ModelCommands } from '../../../src/inference/modelCommands';
import { settings as keys, readSettings } from '../../../src/manifest';
import { FakeModel, fakeDescription } from '../../support/fakeModel';
import { commands as editor, shownErrors } from '../../support/fakeVscode';
import { silentLog } from '../../support/silentLog';

class Client extends FakeModel implements LoadableModel {
	readonly loads: (LoadOptions | undefined)[] = [];
	/** What loading comes to. */
	problem: Problem | undefined;

	async load(options: LoadOptions | undefined): Promise<void> {
		this.loads.push(options);
		if (this.problem === undefined) {
			this.change({ type: 'ready', model: fakeDescription });
		} else {
			this.refuse(this.problem);
		}
	}

	refuse(problem: Problem): void {
		this.change({ type: 'failed', problem });
	}

	async restart(): Promise<void> {
		await this.load(undefined);
	}
}

const noSecrets = {
	keys: async () => [],
	get: async () => undefined,
	store: async () => undefined,
	delete: async () => undefined,
	onDidChange: () => ({ dispose: () => undefined }),
};

function get<T>(key: string): T | undefined;
function get<T>(key: string, fallback: T): T;
function get<T>(_key: string, fallback?: T): T | undefined {
	return fallback;
}

describe('model commands', () => {
	const problem: Problem = { code: 'gguf-truncated', message: 'It ends early.', remedies: ['select-model'] };
	let model: Client;
	let clients: Client[];
	let chat: ChatModel;
	let commands: ModelCommands;
	let values: Record<string, unknown>;
	/** What the next client of the chat's own makes of a load. */
	let nextProblem: Problem | undefined;
	beforeEach(() => {
		shownErrors.length = 0;
		model = new Client();
		clients = [];
		nextProblem = undefined;
		values = {};
		chat = new ChatModel(model, () => {
			const client = new Client();
			client.problem = nextProblem;
			clients.push(client);
			return client;
		});
		commands = new ModelCommands({
			model,
			chat,
			starterPath: '/starter.gguf',
			cacheFolder: '/cache',
			storage: '/storage',
			extensionVersion: '0',
			secrets: noSecrets,
			memory: { keys: () => [], get, update: () => Promise.resolve() },
			log: silentLog,
			settings: () => readSettings((key) => values[key]),
		});
	});
	afterEach(() => commands.dispose());

	it('loads both with their roles and the time that they are kept for', async () => {
		values = { [keys.modelPath.key]: '/a.gguf', [keys.chatModel.key]: '/b.gguf', [keys.keepAlive.key]: 7 };
		await commands.apply();
		const [loaded, own] = [model.loads[0], clients[0]?.loads[0]];
		assert.deepEqual([loaded?.path, loaded?.role, loaded?.keepAliveMinutes], ['/a.gguf', 'completion', 7]);
		assert.deepEqual([own?.path, own?.role, own?.keepAliveMinutes], ['/b.gguf', 'chat', 7]);
	});

	it('has no second one where the setting is empty, or names the same file', async () => {
		await commands.apply();
		assert.equal(model.loads[0]?.keepAliveMinutes, 30);
		values = { [keys.modelPath.key]: '/a.gguf', [keys.chatModel.key]: '/a.gguf' };
		await commands.apply();
		assert.deepEqual([clients.length, chat.ownState], [0, undefined]);
	});

	it('changes the chat’s model with its setting, without the other one noticing', async () => {
		const change = async (file: string) => {
			values = { [keys.chatModel.key]: file };
			commands.configure((key) => key === keys.chatModel.key);
			await commands.apply();
		};
		await change('/b.gguf');
		await change('/c.gguf');
		assert.deepEqual([clients.length, clients[0]?.loads.at(-1)?.path], [1, '/c.gguf']);
		await change('');
		assert.deepEqual([clients[0]?.isDisposed, chat.state], [true, model.state]);
		assert.ok(model.loads.every((options) => options?.path === '/starter.gguf'));
	});

	it('tells a problem of the chat’s model once, and completes all the same', async () => {
		nextProblem = problem;
		values = { [keys.chatModel.key]: '/b.gguf' };
		await commands.apply();
		await commands.apply();
		assert.deepEqual(shownErrors, ['Familiar: The chat has no model: It ends early.']);
		assert.deepEqual([model.state.type, chat.state.type], ['ready', 'failed']);
		values = { [keys.chatModel.key]: 'b.gguf' };
		await commands.apply();
		assert.match(shownErrors[1] ?? '', /The chat has no model: The model path "b\.gguf" is relative/);
	});

	it('leads to the chat’s setting from a problem of its model', async () => {
		const opened: unknown[] = [];
		const open = editor.registerCommand('workbench.action.openSettings', (key) => opened.push(key));
		try {
			values = { [keys.chatModel.key]: 'b.gguf' };
			await commands.apply();
			await commands.chatRemedy('select-model');
			assert.deepEqual(opened, [keys.chatModel.key]);
		} finally {
			open.dispose();
		}
	});

	it('restarts both', async () => {
		values = { [keys.chatModel.key]: '/b.gguf' };
		await commands.apply();
		await commands.restart();
		assert.deepEqual([model.loads.length, clients[0]?.loads.length], [2, 2]);
	});
});
