/** The local API in front of a real model, asked with OpenAI's own client and as llama.vscode asks. */
import * as assert from 'node:assert/strict';
import * as os from 'node:os';
import * as path from 'node:path';
import OpenAI from 'openai';
import { SPECIALS } from '../../models/recipe/tokenizer';
import { english } from '../../src/finetune/job/english';
import type { LoadOptions } from '../../src/inference/model';
import { type OpenedApi, openApi, tokenFrom } from '../../src/inference/serve/openApi';
import { at } from '../support/apiServer';
import { QWEN_25 } from '../support/chatTemplates';
import { randomModelFile, starter } from '../support/engines';
import { collect, fillOf, never, readyModel, type TestClient, testClient } from '../support/fakeHost';
import { TINY_MODEL } from '../support/randomModel';
import { root } from '../support/root';
import { silentLog } from '../support/silentLog';

const hostFile = path.join(root, 'dist/host.mjs');
const limits = { tick: 1_000, silence: 10_000, silenceWhileLoading: 60_000 };
const PREFIX = 'function add(a, b) {\n\treturn ';
const SUFFIX = ';\n}\n';
const hello: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'function add(a, b) {' }];

function optionsOf(file: string): LoadOptions {
	return { path: file, backend: 'cpu', contextSize: 0, gpuLayers: -1, cacheFolder: os.tmpdir() };
}

