/** `POST /infill`, asked as the extension llama.vscode asks llama.cpp's server, and answered with what it reads. */
import * as assert from 'node:assert/strict';
import { at, errorOf, useApi } from '../../../support/apiServer';
import { fakeDescription } from '../../../support/fakeModel';

/** What llama.vscode sends along with every completion. */
const completionRequest = {
	id_slot: 0,
	input_prefix: 'function add(a, b) {\n',
	input_suffix: '\n}\n',
	input_extra: [
		{ text: 'export const one = 1;\n', time: 1_700_000_000_000, filename: 'C:\\project\\one.ts' },
		{ text: 'export const two = 2;\n', time: 1_700_000_000_001, filename: '/project/two.ts' },
	],
	prompt: '\treturn ',
	n_predict: 128,
	n_cmpl: 1,
	top_k: 40,
	top_p: 0.99,
	stream: false,
	samplers: ['top_k', 'top_p', 'infill'],
	cache_prompt: true,
	t_max_prompt_ms: 500,
	t_max_predict_ms: 500,
};

/** What it sends while nobody types, so that the next completion comes sooner. */
const warmingRequest = {
	id_slot: 0,
	input_prefix: '',
	input_suffix: '',
	input_extra: completionRequest.input_extra,
	prompt: '',
	n_predict: 0,
	samplers: [],
	cache_prompt: true,
	t_max_prompt_ms: 500,
	t_max_predict_ms: 1,
	lora: [{ id: 0, scale: 0.5 }],
};

