/** What programs ask before they ask the model. */
import * as assert from 'node:assert/strict';
import { ApiServer, at, errorOf } from '../../../support/apiServer';
import { FakeModel, fakeDescription } from '../../../support/fakeModel';

describe('facts about the model', () => {
	let model: FakeModel;
	let api: ApiServer;

	beforeEach(async () => {
		model = new FakeModel();
		api = await new ApiServer(model).start();
	});
	afterEach(() => api.close());

	it('lists the model in use, with the facts that llama.vscode looks for', async () => {
		const { body } = await api.get('/v1/models');
		assert.deepEqual(
			[body['object'], at(body, 'data.length'), at(body, 'data.0.id'), at(body, 'data.0.object')],
			['list', undefined, 'fake', 'model'],
		);
		assert.equal(at(body, 'data.1'), undefined);
		assert.equal(at(body, 'data.0.meta.n_ctx_train'), fakeDescription.trainedContext);
		assert.equal((await api.get('/v1/models/fake')).body['id'], 'fake');
		assert.equal(errorOf(await api.get('/v1/models/gpt-4')).status, 404);
	});

	it('tells the context as llama.cpp does, and not where the file lies', async () => {
		const { body, text } = await api.get('/props?model=fake&autoload=false');
		assert.equal(at(body, 'default_generation_settings.n_ctx'), fakeDescription.contextSize);
		assert.equal(body['model_path'], 'fake.gguf');
		assert.doesNotMatch(text, /\/models/);
	});

	it('counts as llama.vscode asks it to', async () => {
		const asked = { content: 'ab', add_special: false, parse_special: true };
		assert.deepEqual((await api.post('/tokenize', asked)).body, { tokens: [97, 98] });
		assert.equal(errorOf(await api.post('/tokenize', {})).param, 'content');
		assert.equal(
			errorOf(await api.post('/tokenize', { content: 'a', with_pieces: true })).param,
			'with_pieces',
		);
	});

	it('says why there is no model', async () => {
		const problem = { code: 'gguf-truncated', message: 'a.gguf ends early', remedies: [] };
		const states = [
			[{ type: 'none' }, /No model/],
			[{ type: 'starting' }, /Loading/],
			[{ type: 'failed', problem }, /ends early/],
		] as const;
		for (const [state, message] of states) {
			model.change(state);
			for (const path of ['/v1/models', '/props']) {
				const error = errorOf(await api.get(path));
				assert.equal(error.status, 503);
				assert.match(error.message, message);
			}
		}
		assert.equal(errorOf(await api.get('/v1/models')).code, 'gguf-truncated');
	});

	it('waits with a request until a model is loaded', async () => {
		model.onChat = () => 'Hi';
		model.change({ type: 'starting' });
		model.tokenize = async (text) => {
			model.change({ type: 'ready', model: fakeDescription });
			return { type: 'tokens', tokens: text === '' ? [] : [1] };
		};
		const { status } = await api.post('/v1/chat/completions', { messages: [{ role: 'user', content: 'a' }] });
		assert.equal(status, 200);
	});
});