describe('the local API', function () {
	this.timeout(60_000);
	const token = tokenFrom(undefined);
	let test: TestClient;
	let api: OpenedApi;
	let openai: OpenAI;

	async function serve(file: string): Promise<void> {
		test = testClient({ hostFile, limits });
		await test.client.load(optionsOf(file), never);
		api = await openApi({
			models: { completion: test.client, chat: () => undefined, embedding: () => undefined },
			port: 0,
			token: () => token,
			temperature: () => 0,
			translate: english,
			log: silentLog,
		});
		openai = new OpenAI({ baseURL: `${api.address}/v1`, apiKey: token, maxRetries: 0 });
	}

	async function end(): Promise<void> {
		await api.close();
		await test.dispose();
	}

	/** As programs without a library ask. */
	async function post(where: string, body: object): Promise<unknown> {
		const response = await fetch(`${api.address}${where}`, {
			method: 'POST',
			headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
			body: JSON.stringify(body),
		});
		assert.equal(response.status, 200);
		return response.json();
	}

	describe('with the starter model', () => {
		before(() => serve(starter));
		after(end);

		it('lists the model', async () => {
			const { name, contextSize } = readyModel(test.client.state);
			const { data } = await openai.models.list();
			assert.deepEqual(
				data.map(({ id, object }) => [id, object]),
				[[name, 'model']],
			);
			assert.equal((await openai.models.retrieve(name)).id, name);
			assert.equal(at(data[0], 'meta.n_ctx'), contextSize);
		});

		it('answers in a chat, whole and streamed alike', async () => {
			const asked = { model: 'any', messages: hello, max_tokens: 24, temperature: 0 };
			const answer = await openai.chat.completions.create(asked);
			const [choice] = answer.choices;
			assert.ok(choice?.message.content);
			assert.equal(choice.message.role, 'assistant');
			assert.ok((answer.usage?.prompt_tokens ?? 0) > 5 && (answer.usage?.completion_tokens ?? 0) <= 24);
			const stream = openai.chat.completions.stream({ ...asked, stream_options: { include_usage: true } });
			const pieces: string[] = [];
			stream.on('content', (piece) => pieces.push(piece));
			const streamed = await stream.finalChatCompletion();
			assert.ok(pieces.length > 1);
			assert.equal(pieces.join(''), choice.message.content);
			assert.equal(streamed.choices[0]?.finish_reason, choice.finish_reason);
			assert.equal(streamed.usage?.completion_tokens, answer.usage?.completion_tokens);
		});

		it('ends at a stop, and counts what was generated until then', async () => {
			const asked = { model: '', messages: hello, max_tokens: 64, temperature: 0 };
			const free = (await openai.chat.completions.create(asked)).choices[0]?.message.content ?? '';
			const stop = free.slice(4, 7);
			const { choices, usage } = await openai.chat.completions.create({ ...asked, stop: [stop] });
			assert.equal(choices[0]?.message.content, free.slice(0, free.indexOf(stop)));
			assert.equal(choices[0]?.finish_reason, 'stop');
			assert.ok((usage?.completion_tokens ?? 0) >= 1 && (usage?.completion_tokens ?? 99) < 64);
		});

		it('writes JSON by a schema', async () => {
			const schema = {
				type: 'object',
				properties: { kind: { enum: ['bug', 'idea'] }, size: { type: 'integer' } },
				required: ['kind', 'size'],
				additionalProperties: false,
			};
			const { choices } = await openai.chat.completions.create({
				model: '',
				messages: hello,
				max_tokens: 60,
				response_format: { type: 'json_schema', json_schema: { name: 'report', schema, strict: true } },
			});
			const report: unknown = JSON.parse(choices[0]?.message.content ?? '');
			assert.ok(at(report, 'kind') === 'bug' || at(report, 'kind') === 'idea');
			assert.ok(Number.isInteger(at(report, 'size')));
		});

		it('fills in the middle with the same text as the editor', async () => {
			const { choices, usage } = await openai.completions.create({
				model: '',
				prompt: PREFIX,
				suffix: SUFFIX,
				max_tokens: 64,
			});
			const anchor = PREFIX.indexOf('\n') + 1;
			const request = {
				...fillOf(PREFIX.slice(0, anchor)),
				path: '',
				typed: PREFIX.slice(anchor),
				suffix: SUFFIX,
				maxTokens: 64,
			};
			const own = await collect(test.client.fill(request, never));
			assert.equal(choices[0]?.text, own.text);
			assert.ok((usage?.prompt_tokens ?? 0) > 10);
		});

		it('goes on left to right, in slices, as in one', async () => {
			const prompt = 'export const numbers = [\n\t1,\n\t2,\n\t3,\n';
			const ask = (max_tokens: number) => openai.completions.create({ model: '', prompt, max_tokens });
			const long = await ask(96);
			const short = await ask(8);
			assert.equal(short.usage?.completion_tokens, 8);
			assert.equal(short.choices[0]?.finish_reason, 'length');
			assert.ok(long.choices[0]?.text.startsWith(short.choices[0]?.text ?? '?'));
			const request = { ...fillOf(''), typed: prompt, continues: true, maxTokens: 96 };
			const whole = await collect(test.client.fill(request, never));
			assert.equal(long.choices[0]?.text, whole.text);
			// It is another prompt than one with a hole at its end.
			const { tokens } = await counted(prompt);
			assert.ok((long.usage?.prompt_tokens ?? 0) <= tokens.length + 1);
			const warm = await openai.completions.create({ model: '', prompt, max_tokens: 8, temperature: 1.5 });
			assert.ok((warm.usage?.completion_tokens ?? 0) > 0);
		});

		it('streams completions', async () => {
			const asked = { model: '', prompt: PREFIX, suffix: SUFFIX, max_tokens: 64 };
			const expected = (await openai.completions.create(asked)).choices[0]?.text;
			let text = '';
			for await (const { choices } of await openai.completions.create({ ...asked, stream: true })) {
				text += choices[0]?.text ?? '';
			}
			assert.equal(text, expected);
		});

		it('gives vectors, in base 64 as the client asks by default and as numbers', async () => {
			const own = await test.client.embed(PREFIX, never);
			assert.ok(own.type === 'embedding');
			const { data, usage } = await openai.embeddings.create({ model: '', input: [PREFIX, 'other'] });
			const [first, second] = data.map(({ embedding }) => embedding);
			assert.ok(first !== undefined && second !== undefined);
			assert.equal(first.length, own.vector.length);
			assert.ok(first.every((value, index) => Math.abs(value - (own.vector[index] ?? 9)) < 1e-5));
			assert.notDeepEqual(first, second);
			assert.ok(usage.prompt_tokens > 5);
			const numbers = await openai.embeddings.create({ model: '', input: PREFIX, encoding_format: 'float' });
			assert.deepEqual(numbers.data[0]?.embedding.length, first.length);
		});

		it('fails as the client expects', async () => {
			const stranger = new OpenAI({ baseURL: `${api.address}/v1`, apiKey: 'guess', maxRetries: 0 });
			await assert.rejects(stranger.models.list(), OpenAI.AuthenticationError);
			await assert.rejects(openai.models.retrieve('gpt-4'), OpenAI.NotFoundError);
			await assert.rejects(
				openai.chat.completions.create({ model: '', messages: hello, n: 2 }),
				(error) =>
					error instanceof OpenAI.BadRequestError &&
					error.param === 'n' &&
					/n is not supported/.test(error.message),
			);
			const long = 'let a = b;\n'.repeat(20_000);
			await assert.rejects(
				openai.chat.completions.create({ model: '', messages: [{ role: 'user', content: long }] }),
				(error) => error instanceof OpenAI.BadRequestError && error.code === 'context_length_exceeded',
			);
			await assert.rejects(
				openai.chat.completions.create({
					model: '',
					messages: hello,
					tools: [{ type: 'function', function: { name: 'look' } }],
				}),
				/cannot call functions/,
			);
		});

		it('stops when the client leaves, and answers the next', async () => {
			const asked = { model: '', prompt: 'export const numbers = [\n', max_tokens: 1_500 } as const;
			const stream = await openai.completions.create({ ...asked, stream: true });
			for await (const _ of stream) {
				stream.controller.abort();
			}
			const next = await openai.completions.create({ ...asked, max_tokens: 4 });
			assert.equal(next.usage?.completion_tokens, 4);
		});

		it('lets the own completions of the editor go first', async () => {
			const prompt = 'export const numbers = [\n\t1,\n\t2,\n';
			const stream = await openai.completions.create({
				model: '',
				prompt,
				max_tokens: 1_500,
				temperature: 1,
				stream: true,
			});
			let own: Promise<'own'> | undefined;
			const order: string[] = [];
			let pieces = 0;
			for await (const _ of stream) {
				pieces++;
				own ??= collect(test.client.fill({ ...fillOf(PREFIX), suffix: SUFFIX, maxTokens: 8 }, never)).then(
					() => {
						order.push(`own after ${pieces}`);
						return 'own';
					},
				);
			}
			order.push('other');
			await own;
			assert.match(order[0] ?? '', /^own/, order.join());
			assert.equal(order.length, 2);
		});

		it('answers llama.vscode', async () => {
			const infill = {
				id_slot: 0,
				input_prefix: 'function add(a, b) {\n',
				input_suffix: SUFFIX,
				input_extra: [{ text: 'export const one = 1;\n', time: 1, filename: '/project/one.ts' }],
				prompt: '\treturn ',
				n_predict: 32,
				n_cmpl: 1,
				top_k: 40,
				top_p: 0.99,
				stream: false,
				samplers: ['top_k', 'top_p', 'infill'],
				cache_prompt: true,
				t_max_prompt_ms: 500,
				t_max_predict_ms: 2_500,
			};
			await post('/infill', { ...infill, prompt: '', input_prefix: '', input_suffix: '', n_predict: 0 });
			const first = await post('/infill', infill);
			assert.equal(typeof at(first, 'content'), 'string');
			const again = await post('/infill', { ...infill, prompt: '\treturn a' });
			const reused = at(again, 'timings.cache_n');
			assert.ok(typeof reused === 'number' && reused > 10, `${reused} tokens were reused`);
			assert.equal(at(again, 'truncated'), false);
			const ways = await post('/infill', { ...infill, n_cmpl: 3 });
			assert.ok(Array.isArray(ways) && new Set(ways.map((way) => at(way, 'content'))).size > 1);
			assert.equal((await counted('function add')).tokens.length > 0, true);
		});

		async function counted(content: string): Promise<{ readonly tokens: readonly unknown[] }> {
			const tokens = at(
				await post('/tokenize', { content, add_special: false, parse_special: true }),
				'tokens',
			);
			assert.ok(Array.isArray(tokens));
			return { tokens };
		}
	});

	describe('with a model that calls functions', () => {
		const tools: OpenAI.ChatCompletionTool[] = [
			{
				type: 'function',
				function: {
					name: 'read_file',
					description: 'Reads.',
					parameters: {
						type: 'object',
						properties: { path: { type: 'string', minLength: 1, maxLength: 8 } },
						required: ['path'],
					},
				},
			},
		];
		before(() =>
			serve(
				randomModelFile({
					...TINY_MODEL,
					specials: [...SPECIALS, '<tool_call>', '</tool_call>'],
					chatTemplate: QWEN_25,
				}),
			),
		);
		after(end);

		it('tells the call, whole and streamed, and reads what it brought', async () => {
			const asked = { model: '', messages: hello, tools, tool_choice: 'required', max_tokens: 200 } as const;
			const { choices } = await openai.chat.completions.create(asked);
			const [choice] = choices;
			assert.equal(choice?.finish_reason, 'tool_calls');
			const [call] = choice.message.tool_calls ?? [];
			assert.ok(call?.type === 'function' && call.function.name === 'read_file');
			assert.equal(typeof at(JSON.parse(call.function.arguments), 'path'), 'string');
			const streamed = await openai.chat.completions.stream(asked).finalChatCompletion();
			const [again] = streamed.choices[0]?.message.tool_calls ?? [];
			assert.equal(again?.type === 'function' && again.function.name, 'read_file');
			const next = await openai.chat.completions.create({
				model: '',
				messages: [
					...hello,
					choice.message,
					{ role: 'tool', tool_call_id: call.id, content: 'It is empty.' },
				],
				tools,
				tool_choice: 'none',
				max_tokens: 8,
			});
			assert.equal(next.choices[0]?.message.tool_calls, undefined);
			assert.ok((next.usage?.prompt_tokens ?? 0) > 50);
		});
	});
});
