/** What is in memory: what the settings name, for the roles that are asked of this machine, each file once. */
import * as assert from 'node:assert/strict';
import { ChatModel } from '../../../src/inference/chatModel';
import { ChosenModels, type LoadableModel } from '../../../src/inference/chosenModels';
import type { LoadOptions, ModelRole, Problem } from '../../../src/inference/model';
import { SearchModel } from '../../../src/inference/searchModel';
import { settings as keys, readSettings } from '../../../src/manifest';
import { FakeModel, fakeDescription } from '../../support/fakeModel';
import { enter, hostedOn, Stage } from '../../support/scriptedEngine';
import { silentLog } from '../../support/silentLog';

const never = new AbortController().signal;

/** Says what it was told to load, and loads it in a host, where there is one. */
class Client extends FakeModel implements LoadableModel {
	readonly loads: (LoadOptions | undefined)[] = [];
	constructor(private readonly host?: (options: LoadOptions) => Promise<unknown>) {
		super();
		this.state = { type: 'none' };
	}
	async load(options: LoadOptions | undefined): Promise<void> {
		this.loads.push(options);
		this.change(
			options === undefined
				? { type: 'none' }
				: { type: 'ready', model: { ...fakeDescription, path: options.path } },
		);
		await (options && this.host?.(options));
	}
	refuse(problem: Problem): void {
		this.change({ type: 'failed', problem });
	}
	async restart(): Promise<void> {}
	get path(): string | undefined {
		return this.loads.at(-1)?.path;
	}
}

