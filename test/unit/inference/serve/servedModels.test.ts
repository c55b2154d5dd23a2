/** Several models behind one API: each answers what it is chosen for, or what it is named in. */
import * as assert from 'node:assert/strict';
import { ApiServer, at, errorOf } from '../../../support/apiServer';
import { FakeModel, fakeDescription } from '../../../support/fakeModel';

/** A model that answers with its own name. */
function named(name: string): FakeModel {
	const model = new FakeModel();
	model.onChat = () => name;
	model.onFill = () => name;
	model.onEmbed = () => ({ type: 'embedding', vector: [name.length] });
	model.change({ type: 'ready', model: { ...fakeDescription, name, path: `/models/${name}.gguf` } });
	return model;
}

describe('models served', () => {
	let main: FakeModel;
	let chat: FakeModel | undefined;
	let search: FakeModel | undefined;
	let api: ApiServer;

	beforeEach(async () => {
		[main, chat, search] = [named('main'), named('talker'), named('searching')];
		api = await new ApiServer(main, {}, { chat: () => chat, embedding: () => search }).start();
	});
	afterEach(() => api.close());

	const asked = { messages: [{ role: 'user', content: 'a' }] };
	const answer = async (model?: string) =>
		at((await api.post('/v1/chat/completions', { ...asked, model })).body, 'choices.0.message.content');
	const completion = async (model?: string) =>
		at((await api.post('/v1/completions', { prompt: 'a', model })).body, 'choices.0.text');
	const vector = async (model?: string) =>
		at((await api.post('/v1/embeddings', { input: 'a', model })).body, 'data.0.embedding.0');

	it('asks each for what it is chosen for, whatever name of elsewhere a program sends', async () => {
		for (const name of [undefined, 'gpt-4']) {
			assert.deepEqual(
				[await answer(name), await completion(name), await vector(name)],
				['talker', 'main', 'searching'.length],
			);
		}
		assert.equal((await api.post('/infill', { input_prefix: 'a' })).body['content'], 'main');
	});

	it('asks the one that completes for all that no other is chosen for', async () => {
		[chat, search] = [undefined, undefined];
		assert.deepEqual([await answer(), await vector()], ['main', 'main'.length]);
	});

	it('asks the one that a request names', async () => {
		assert.equal(await answer('main'), 'main');
		assert.equal(await completion('talker'), 'talker');
		assert.equal(await vector('main'), 'main'.length);
		assert.equal(await vector('talker'), 'talker'.length);
		const { body } = await api.post('/v1/chat/completions', { ...asked, model: 'main' });
		assert.equal(body['model'], 'main');
	});

	it('refuses to write with a model that only makes vectors', async () => {
		for (const [path, body] of [
			['/v1/chat/completions', asked],
			['/v1/completions', { prompt: 'a' }],
		] as const) {
			const error = errorOf(await api.post(path, { ...body, model: 'searching' }));
			assert.deepEqual([error.status, error.param], [400, 'model']);
		}
		search = main;
		assert.equal(await answer('main'), 'main', 'the same may do both');
	});

	it('lists all that are loaded with their roles, each once', async () => {
		const list = async () => {
			const { body } = await api.get('/v1/models');
			const data: unknown = body['data'];
			assert.ok(Array.isArray(data));
			return data.map((one) => [at(one, 'id'), at(one, 'roles')]);
		};
		assert.deepEqual(await list(), [
			['main', ['completion']],
			['talker', ['chat']],
			['searching', ['embedding']],
		]);
		assert.equal((await api.get('/v1/models/talker')).body['id'], 'talker');
		assert.match(errorOf(await api.get('/v1/models/x')).message, /In use: main, talker, searching\./);
		chat?.change({ type: 'starting' });
		search = undefined;
		assert.deepEqual(await list(), [['main', ['completion', 'embedding']]]);
		chat = undefined;
		assert.deepEqual(await list(), [['main', ['completion', 'chat', 'embedding']]]);
	});
});
