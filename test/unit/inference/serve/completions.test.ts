/** `POST /v1/completions`: between a prompt and a suffix, or on from a prompt, in slices. */
import * as assert from 'node:assert/strict';
import { at, errorOf, useApi } from '../../../support/apiServer';
import { fakeDescription } from '../../../support/fakeModel';

const COMPLETIONS = '/v1/completions';

describe('completions', () => {
	const { model, api } = useApi();

	beforeEach(() => {
		model.fills.length = 0;
		model.prefills.length = 0;
		model.onFill = () => 'a + b';
		model.onPrefill = async () => ({ type: 'prefilled', promptTokens: 9, reusedTokens: 4, milliseconds: 1 });
	});

	function asked() {
		const { request } = model.fills[0] ?? assert.fail('the model was not asked');
		return request;
	}

	it('answers as OpenAI does', async () => {
		const { status, body } = await api.post(COMPLETIONS, { model: 'any', prompt: 'return ' });
		assert.equal(status, 200);
		assert.match(String(body['id']), /^cmpl-/);
		assert.deepEqual([body['object'], body['model']], ['text_completion', 'fake']);
		assert.deepEqual(body['choices'], [{ text: 'a + b', index: 0, logprobs: null, finish_reason: 'stop' }]);
		assert.deepEqual(
			[at(body, 'usage.prompt_tokens'), at(body, 'usage.completion_tokens'), at(body, 'usage.total_tokens')],
			[9, 1, 10],
		);
	});

	it('goes on left to right where there is no suffix, after everybody else', async () => {
		await api.post(COMPLETIONS, { prompt: ['line\nreturn '] });
		const { continues, prefix, typed, suffix, priority, temperature, files } = asked();
		assert.deepEqual(
			[continues, prefix + typed, suffix, priority],
			[true, 'line\nreturn ', '', 'background'],
		);
		assert.deepEqual([temperature, files], [0, []]);
		assert.equal(model.prefills[0]?.request.continues, true);
		await api.post(COMPLETIONS, { prompt: 'a', suffix: '', temperature: 0.8 });
		assert.equal(model.fills[1]?.request.continues, true);
		assert.equal(model.fills[1]?.request.temperature, 0.8);
	});

	it('fills in the middle where there is one, cut at the line as the editor cuts it', async () => {
		await api.post(COMPLETIONS, { prompt: 'one\ntwo\n\treturn ', suffix: '\n}\n' });
		const { continues, prefix, typed, suffix, priority, leftToRight } = asked();
		assert.deepEqual([prefix, typed, suffix], ['one\ntwo\n', '\treturn ', '\n}\n']);
		assert.deepEqual([continues ?? false, priority, leftToRight], [false, 'interactive', false]);
	});

	it('writes in slices, each from where the one before ended, up to the limit', async () => {
		model.onFill = ({ maxTokens }) => ({
			steps: Array.from({ length: maxTokens }, () => 'x'),
			endReason: 'length',
		});
		const { body } = await api.post(COMPLETIONS, { prompt: 'a', max_tokens: 25 });
		assert.equal(at(body, 'choices.0.text'), 'x'.repeat(25));
		assert.equal(at(body, 'choices.0.finish_reason'), 'length');
		assert.equal(at(body, 'usage.completion_tokens'), 25);
		// A tenth of a second, at 100 tokens a second.
		assert.deepEqual(
			model.fills.map(({ request }) => [request.maxTokens, request.typed]),
			[
				[10, 'a'],
				[10, `a${'x'.repeat(10)}`],
				[5, `a${'x'.repeat(20)}`],
			],
		);
		assert.deepEqual(
			model.prefills.map(({ request }) => request.maxTokens),
			[10],
		);
	});

	it('has the default of OpenAI, and no more than the context holds', async () => {
		model.onFill = ({ maxTokens }) => ({
			steps: Array.from({ length: maxTokens }, () => 'x'),
			endReason: 'length',
		});
		const generated = async (body: object) => {
			const told = await api.post(COMPLETIONS, { prompt: 'a', ...body });
			return at(told.body, 'usage.completion_tokens');
		};
		assert.equal(await generated({}), 16);
		assert.equal(await generated({ max_tokens: null }), 16);
		assert.equal(await generated({ max_tokens: -1 }), fakeDescription.contextSize - 9);
		assert.equal(await generated({ max_tokens: 9_999, suffix: 'b' }), fakeDescription.contextSize / 4);
		assert.equal(await generated({ max_tokens: 0 }), 0);
	});

	it('reads the prompt again when the editor came between', async () => {
		let interruptions = 0;
		model.onPrefill = async () => {
			if (interruptions++ < 3) {
				throw new DOMException('The editor first', 'AbortError');
			}
			return { type: 'prefilled', promptTokens: 9, reusedTokens: 4, milliseconds: 1 };
		};
		assert.equal((await api.post(COMPLETIONS, { prompt: 'a' })).status, 200);
		assert.equal(model.prefills.length, 4);
	});

	it('answers all the same where the editor comes between without an end', async () => {
		model.onPrefill = async () => {
			throw new DOMException('The editor first', 'AbortError');
		};
		model.onFill = () => ({ steps: ['done'] });
		const { status, body } = await api.post(COMPLETIONS, { prompt: 'a' });
		assert.deepEqual([status, at(body, 'choices.0.text')], [200, 'done']);
	});

	it('streams as OpenAI does', async () => {
		model.onFill = () => ({ steps: ['a ', '+ b'] });
		const events = await api.stream(COMPLETIONS, {
			prompt: 'return ',
			stream_options: { include_usage: true },
		});
		assert.deepEqual(
			events.slice(0, 3).map((event) => [at(event, 'choices.0.text'), at(event, 'choices.0.finish_reason')]),
			[
				['a ', null],
				['+ b', null],
				['', 'stop'],
			],
		);
		assert.deepEqual([at(events[3], 'choices'), at(events[3], 'usage.prompt_tokens')], [[], 9]);
		assert.equal(events[4], '[DONE]');
	});

	it('ends before a stop, across slices', async () => {
		const steps = ['one\n', '\ntwo'];
		model.onFill = () => ({ steps: [steps.shift() ?? 'more'], endReason: 'length' });
		const { body } = await api.post(COMPLETIONS, { prompt: 'a', stop: '\n\n', max_tokens: 100 });
		assert.deepEqual([at(body, 'choices.0.text'), at(body, 'choices.0.finish_reason')], ['one', 'stop']);
		assert.equal(model.fills.length, 2);
	});

	it('says by name what it cannot do', async () => {
		const bad: Readonly<Record<string, unknown>> = {
			n: 2,
			best_of: 3,
			echo: true,
			logprobs: 0,
			logit_bias: { '50256': -100 },
			suffix: 7,
			max_tokens: -2,
			temperature: -1,
			json_schema: {},
		};
		for (const [name, value] of Object.entries(bad)) {
			const error = errorOf(await api.post(COMPLETIONS, { prompt: 'a', [name]: value }));
			assert.deepEqual([error.status, error.param], [400, name], name);
			assert.match(error.message, new RegExp(name));
		}
		for (const prompt of [undefined, null, 7, [1, 2, 3], ['a', 'b'], [[1]], {}]) {
			assert.equal(errorOf(await api.post(COMPLETIONS, { prompt })).param, 'prompt');
		}
		assert.equal(model.fills.length, 0);
		assert.equal(
			(await api.post(COMPLETIONS, { prompt: 'a', n: 1, best_of: 1, echo: false, logprobs: null })).status,
			200,
		);
	});

	it('refuses a prompt that the model cannot read, and cuts what is far from a hole', async () => {
		const prompt = 'a'.repeat(fakeDescription.contextSize);
		assert.equal(errorOf(await api.post(COMPLETIONS, { prompt })).code, 'context_length_exceeded');
		assert.equal((await api.post(COMPLETIONS, { prompt, suffix: 'b' })).status, 200);
		assert.equal(asked().maxPromptTokens, fakeDescription.contextSize);
	});

	it('says that a model cannot fill in the middle', async () => {
		model.onPrefill = async () => ({ type: 'unsupported', reason: 'has no middle token' });
		const error = errorOf(await api.post(COMPLETIONS, { prompt: 'a', suffix: 'b', stream: true }));
		assert.deepEqual([error.status, error.message], [400, 'has no middle token']);
	});
});