describe('inference/chosenModels', () => {
	const [MAIN, CHAT, SEARCH] = [keys.modelPath.key, keys.chatModel.key, keys.embeddingModel.key];
	let values: Record<string, unknown>;
	/** Roles that a server plays. */
	let remote: readonly ModelRole[];
	let main: Client;
	let clients: Client[];
	let chat: ChatModel;
	let search: SearchModel;
	let chosen: ChosenModels;
	let host: ((options: LoadOptions) => Promise<unknown>) | undefined;

	beforeEach(() => {
		[values, remote, clients, host] = [{}, [], [], undefined];
		const start = () => {
			const client = new Client((options) => host?.(options) ?? Promise.resolve());
			clients.push(client);
			return client;
		};
		main = start();
		chat = new ChatModel(main, start);
		const settings = () => readSettings((key) => values[key]);
		search = new SearchModel({
			start,
			chosen: () => chosen.searchOptions(),
			file: () => settings().chat.embeddingModel,
		});
		chosen = new ChosenModels({
			...{ model: main, chat, search, settings, log: silentLog },
			starterPath: '/starter.gguf',
			cacheFolder: '/cache',
			storage: '/storage',
			isWanted: (role) => !remote.includes(role),
		});
	});

	const own = () => (chat.ownState?.type === 'ready' ? chat.ownState.model.path : chat.ownState?.type);

	it('loads of two models only the one that is asked of this machine', async () => {
		values = { [MAIN]: '/main.gguf', [CHAT]: '/chat.gguf' };
		remote = ['chat'];
		await chosen.apply();
		assert.deepEqual([main.path, own()], ['/main.gguf', undefined]);
		remote = ['completion'];
		await chosen.apply();
		assert.deepEqual([main.path, own()], [undefined, '/chat.gguf']);
		remote = ['completion', 'chat'];
		await chosen.apply();
		assert.deepEqual([main.path, own()], [undefined, undefined]);
		remote = [];
		await chosen.apply();
		assert.deepEqual([main.path, own()], ['/main.gguf', '/chat.gguf']);
		assert.deepEqual(
			[chosen.completing?.path, chosen.chatting?.path, chosen.chatting?.role],
			['/main.gguf', '/chat.gguf', 'chat'],
		);
	});

	it('loads the model that completes for the chat alone where that has no other', async () => {
		values = { [MAIN]: '/main.gguf' };
		remote = ['completion'];
		await chosen.apply();
		assert.deepEqual([main.path, own()], ['/main.gguf', undefined]);
		assert.equal(chosen.chatting, chosen.completing);
		assert.equal(chosen.chatting?.path, '/main.gguf');
		values = { [MAIN]: '/main.gguf', [CHAT]: '/main.gguf' };
		await chosen.apply();
		assert.deepEqual([main.path, own()], ['/main.gguf', undefined]);
	});

	it('wakes for the local API, the training or the user what a server does, until nobody needs it', async () => {
		values = { [MAIN]: '/main.gguf', [CHAT]: '/chat.gguf', [SEARCH]: '/search.gguf' };
		remote = ['completion', 'chat'];
		await chosen.apply();
		await chosen.wake('training', ['completion']);
		assert.deepEqual([main.path, own(), search.state.type], ['/main.gguf', undefined, 'none']);
		await chosen.wake('api', ['completion', 'chat', 'embedding']);
		assert.deepEqual([main.path, own(), search.state.type], ['/main.gguf', '/chat.gguf', 'ready']);
		await chosen.rest('api');
		assert.deepEqual([main.path, own()], ['/main.gguf', undefined]);
		await chosen.rest('training');
		assert.deepEqual([main.path, own()], [undefined, undefined]);
		await chosen.wake('user', ['chat']);
		await chosen.apply();
		assert.deepEqual([main.path, own()], [undefined, '/chat.gguf']);
	});

	it('wakes what was unloaded or has failed, and leaves alone what is there', async () => {
		values = { [MAIN]: '/main.gguf' };
		const now = () => main.state.type;
		await chosen.apply();
		const { length } = main.loads;
		await chosen.wake('training', ['completion']);
		assert.equal(main.loads.length, length);
		await chosen.unload('completion');
		assert.equal(now(), 'none');
		await chosen.wake('user', ['completion']);
		assert.equal(now(), 'ready');
		main.refuse({ code: 'a', message: 'b', remedies: [] });
		await chosen.wake('user', ['completion']);
		assert.equal(now(), 'ready');
	});

	it('unloads each by itself, and the chat does not take the other model meanwhile', async () => {
		values = { [MAIN]: '/main.gguf', [CHAT]: '/chat.gguf', [SEARCH]: '/search.gguf' };
		await chosen.apply();
		await search.load();
		await chosen.unload('chat');
		assert.deepEqual([main.path, chat.state.type, search.state.type], ['/main.gguf', 'none', 'ready']);
		await chosen.unload('embedding');
		assert.equal(search.state.type, 'none');
		await chosen.wake('user', ['chat', 'embedding']);
		assert.deepEqual([own(), search.state.type], ['/chat.gguf', 'ready']);
	});

	it('has one copy in memory of a file that completes and searches by meaning', async () => {
		const stage = new Stage();
		const models = hostedOn(stage);
		try {
			host = (options) => enter(models).session.load(options, never);
			values = { [MAIN]: '/fake:both', [SEARCH]: '/fake:both' };
			await chosen.apply();
			await search.load();
			assert.deepEqual(stage.events, ['load both']);
		} finally {
			await models.dispose();
		}
	});

	it('searches with the context of whoever has the file in memory, and with little where nobody has', async () => {
		values = { [MAIN]: '/main.gguf', [CHAT]: '/chat.gguf', [keys.contextSize.key]: 4_096 };
		const contextOf = async (file: string) => {
			values = { ...values, [SEARCH]: file };
			const options = await chosen.searchOptions();
			return options !== undefined && 'path' in options ? options.contextSize : undefined;
		};
		assert.deepEqual(
			[await contextOf('/main.gguf'), await contextOf('/chat.gguf'), await contextOf('/other.gguf')],
			[4_096, 4_096, 512],
		);
		assert.equal(await contextOf(''), undefined);
		remote = ['completion'];
		assert.deepEqual([await contextOf('/main.gguf'), await contextOf('/chat.gguf')], [512, 4_096]);
		values = { [SEARCH]: 'x.gguf' };
		assert.match(JSON.stringify(await chosen.searchOptions()), /relative/);
	});
});