describe('infill', () => {
	const { model, api } = useApi();

	beforeEach(() => {
		model.fills.length = 0;
		model.prefills.length = 0;
		model.onFill = () => ({ steps: ['a + b', ';'] });
		model.onPrefill = async () => ({
			type: 'prefilled',
			promptTokens: 40,
			reusedTokens: 30,
			milliseconds: 5,
		});
	});

	it('asks the model with the pieces of llama.vscode', async () => {
		const { status } = await api.post('/infill', completionRequest);
		assert.equal(status, 200);
		assert.deepEqual(model.fills[0]?.request, {
			repository: undefined,
			path: 'filename',
			files: [
				{ path: 'C:/project/one.ts', text: 'export const one = 1;\n' },
				{ path: '/project/two.ts', text: 'export const two = 2;\n' },
			],
			prefix: 'function add(a, b) {\n',
			typed: '\treturn ',
			suffix: '\n}\n',
			maxTokens: 10,
			maxPromptTokens: fakeDescription.contextSize,
			leftToRight: false,
			priority: 'interactive',
			temperature: 0,
			alternative: 0,
		});
		assert.doesNotMatch(api.log.lines.join('\n'), /unknown parameters/);
	});

	it('answers with what llama.vscode reads', async () => {
		const { body } = await api.post('/infill', completionRequest);
		assert.equal(body['content'], 'a + b;');
		assert.deepEqual(
			['tokens_predicted', 'tokens_evaluated', 'tokens_cached', 'truncated', 'stop', 'stop_type'].map(
				(name) => body[name],
			),
			[2, 40, 42, false, true, 'eos'],
		);
		assert.equal(at(body, 'generation_settings.n_ctx'), fakeDescription.contextSize);
		assert.deepEqual([at(body, 'timings.prompt_n'), at(body, 'timings.predicted_n')], [10, 2]);
		for (const name of ['prompt_ms', 'prompt_per_second', 'predicted_ms', 'predicted_per_second']) {
			const value = at(body, `timings.${name}`);
			assert.ok(typeof value === 'number' && value >= 0, name);
		}
	});

	it('warms the model without a word', async () => {
		const { status, body } = await api.post('/infill', warmingRequest);
		assert.deepEqual([status, body['content'], body['tokens_predicted']], [200, '', 0]);
		assert.equal(model.prefills[0]?.request.files.length, 2);
		assert.equal(model.fills.length, 0);
	});

	it('tells several ways to go on, as a list', async () => {
		model.onFill = ({ alternative = 0 }) => `way ${alternative}`;
		const { body } = await api.post('/infill', { ...completionRequest, n_cmpl: 3 });
		const list = body['list'];
		assert.ok(Array.isArray(list));
		assert.deepEqual(
			list.map((one) => [at(one, 'index'), at(one, 'content')]),
			[
				[0, 'way 0'],
				[1, 'way 1'],
				[2, 'way 2'],
			],
		);
		const error = errorOf(await api.post('/infill', { n_cmpl: 3, stream: true }));
		assert.equal(error.param, 'n_cmpl');
	});

	it('takes another first token for the first slice alone', async () => {
		model.onFill = ({ maxTokens }) => ({
			steps: Array.from({ length: maxTokens }, () => 'x'),
			endReason: 'length',
		});
		await api.post('/infill', { ...completionRequest, n_predict: 15, n_cmpl: 2 });
		assert.deepEqual(
			model.fills.map(({ request }) => request.alternative),
			[0, 0, 1, 0],
		);
	});

	it('ends where a line is indented less than is wanted, and where it takes too long after a line', async () => {
		model.onFill = () => ({ steps: ['a;\n', '\t\tb;\n', '\t}', '\n\t\tc;'] });
		const { body } = await api.post('/infill', { ...completionRequest, n_indent: 2 });
		assert.deepEqual([body['content'], body['stop_type']], ['a;\n\t\tb;', 'limit']);
		model.onFill = () => 'a;\n\t';
		const { body: open } = await api.post('/infill', { ...completionRequest, n_indent: 2 });
		assert.deepEqual([open['content'], open['stop_type']], ['a;\n\t', 'eos']);
		model.onFill = () => ({
			steps: ['a;', 'b;\n', new Promise((resolve) => setTimeout(resolve, 20)), 'c', 'd', 'e'],
		});
		const late = await api.post('/infill', { ...completionRequest, t_max_predict_ms: 1 });
		assert.deepEqual([late.body['content'], late.body['stop_type']], ['a;b;\nc', 'limit']);
		model.onFill = () => ({ steps: ['a;', new Promise((resolve) => setTimeout(resolve, 20)), 'b;', 'c'] });
		const oneLine = await api.post('/infill', { ...completionRequest, t_max_predict_ms: 1 });
		assert.equal(oneLine.body['content'], 'a;b;c');
	});

	it('says what ended the text', async () => {
		model.onFill = () => ({ steps: ['a;END b'] });
		const { body } = await api.post('/infill', { ...completionRequest, stop: ['END'] });
		assert.deepEqual([body['content'], body['stop_type'], body['stopping_word']], ['a;', 'word', 'END']);
		model.onFill = () => ({ steps: ['a'], endReason: 'length' });
		const cut = await api.post('/infill', { ...completionRequest, n_predict: 1 });
		assert.equal(cut.body['stop_type'], 'limit');
	});

	it('streams as llama.cpp does', async () => {
		const events = await api.stream('/infill', completionRequest);
		assert.deepEqual(
			events.map((event) => [at(event, 'content'), at(event, 'stop')]),
			[
				['a + b', false],
				[';', false],
				['', true],
			],
		);
		assert.equal(at(events.at(-1), 'tokens_evaluated'), 40);
	});

	it('needs nothing but a model that fills in the middle', async () => {
		assert.equal((await api.post('/infill', {})).status, 200);
		assert.equal(model.fills[0]?.request.path, '');
		model.onPrefill = async () => ({ type: 'unsupported', reason: 'has no middle token' });
		assert.equal(errorOf(await api.post('/infill', completionRequest)).message, 'has no middle token');
	});

	it('names what it cannot read', async () => {
		for (const input_extra of ['text', [7], [{ filename: 'a' }], [{ text: 'a', filename: 7 }]]) {
			assert.match(String(errorOf(await api.post('/infill', { input_extra })).param), /^input_extra/);
		}
		for (const name of [
			'input_prefix',
			'input_suffix',
			'prompt',
			'n_predict',
			'n_cmpl',
			'n_indent',
			'grammar',
		]) {
			assert.equal(errorOf(await api.post('/infill', { [name]: [1] })).param, name);
		}
	});
});
