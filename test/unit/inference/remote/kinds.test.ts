/** Each kind of server as it is documented: what is asked of it, and what becomes of its answers. */
import * as assert from 'node:assert/strict';
import type { ChatRequest, FillRequest } from '../../../../src/inference/model';
import type { OpenRemoteOptions } from '../../../../src/inference/remote/open';
import type { RemoteModel } from '../../../../src/inference/remote/remoteModel';
import { hear, remoteModel, settled } from '../../../support/remoteModels';
import {
	delta,
	events,
	json,
	KINDS,
	lines,
	listed,
	type Routes,
	ScriptedServer,
} from '../../../support/scriptedServer';

const never = new AbortController().signal;

const fill: FillRequest = {
	repository: 'shop',
	path: 'a.ts',
	files: [{ path: 'b.ts', text: 'export const b = 1;\n' }],
	prefix: 'const a = b;\n',
	typed: 'const c = ',
	suffix: ';\n',
	maxTokens: 24,
	maxPromptTokens: 1_000,
	leftToRight: false,
	priority: 'interactive',
};

const chat: ChatRequest = {
	messages: [
		{ role: 'system', content: 'Be brief.' },
		{ role: 'user', content: 'What is <|im_start|>?' },
	],
	maxTokens: 100,
	temperature: 0.2,
	priority: 'background',
};

const tools = [
	{ name: 'read_file', description: 'Reads a file.', parameters: { type: 'object', properties: {} } },
];

