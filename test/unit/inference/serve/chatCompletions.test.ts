/** `POST /v1/chat/completions`: what the model is asked, and what a program is told. */
import * as assert from 'node:assert/strict';
import { IGNORED } from '../../../../src/inference/serve/parameters';
import { at, errorOf, useApi } from '../../../support/apiServer';
import { fakeDescription } from '../../../support/fakeModel';

const CHAT = '/v1/chat/completions';
const messages = [{ role: 'user', content: 'Hello' }];
const read = {
	type: 'function',
	function: { name: 'read_file', description: 'Reads.', parameters: { type: 'object', properties: {} } },
};
const look = { type: 'function', function: { name: 'look' } };
const call = { name: 'read_file', arguments: { path: 'a "1"' } };

describe('chat completions', () => {
	const { model, api } = useApi();

	beforeEach(() => {
		model.chats.length = 0;
		model.change({ type: 'ready', model: fakeDescription });
		model.onChat = () => ({ steps: ['One ', 'two.'], prompt: { promptTokens: 7, reusedTokens: 3 } });
	});

	function asked() {
		const { request } = model.chats.at(-1) ?? assert.fail('the model was not asked');
		return request;
	}

	async function refused(body: object): Promise<ReturnType<typeof errorOf>> {
		const error = errorOf(await api.post(CHAT, { messages, ...body }));
		assert.equal(model.chats.length, 0);
		return error;
	}

	it('answers as OpenAI does', async () => {
		const { status, body } = await api.post(CHAT, { model: 'any', messages });
		assert.equal(status, 200);
		assert.match(String(body['id']), /^chatcmpl-/);
		assert.equal(body['object'], 'chat.completion');
		assert.equal(body['model'], 'fake');
		assert.ok(Math.abs(Number(body['created']) - Date.now() / 1000) < 60);
		assert.deepEqual(body['choices'], [
			{
				index: 0,
				message: { role: 'assistant', content: 'One two.', refusal: null },
				logprobs: null,
				finish_reason: 'stop',
			},
		]);
		assert.deepEqual(body['usage'], {
			prompt_tokens: 7,
			completion_tokens: 2,
			total_tokens: 9,
			prompt_tokens_details: { cached_tokens: 3 },
		});
	});

	it('asks in the background, as warm as the own chat where nobody says how', async () => {
		await api.post(CHAT, { messages });
		const { temperature, priority, tools, schema } = asked();
		assert.deepEqual([temperature, priority, tools, schema], [0.2, 'background', undefined, undefined]);
		await api.post(CHAT, { messages, temperature: 0 });
		assert.equal(asked().temperature, 0);
	});

	it('limits the answer by whichever name, and by what is left of the context', async () => {
		const limits = async (body: object) => {
			await api.post(CHAT, { messages, ...body });
			return asked().maxTokens;
		};
		assert.equal(await limits({ max_tokens: 5 }), 5);
		assert.equal(await limits({ max_tokens: 5, max_completion_tokens: 6 }), 6);
		assert.equal(await limits({ n_predict: 7 }), 7);
		const rest = await limits({});
		assert.ok(rest > 7_000 && rest < fakeDescription.contextSize);
		assert.equal(await limits({ max_tokens: -1 }), rest);
		assert.equal(await limits({ max_tokens: 1_000_000 }), rest);
	});

	it('says why the answer ended', async () => {
		model.onChat = () => ({ steps: ['One'], endReason: 'length' });
		const { body } = await api.post(CHAT, { messages });
		assert.equal(at(body, 'choices.0.finish_reason'), 'length');
		assert.equal(at((await api.stream(CHAT, { messages })).at(-2), 'choices.0.finish_reason'), 'length');
	});

	it('streams as OpenAI does', async () => {
		const events = await api.stream(CHAT, { messages });
		assert.equal(events.at(-1), '[DONE]');
		const chunks = events.slice(0, -1);
		assert.deepEqual(
			chunks.map((chunk) => [
				at(chunk, 'object'),
				at(chunk, 'choices.0.delta'),
				at(chunk, 'choices.0.finish_reason'),
			]),
			[
				['chat.completion.chunk', { role: 'assistant', content: '' }, null],
				['chat.completion.chunk', { content: 'One ' }, null],
				['chat.completion.chunk', { content: 'two.' }, null],
				['chat.completion.chunk', {}, 'stop'],
			],
		);
		assert.equal(new Set(chunks.map((chunk) => at(chunk, 'id'))).size, 1);
		assert.ok(chunks.every((chunk) => at(chunk, 'usage') === undefined));
	});

	it('tells the usage at the end of a stream on request', async () => {
		const events = await api.stream(CHAT, { messages, stream_options: { include_usage: true } });
		const last = events.at(-2);
		assert.deepEqual(at(last, 'choices'), []);
		assert.equal(at(last, 'usage.total_tokens'), 9);
		assert.equal(at(events[0], 'usage'), null);
	});

	it('ends before the first of the stops, which is no part of the text, and stops the model', async () => {
		model.onChat = () => ({ steps: ['One t', 'w', 'o thr', 'ee'], prompt: { promptTokens: 7 } });
		const { body } = await api.post(CHAT, { messages, stop: ['three', 'two'] });
		assert.deepEqual(
			[at(body, 'choices.0.message.content'), at(body, 'choices.0.finish_reason')],
			['One ', 'stop'],
		);
		// Those that were generated, with the stop.
		assert.equal(at(body, 'usage.completion_tokens'), 'One two thr'.length);
		assert.equal(at(body, 'usage.prompt_tokens'), 7);
		assert.deepEqual(model.chats.at(-1)?.given, ['One t', 'w', 'o thr']);
		const events = await api.stream(CHAT, { messages, stop: 'twofold' });
		const text = events.map((event) => at(event, 'choices.0.delta.content') ?? '').join('');
		assert.equal(text, 'One two three', 'what only looked like it is told later');
		const half = await api.post(CHAT, { messages, stop: 'eek' });
		assert.equal(at(half.body, 'choices.0.message.content'), 'One two three');
	});

	it('offers tools, and tells the call', async () => {
		model.onChat = () => ({ steps: ['Let me see.', { type: 'call', call }] });
		const { body } = await api.post(CHAT, { messages, tools: [read, look], tool_choice: 'auto' });
		assert.deepEqual(asked().tools, [
			{ name: 'read_file', description: 'Reads.', parameters: { type: 'object', properties: {} } },
			{ name: 'look', description: '', parameters: { type: 'object', properties: {} } },
		]);
		assert.equal(asked().calling, 'may');
		assert.equal(at(body, 'choices.0.finish_reason'), 'tool_calls');
		assert.equal(at(body, 'choices.0.message.content'), 'Let me see.');
		assert.match(String(at(body, 'choices.0.message.tool_calls.0.id')), /^call_\w+$/);
		assert.equal(at(body, 'choices.0.message.tool_calls.0.type'), 'function');
		assert.deepEqual(at(body, 'choices.0.message.tool_calls.0.function'), {
			name: 'read_file',
			arguments: '{"path":"a \\"1\\""}',
		});
		model.onChat = () => ({ steps: [{ type: 'call', call }] });
		const alone = await api.post(CHAT, { messages, tools: [read] });
		assert.equal(at(alone.body, 'choices.0.message.content'), null);
		const events = await api.stream(CHAT, { messages, tools: [read] });
		assert.equal(at(events[1], 'choices.0.delta.tool_calls.0.index'), 0);
		assert.equal(at(events[1], 'choices.0.delta.tool_calls.0.function.name'), 'read_file');
		assert.equal(at(events[2], 'choices.0.finish_reason'), 'tool_calls');
	});

	it('lets a program choose how free the model is to call', async () => {
		const choose = async (tool_choice: unknown) => {
			await api.post(CHAT, { messages, tools: [read, look], tool_choice });
			return [
				asked().calling,
				asked()
					.tools?.map(({ name }) => name)
					.join(),
			];
		};
		assert.deepEqual(await choose('none'), ['not', 'read_file,look']);
		assert.deepEqual(await choose('required'), ['must', 'read_file,look']);
		assert.deepEqual(await choose(null), ['may', 'read_file,look']);
		assert.deepEqual(await choose({ type: 'function', function: { name: 'look' } }), ['must', 'look']);
		model.chats.length = 0;
		for (const tool_choice of ['always', 7, { type: 'function', function: { name: 'other' } }]) {
			assert.equal((await refused({ tools: [read], tool_choice })).param, 'tool_choice');
		}
		assert.equal((await refused({ tool_choice: 'required' })).param, 'tool_choice');
	});

	it('holds the answer to a schema', async () => {
		const schema = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] };
		const asks = async (response_format: unknown) => {
			await api.post(CHAT, { messages, response_format });
			return asked().schema;
		};
		assert.deepEqual(await asks({ type: 'json_schema', json_schema: { name: 'x', schema } }), schema);
		assert.deepEqual(await asks({ type: 'json_object' }), { type: 'object' });
		assert.equal(await asks({ type: 'text' }), undefined);
		model.chats.length = 0;
		for (const response_format of [{ type: 'xml' }, { type: 'json_schema' }, 'json', []]) {
			assert.equal((await refused({ response_format })).param, 'response_format');
		}
	});

	it('says by name what it cannot do', async () => {
		const bad: Readonly<Record<string, unknown>> = {
			n: 2,
			logprobs: true,
			top_logprobs: 3,
			logit_bias: { '1': -100 },
			audio: { voice: 'a' },
			modalities: ['text', 'audio'],
			functions: [read.function],
			function_call: 'auto',
			grammar: 'root ::= "a"',
			json_schema: {},
			ignore_eos: true,
			n_probs: 1,
			return_tokens: true,
			web_search_options: {},
			temperature: 2.1,
			max_tokens: 1.5,
			max_completion_tokens: '5',
			stream: 'yes',
			stream_options: true,
			stop: [1],
			tools: {},
			messages: [],
		};
		for (const [name, value] of Object.entries(bad)) {
			const error = await refused({ [name]: value });
			assert.deepEqual([error.status, error.param, error.type], [400, name, 'invalid_request_error'], name);
			assert.match(error.message, new RegExp(name));
		}
	});

	it('takes what asks for nothing, and ignores what it has no use for', async () => {
		const harmless = {
			n: 1,
			logprobs: false,
			top_logprobs: 0,
			logit_bias: {},
			modalities: ['text'],
			functions: [],
			function_call: 'none',
			stop: null,
			tools: [],
			tool_choice: null,
			response_format: null,
		};
		assert.equal((await api.post(CHAT, { messages, ...harmless })).status, 200);
		const ignored = Object.fromEntries(
			Object.values(IGNORED)
				.flat()
				.map((name) => [name, 1]),
		);
		assert.equal((await api.post(CHAT, { messages, ...ignored })).status, 200);
		assert.doesNotMatch(api.log.lines.join('\n'), /unknown parameters/);
		assert.equal((await api.post(CHAT, { messages, temprature: 1 })).status, 200);
		assert.match(api.log.lines.join('\n'), /unknown parameters without effect: temprature/);
	});

	it('refuses a conversation that the model cannot read as a whole', async () => {
		const long = { role: 'user', content: 'a'.repeat(fakeDescription.contextSize) };
		const error = await refused({ messages: [long] });
		assert.deepEqual([error.status, error.code], [400, 'context_length_exceeded']);
		assert.match(error.message, /exceeds the context size/);
		// Nothing is left out for the sake of a long answer.
		const half = { role: 'user', content: 'a'.repeat(fakeDescription.contextSize / 2) };
		await api.post(CHAT, { messages: [half], max_tokens: 8_000 });
		const { maxTokens } = asked();
		assert.ok(maxTokens < fakeDescription.contextSize / 2 && maxTokens > fakeDescription.contextSize / 3);
	});

	it('says what the model cannot do, and why there is none', async () => {
		model.onChat = () => ({ steps: [{ type: 'unsupported', reason: 'This model cannot call functions.' }] });
		for (const stream of [false, true]) {
			const error = errorOf(await api.post(CHAT, { messages, tools: [read], stream }));
			assert.deepEqual([error.status, error.message], [400, 'This model cannot call functions.']);
		}
		const problem = { code: 'gguf-truncated', message: 'a.gguf ends early', remedies: [] };
		model.change({ type: 'failed', problem });
		model.chats.length = 0;
		const failed = await refused({});
		assert.equal(failed.status, 503);
	});
});
