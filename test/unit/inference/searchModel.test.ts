/** The model that searches by meaning: in memory when somebody asks, once for all who do, and always the one of the settings. */
import * as assert from 'node:assert/strict';
import type { LoadableModel } from '../../../src/inference/chosenModels';
import type { LoadOptions, Problem } from '../../../src/inference/model';
import { ModelUnavailable } from '../../../src/inference/model';
import { SearchModel } from '../../../src/inference/searchModel';
import { fake } from '../../support/fakeHost';
import { FakeModel, fakeDescription } from '../../support/fakeModel';

const never = new AbortController().signal;

class Client extends FakeModel implements LoadableModel {
	readonly loads: (string | undefined)[] = [];
	constructor() {
		super();
		this.state = { type: 'none' };
		this.onEmbed = () => ({ type: 'embedding', vector: [this.loads.length] });
	}
	async load(options: LoadOptions | undefined): Promise<void> {
		this.loads.push(options?.path);
		this.change(options === undefined ? { type: 'none' } : { type: 'ready', model: fakeDescription });
	}
	refuse(problem: Problem): void {
		this.change({ type: 'failed', problem });
	}
	async restart(): Promise<void> {}
}

describe('inference/searchModel', () => {
	let clients: Client[];
	let file: string;
	let chosen: LoadOptions | Problem | undefined;
	let search: SearchModel;
	let states: string[];

	/** As the settings do it. */
	const choose = (name: string) => {
		file = name;
		chosen = name === '' ? undefined : fake(name);
	};
	const loads = () => clients.map((client) => client.loads);

	beforeEach(() => {
		[clients, states] = [[], []];
		choose('a');
		search = new SearchModel({
			start: () => {
				const client = new Client();
				clients.push(client);
				return client;
			},
			chosen: async () => chosen,
			file: () => file,
		});
		search.onDidChangeState(({ type }) => states.push(type));
	});

	const path = (name: string) => fake(name).path;
	const now = () => search.state.type;
	const embed = () => search.embed('text', never);

	it('is in memory when the first asks, and once for all', async () => {
		assert.deepEqual([search.state.type, clients.length], ['none', 0]);
		await Promise.all([embed(), embed(), search.tokenize('a', never)]);
		assert.deepEqual(loads(), [[path('a')]]);
		assert.deepEqual([search.state.type, states], ['ready', ['ready']]);
	});

	it('follows the settings: another file, none, and nothing that was not asked for yet', async () => {
		await search.follow();
		assert.equal(clients.length, 0);
		await embed();
		await search.follow();
		choose('b');
		await search.follow();
		assert.deepEqual(loads(), [[path('a'), path('b')]]);
		choose('');
		await search.follow();
		assert.deepEqual([clients[0]?.isDisposed, search.state.type], [true, 'none']);
		await assert.rejects(embed(), (error) => ModelUnavailable.is(error));
		choose('c');
		await embed();
		assert.deepEqual(loads()[1], [path('c')]);
	});

	it('answers with the model of the settings, though nobody has told it of the change', async () => {
		await embed();
		choose('b');
		await embed();
		assert.deepEqual(loads(), [[path('a'), path('b')]]);
	});

	it('comes back after it was unloaded, and is tried again after it failed', async () => {
		await embed();
		await search.unload();
		assert.equal(now(), 'none');
		await embed();
		assert.deepEqual(loads(), [[path('a'), undefined, path('a')]]);
		chosen = { code: 'x', message: 'no', remedies: [] };
		await search.load();
		assert.equal(now(), 'failed');
		choose('a');
		await search.follow();
		assert.equal(now(), 'ready');
	});

	it('gives a search no vectors of another model than it began with', async () => {
		const seat = search.seat();
		await seat.load({ path: 'a' }, never);
		assert.equal((await seat.embed('text', never)).type, 'embedding');
		choose('b');
		assert.equal((await seat.embed('text', never)).type, 'unsupported');
		const late = search.seat();
		await late.load({ path: 'a' }, never);
		assert.equal((await late.embed('text', never)).type, 'unsupported');
	});

	it('leaves memory with the last search, but not what was chosen since', async () => {
		const [one, other] = [search.seat(), search.seat()];
		await one.load({ path: 'a' }, never);
		await other.load({ path: 'a' }, never);
		await one.dispose();
		assert.equal(now(), 'ready');
		await other.dispose();
		await search.seat().dispose();
		assert.deepEqual([now(), loads()], ['none', [[path('a'), path('a'), undefined]]]);
		const late = search.seat();
		await late.load({ path: 'a' }, never);
		choose('b');
		await search.follow();
		await late.dispose();
		assert.equal(now(), 'ready');
	});
});