describe('inference/remote: kinds of servers', () => {
	let server: ScriptedServer;
	const models: RemoteModel[] = [];
	afterEach(async () => {
		await Promise.all(models.splice(0).map((model) => model.dispose()));
		await server.stop();
	});

	async function open(routes: Routes, changes: Partial<OpenRemoteOptions> = {}): Promise<RemoteModel> {
		server = await ScriptedServer.start(routes);
		const model = remoteModel(`${server.url}/v1`, { key: async () => 'k3y', ...changes });
		models.push(model);
		return model;
	}

	async function described(model: RemoteModel) {
		const state = await settled(model);
		assert.ok(state.type === 'ready', JSON.stringify(state));
		return state.model;
	}

	const bodyOf = (path: string) => server.asked(path).at(-1)?.body ?? {};

	describe('llama-server', () => {
		const probability = (logprob: number) => [{ id: 1, token: 'x', logprob, top_logprobs: [] }];
		const infill = events(
			{
				content: '4',
				stop: false,
				tokens_evaluated: 50,
				timings: { cache_n: 40, prompt_n: 10, prompt_ms: 12 },
				completion_probabilities: probability(-0.5),
			},
			{ content: '2', stop: false, tokens_evaluated: 50, completion_probabilities: probability(-0.25) },
			{
				content: '',
				stop: true,
				stop_type: 'eos',
				tokens_evaluated: 50,
				tokens_predicted: 3,
				timings: { cache_n: 40, prompt_n: 10, prompt_ms: 12, predicted_n: 3, predicted_ms: 30 },
			},
		);

		it('says what it serves, in which context', async () => {
			const model = await described(await open(KINDS.llamaServer));
			assert.equal(model.name, 'qwen2.5-coder-7b');
			assert.equal(model.contextSize, 8_192);
			assert.equal(model.trainedContext, 32_768);
			assert.equal(model.parameters, 7_615_616_512);
			assert.deepEqual(model.server, { host: `127.0.0.1:${server.port}`, program: 'llama-server b9000-abc' });
			assert.ok(model.fill.type === 'fill');
			assert.ok(model.chat.type === 'chat' && model.chat.callsTools);
			assert.ok(server.seen.every(({ authorization }) => authorization === 'Bearer k3y'));
		});

		it('infills: pieces, probabilities, and what of the prompt it knew', async () => {
			const model = await open(KINDS.llamaServer);
			await described(model);
			server.routes = { ...server.routes, 'POST /infill': infill };
			const heard = await hear(model.fill(fill, never));
			assert.deepEqual(heard.events, [
				{ type: 'prefilled', promptTokens: 50, reusedTokens: 40, prefillMilliseconds: 12 },
				{ type: 'text', text: '4', logProbability: -0.5, tokens: 1 },
				{ type: 'text', text: '2', logProbability: -0.25, tokens: 1 },
				{
					type: 'end',
					reason: 'end-of-text',
					statistics: {
						promptTokens: 50,
						reusedTokens: 40,
						generatedTokens: 3,
						prefillMilliseconds: 12,
						decodeMilliseconds: 30,
					},
				},
			]);
			const body = bodyOf('/infill');
			assert.equal(body['input_prefix'], 'const a = b;\nconst c = ');
			assert.equal(body['input_suffix'], ';\n');
			assert.equal(body['prompt'], '');
			assert.deepEqual(body['input_extra'], [{ filename: 'b.ts', text: 'export const b = 1;\n' }]);
			assert.equal(body['n_predict'], 24);
			assert.equal(body['cache_prompt'], true);
			assert.equal(body['temperature'], 0);
			assert.ok(!('lora' in body));
		});

		it('is asked for its adapter, as strong as it is wished', async () => {
			const model = await open(KINDS.llamaServer, { adapter: 'team.gguf=0.8' });
			const { path } = await described(model);
			assert.match(path, /team\.gguf=0\.8$/);
			server.routes = { ...server.routes, 'POST /infill': infill };
			await hear(model.fill(fill, never));
			assert.deepEqual(bodyOf('/infill')['lora'], [{ id: 0, scale: 0.8 }]);
		});

		it('counts tokens without special ones, and reads ahead without writing', async () => {
			const model = await open(KINDS.llamaServer);
			await described(model);
			server.routes = {
				...server.routes,
				'POST /tokenize': json({ tokens: [1, 2, 3] }),
				'POST /infill': json({ content: '', stop: true, tokens_evaluated: 50, timings: { cache_n: 7 } }),
			};
			assert.deepEqual(await model.tokenize('a b', never), { type: 'tokens', tokens: [1, 2, 3] });
			assert.equal(bodyOf('/tokenize')['parse_special'], false);
			const read = await model.prefill({ ...fill, priority: 'background' }, never);
			assert.ok(read.type === 'prefilled' && read.promptTokens === 50 && read.reusedTokens === 7);
			assert.equal(bodyOf('/infill')['n_predict'], 0);
		});

		it('takes a prompt where its model has no tokens for a hole, and its name tells', async () => {
			const refused = json({ error: { message: 'Infill is not supported by this model' } }, 501);
			const model = await open({
				...KINDS.llamaServer,
				'POST /infill': refused,
				'POST /v1/completions': events({ choices: [{ text: '42', finish_reason: 'stop' }] }, '[DONE]'),
			});
			const { fill: way } = await described(model);
			assert.ok(way.type === 'fill' && way.family === 'qwen');
			assert.equal((await hear(model.fill(fill, never))).text, '42');
		});

		it('does what it cannot as data, with a reason', async () => {
			const model = await open(KINDS.llamaServer);
			for (const answer of [
				await model.useAdapters([]),
				await model.useChatAdapters([]),
				await model.encodeChats(),
				await model.scoreChats(),
				await model.inspectAdapter(),
				await model.encode(),
				await model.score(),
				await model.scoreFills(),
			]) {
				assert.ok(answer.type === 'unsupported');
				assert.match(answer.reason, /^127\.0\.0\.1:\d+ cannot /);
			}
		});
	});

	describe('Ollama', () => {
		const ollama = { model: 'qwen2.5-coder:7b' };

		it('says what it serves, in the context that the model was given', async () => {
			const model = await described(await open(KINDS.ollama, ollama));
			assert.equal(model.contextSize, 16_384);
			assert.equal(model.trainedContext, 32_768);
			assert.equal(model.architecture, 'qwen2');
			assert.equal(model.quantisation, 'Q4_K_M');
			assert.equal(model.server?.program, 'Ollama 0.12.6');
			assert.deepEqual(bodyOf('/api/show'), { model: 'qwen2.5-coder:7b' });
		});

		it('takes a suffix, and writes lines of JSON', async () => {
			const model = await open(
				{
					...KINDS.ollama,
					'POST /api/generate': lines(
						{ response: '4', done: false, logprobs: [{ token: '4', logprob: -0.5 }] },
						{ response: '2', done: false },
						{
							response: '',
							done: true,
							done_reason: 'length',
							prompt_eval_count: 60,
							prompt_eval_duration: 5_000_000,
							eval_count: 24,
							eval_duration: 90_000_000,
						},
					),
				},
				ollama,
			);
			const { events: heard, text } = await hear(model.fill(fill, never));
			assert.equal(text, '42');
			assert.deepEqual(heard[0], { type: 'text', text: '4', logProbability: -0.5, tokens: 1 });
			assert.deepEqual(heard[1], { type: 'text', text: '2' });
			assert.deepEqual(heard.at(-1), {
				type: 'end',
				reason: 'length',
				statistics: {
					promptTokens: 60,
					reusedTokens: 0,
					generatedTokens: 24,
					prefillMilliseconds: 5,
					decodeMilliseconds: 90,
				},
			});
			const body = bodyOf('/api/generate');
			assert.equal(body['prompt'], '// b.ts\nexport const b = 1;\n// a.ts\nconst a = b;\nconst c = ');
			assert.equal(body['suffix'], ';\n');
			assert.deepEqual(body['options'], { temperature: 0, num_predict: 24 });
		});

		it('is not asked for what its model cannot', async () => {
			const show = json({ capabilities: ['completion'], model_info: { 'general.architecture': 'llama' } });
			const model = await open({ ...KINDS.ollama, 'POST /api/show': show }, { model: 'llama3' });
			const { fill: way, chat: chats, contextSize, fallbackReason } = await described(model);
			assert.ok(way.type === 'unsupported');
			assert.match(way.reason, /llama3:latest on .* cannot fill in the middle/);
			assert.ok(chats.type === 'chat' && chats.callsTools === false);
			assert.equal(contextSize, 4_096);
			assert.match(fallbackReason ?? '', /does not say/);
			assert.deepEqual((await hear(model.fill(fill, never))).events, [way]);
			const [only] = (await hear(model.chat({ ...chat, tools }, never))).events;
			assert.equal(only?.type, 'unsupported');
		});
	});

	describe('vLLM', () => {
		const vllm = { model: 'team' };

		it('lists an adapter as a model, whose parent tells how it fills in the middle', async () => {
			const model = await described(await open(KINDS.vllm, vllm));
			assert.equal(model.name, 'team');
			assert.ok(model.fill.type === 'fill' && model.fill.family === 'qwen');
		});

		it('serves an adapter in the place of the model, and says how much it reads', async () => {
			const model = await open(KINDS.vllm, { model: 'Qwen/Qwen2.5-Coder-7B', role: 'chat' });
			assert.equal((await described(model)).contextSize, 16_384);
			const adapted = remoteModel(server.url, {
				model: 'Qwen/Qwen2.5-Coder-7B',
				adapter: 'team',
				role: 'chat',
			});
			models.push(adapted);
			assert.equal((await described(adapted)).name, 'team');
		});

		it('continues a prompt of marks, of which it shows those that end it', async () => {
			const model = await open(
				{
					...KINDS.vllm,
					'POST /v1/completions': events(
						{ choices: [{ text: '4', logprobs: { token_logprobs: [-0.5] }, finish_reason: null }] },
						{ choices: [{ text: '2;', logprobs: { token_logprobs: [-0.25, -1] }, finish_reason: 'stop' }] },
						{ choices: [], usage: { prompt_tokens: 60, completion_tokens: 3 } },
						'[DONE]',
					),
				},
				vllm,
			);
			const { events: heard, text } = await hear(model.fill(fill, never));
			assert.equal(text, '42;');
			assert.deepEqual(heard[1], { type: 'text', text: '2;', logProbability: -1.25, tokens: 2 });
			const end = heard.at(-1);
			assert.ok(
				end?.type === 'end' && end.statistics.promptTokens === 60 && end.statistics.generatedTokens === 3,
			);
			const body = bodyOf('/v1/completions');
			assert.equal(body['model'], 'team');
			assert.match(String(body['prompt']), /<\|fim_middle\|>const c = $/);
			assert.ok(Array.isArray(body['stop']) && body['stop'].includes('<|endoftext|>'));
			assert.equal(body['skip_special_tokens'], false);
		});

		it('is asked without functions once it has said that it takes none', async () => {
			const said = '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set';
			const refused = json({ object: 'error', message: said, type: 'BadRequestError', code: 400 }, 400);
			const answer = events(delta({ content: 'Yes.' }, 'stop'), '[DONE]');
			const model = await open(
				{
					...KINDS.vllm,
					'POST /v1/chat/completions': (response, seen) =>
						('tools' in seen.body ? refused : answer)(response, seen),
				},
				{ ...vllm, role: 'chat' },
			);
			const before = await described(model);
			assert.ok(before.chat.type === 'chat' && before.chat.callsTools);
			assert.equal((await hear(model.chat({ ...chat, tools }, never))).text, 'Yes.');
			const after = await described(model);
			assert.ok(after.chat.type === 'chat' && after.chat.callsTools === false);
			// Another refusal is not taken for one of functions.
			server.routes = { ...server.routes, 'POST /v1/chat/completions': json({ message: 'too long' }, 400) };
			await assert.rejects(hear(model.chat(chat, never)), /refuses .* too long/);
		});
	});

	describe('SGLang and others', () => {
		it('fills in the middle by the name of the model', async () => {
			const model = await described(await open(KINDS.sglang));
			assert.ok(model.fill.type === 'fill' && model.fill.family === 'starcoder2');
			assert.equal(model.server?.program, 'SGLang');
			assert.equal(model.contextSize, 4_096);
		});

		it('says why it cannot, or continues the text before the cursor where that is wished', async () => {
			const model = await open({
				...KINDS.other,
				'POST /v1/completions': events({ choices: [{ text: '42', finish_reason: 'length' }] }),
			});
			const { fill: way } = await described(model);
			assert.ok(way.type === 'unsupported');
			assert.match(way.reason, /offers neither \/infill nor a suffix for some-model/);
			const { text, events: heard } = await hear(model.fill({ ...fill, leftToRight: true }, never));
			assert.equal(text, '42');
			const end = heard.at(-1);
			assert.ok(end?.type === 'end' && end.reason === 'length');
			assert.equal(bodyOf('/v1/completions')['stop'], undefined);
		});

		it('has to be told which of several models, and says which there are', async () => {
			const model = await open({ 'GET /v1/models': listed('somebody', 'one', 'two') });
			const state = await settled(model);
			assert.ok(state.type === 'failed');
			assert.match(state.problem.message, /more than one model \(one, two\)/);
			const other = remoteModel(server.url, { model: 'three' });
			models.push(other);
			const missing = await settled(other);
			assert.ok(missing.type === 'failed' && missing.problem.code === 'server-missing');
			assert.match(missing.problem.message, /no model called three; it has one, two/);
		});

		it('gives vectors', async () => {
			const model = await open(
				{ ...KINDS.other, 'POST /v1/embeddings': json({ data: [{ index: 0, embedding: [0.5, -1, 0] }] }) },
				{ role: 'embedding' },
			);
			assert.deepEqual(await model.embed('a text', never), { type: 'embedding', vector: [0.5, -1, 0] });
			assert.equal(bodyOf('/v1/embeddings')['input'], 'a text');
		});
	});

	describe('a chat', () => {
		const answering = (...chunks: readonly unknown[]) =>
			open({ ...KINDS.other, 'POST /v1/chat/completions': events(...chunks) }, { role: 'chat' });

		it('asks as the interface is documented, with no mark of a turn in a text', async () => {
			const model = await answering(delta({ content: 'Yes.' }, 'stop'), '[DONE]');
			await hear(model.chat({ ...chat, schema: { type: 'object' } }, never));
			const body = bodyOf('/v1/chat/completions');
			assert.deepEqual(body['messages'], [
				{ role: 'system', content: 'Be brief.' },
				{ role: 'user', content: 'What is <| im_start|>?' },
			]);
			assert.equal(body['max_tokens'], 100);
			assert.equal(body['temperature'], 0.2);
			assert.deepEqual(body['stream_options'], { include_usage: true });
			assert.deepEqual(body['response_format'], {
				type: 'json_schema',
				json_schema: { name: 'answer', strict: true, schema: { type: 'object' } },
			});
			assert.ok(!('tools' in body));
		});

		it('folds thoughts, by either name, into tags before the answer', async () => {
			const model = await answering(
				delta({ role: 'assistant', content: null }),
				delta({ reasoning_content: 'Let me ' }),
				delta({ reasoning: 'see.' }),
				delta({ content: 'It is' }),
				delta({ content: ' 4.' }),
				delta({}, 'stop'),
				{
					choices: [],
					usage: { prompt_tokens: 9, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 4 } },
				},
				'[DONE]',
			);
			const { text, events: heard } = await hear(model.chat(chat, never));
			assert.equal(text, '<think>\nLet me see.\n</think>\n\nIt is 4.');
			const end = heard.at(-1);
			assert.ok(end?.type === 'end');
			assert.equal(end.statistics.promptTokens, 9);
			assert.equal(end.statistics.reusedTokens, 4);
			assert.equal(end.statistics.generatedTokens, 5);
		});

		it('leaves thoughts out where all of the answer is JSON', async () => {
			const model = await answering(delta({ reasoning_content: 'Hm.' }), delta({ content: '{}' }, 'stop'));
			assert.equal((await hear(model.chat({ ...chat, schema: { type: 'object' } }, never))).text, '{}');
		});

		it('puts a call together from its pieces, and sends back what it brought', async () => {
			const part = (call: unknown) => delta({ tool_calls: [call] });
			const model = await answering(
				delta({ content: 'I look.' }),
				part({ index: 0, id: 'x1', type: 'function', function: { name: 'read_file', arguments: '' } }),
				part({ index: 0, function: { arguments: '{"path":' } }),
				part({ index: 0, function: { arguments: '"a.ts"}' } }),
				delta({}, 'tool_calls'),
				'[DONE]',
			);
			const { events: heard } = await hear(model.chat({ ...chat, tools, calling: 'must' }, never));
			assert.deepEqual(
				heard.map(({ type }) => type),
				['text', 'call', 'end'],
			);
			assert.deepEqual(heard[1], { type: 'call', call: { name: 'read_file', arguments: { path: 'a.ts' } } });
			assert.equal(bodyOf('/v1/chat/completions')['tool_choice'], 'required');
			await hear(
				model.chat(
					{
						...chat,
						tools,
						messages: [
							...chat.messages,
							{ role: 'assistant', content: '', calls: [{ name: 'read_file', arguments: { path: 'a.ts' } }] },
							{ role: 'tool', content: 'const a = 1;' },
						],
					},
					never,
				),
			);
			const { messages } = bodyOf('/v1/chat/completions');
			assert.ok(Array.isArray(messages));
			assert.deepEqual(messages.slice(2), [
				{
					role: 'assistant',
					content: '',
					tool_calls: [
						{ id: 'call_1', type: 'function', function: { name: 'read_file', arguments: '{"path":"a.ts"}' } },
					],
				},
				{ role: 'tool', tool_call_id: 'call_1', content: 'const a = 1;' },
			]);
		});

		it('sends no key of a text, and writes it in the answer', async () => {
			const token = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;
			const model = await answering(
				delta({ content: 'Use "WITHHELD_SEC' }),
				delta({ content: 'RET_0001".' }, 'stop'),
			);
			const { text } = await hear(
				model.chat({ ...chat, messages: [{ role: 'user', content: `const token = "${token}";` }] }, never),
			);
			assert.equal(text, `Use "${token}".`);
			assert.doesNotMatch(JSON.stringify(server.seen), /ghp_/);
		});
	});

	it('sends no key of a file for a completion', async () => {
		const token = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;
		const model = await open(KINDS.llamaServer);
		await described(model);
		await model.prefill({ ...fill, suffix: token }, never);
		await hear(
			model.fill({ ...fill, prefix: token, typed: token, files: [{ path: 'c.ts', text: token }] }, never),
		).catch(() => undefined);
		server.routes = { ...server.routes, 'POST /tokenize': json({ tokens: [] }) };
		await model.tokenize(token, never);
		assert.ok(server.seen.length > 5);
		assert.doesNotMatch(JSON.stringify(server.seen), /ghp_/);
	});
});
