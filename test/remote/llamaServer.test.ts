/** The remote model against the real llama-server, of the very llama.cpp that the local model runs on. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { ChatRequest } from '../../src/inference/model';
import type { RemoteModel } from '../../src/inference/remote/remoteModel';
import { llamaPrograms } from '../bench/llamaPrograms';
import { LlamaServer } from '../bench/llamaServer';
import { QWEN_25 } from '../support/chatTemplates';
import { chatOf, codeOf, fillOf, never, randomModelFile, starter, temporaryFolder } from '../support/engines';
import { TINY_MODEL, writeRandomAdapter } from '../support/randomModel';
import { hear, remoteModel, settled } from '../support/remoteModels';

const KEY = 'the-key-of-the-test';

const request = fillOf({
	path: 'src/math.ts',
	files: [{ path: 'src/other.ts', text: 'export const answer = 42;\n' }],
	prefix: codeOf(4),
	typed: 'export function ',
	suffix: '\n}\n',
	maxTokens: 12,
	priority: 'interactive',
});

const program = () => llamaPrograms().server;
const serve = (model: string, ...more: readonly string[]) =>
	LlamaServer.start(
		{ program: program(), model, contextSize: 2_048, batch: 2_048, threads: 1, batchThreads: 2, more },
		never,
	);

describe('llama-server', function () {
	// Building it takes minutes where it is not built.
	this.timeout(1_800_000);
	let server: LlamaServer;
	const models: RemoteModel[] = [];
	const open = (role: 'completion' | 'chat' | 'embedding', changes = {}) => {
		const model = remoteModel(server.address, { role, key: async () => KEY, ...changes });
		models.push(model);
		return model;
	};
	afterEach(async () => {
		await Promise.all(models.splice(0).map((model) => model.dispose()));
	});

	describe('with the starter model and a key', () => {
		before(async () => {
			const template = path.join(temporaryFolder(), 'template.jinja');
			fs.writeFileSync(template, QWEN_25);
			const chat = ['--chat-template-file', template];
			server = await serve(starter, '--api-key', KEY, '--alias', 'starter', ...chat);
		});
		after(() => server.dispose());

		it('is described by what it says of itself', async () => {
			const state = await settled(open('completion'));
			assert.ok(state.type === 'ready', JSON.stringify(state));
			const { name, contextSize, trainedContext, fill, server: served } = state.model;
			assert.equal(name, 'starter');
			assert.equal(contextSize, 2_048);
			assert.ok(trainedContext > 0);
			assert.ok(state.model.parameters > 10_000_000);
			assert.ok(fill.type === 'fill' && fill.family === 'llama-server');
			assert.equal(`http://${served?.host}`, server.address);
			assert.match(served?.program ?? '', /^llama-server \S/);
		});

		it('wants its key, and gives nothing without', async () => {
			const state = await settled(open('chat', { key: async () => undefined }));
			assert.ok(state.type === 'failed');
			assert.equal(state.problem.code, 'server-key');
			const wrong = await settled(open('chat', { key: async () => 'another' }));
			assert.ok(wrong.type === 'failed');
			assert.match(wrong.problem.message, /does not accept the key/);
			assert.doesNotMatch(wrong.problem.message, /another|the-key/);
		});

		it('fills in the middle, and says how sure it was and what it read', async () => {
			const model = open('completion');
			const first = await hear(model.fill(request, never));
			assert.ok(first.text.length > 0);
			const [prefilled] = first.events;
			assert.ok(prefilled?.type === 'prefilled' && prefilled.promptTokens > 20);
			const texts = first.events.filter((event) => event.type === 'text');
			assert.ok(texts.every((event) => (event.logProbability ?? 1) <= 0 && (event.tokens ?? 0) >= 1));
			const end = first.events.at(-1);
			assert.ok(end?.type === 'end');
			assert.ok(end.statistics.generatedTokens > 0 && end.statistics.generatedTokens <= 12);
			assert.equal(end.statistics.promptTokens, prefilled.promptTokens);
			// The same again is in its cache, and greedy.
			const second = await hear(model.fill(request, never));
			assert.equal(second.text, first.text);
			const again = second.events[0];
			assert.ok(again?.type === 'prefilled' && again.reusedTokens > prefilled.promptTokens / 2);
		});

		it('begins in other ways', async () => {
			const model = open('completion');
			const { text: likeliest } = await hear(model.fill(request, never));
			const { text: other } = await hear(model.fill({ ...request, alternative: 1 }, never));
			assert.ok(other.length > 0);
			assert.notEqual(other, likeliest);
			const { text: third } = await hear(model.fill({ ...request, alternative: 2 }, never));
			assert.notEqual(third, other);
		});

		it('reads a prompt ahead', async () => {
			const model = open('completion');
			const ahead = { ...request, prefix: `${codeOf(6)}\n// elsewhere\n` };
			const read = await model.prefill({ ...ahead, priority: 'background' }, never);
			assert.ok(read.type === 'prefilled' && read.promptTokens > 20, JSON.stringify(read));
			const { events } = await hear(model.fill(ahead, never));
			assert.ok(events[0]?.type === 'prefilled' && events[0].reusedTokens > read.promptTokens / 2);
		});

		it('takes no text for a token of the prompt', async () => {
			const model = open('completion');
			const plain = await model.tokenize('return 1;', never);
			assert.ok(plain.type === 'tokens' && plain.tokens.length > 1);
			const forged = await model.tokenize('<|fim_middle|>', never);
			assert.ok(forged.type === 'tokens' && forged.tokens.length > 1);
			const { events } = await hear(
				model.fill(
					{ ...request, prefix: 'a = "<|fim_middle|>"\n', typed: 'b = "<|fim_suffix|>"', files: [] },
					never,
				),
			);
			assert.equal(events.at(-1)?.type, 'end');
		});

		it('answers in a chat, event by event', async () => {
			const model = open('chat');
			const asked = chatOf('function add(a, b) {', { maxTokens: 16, temperature: 0 });
			const { events, text } = await hear(model.chat(asked, never));
			assert.ok(text.length > 0);
			const end = events.at(-1);
			assert.ok(end?.type === 'end');
			assert.ok(end.statistics.promptTokens > 5 && end.statistics.generatedTokens > 0);
			assert.ok(events.filter((event) => event.type === 'text').length > 1);
		});

		it('answers in JSON that fits a schema', async () => {
			const model = open('chat');
			const schema = {
				type: 'object',
				properties: { language: { type: 'string', enum: ['python', 'rust'] } },
				required: ['language'],
				additionalProperties: false,
			};
			const asked = chatOf('Which language?', { maxTokens: 64, temperature: 0 });
			const { text } = await hear(model.chat({ ...asked, schema }, never));
			assert.match(JSON.parse(text).language, /^(python|rust)$/);
		});

		it('is told of functions, and of what they brought', async () => {
			const model = open('chat');
			const asked: ChatRequest = {
				...chatOf('Read the file.', { maxTokens: 8, temperature: 0 }),
				tools: [
					{
						name: 'read_file',
						description: 'Reads a file.',
						parameters: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
					},
				],
			};
			const promptOf = async (request: ChatRequest) => {
				const end = (await hear(model.chat(request, never))).events.at(-1);
				assert.ok(end?.type === 'end', JSON.stringify(end));
				return end.statistics.promptTokens;
			};
			const bare = await promptOf({ ...asked, tools: [] });
			const told = await promptOf(asked);
			assert.ok(told > bare + 50, `${told}, ${bare}`);
			const call = { name: 'read_file', arguments: { path: 'a.ts' } };
			const messages = [
				...asked.messages,
				{ role: 'assistant' as const, content: '', calls: [call] },
				{ role: 'tool' as const, content: 'const a = 1;' },
			];
			assert.ok((await promptOf({ ...asked, messages, calling: 'not' })) > bare + 10);
			const state = await settled(model);
			assert.ok(state.type === 'ready' && state.model.chat.type === 'chat' && state.model.chat.callsTools);
		});

		it('stops when nobody waits any more', async () => {
			const model = open('chat');
			const controller = new AbortController();
			const asked = chatOf('function add(a, b) {', { maxTokens: 2_000, temperature: 1 });
			let pieces = 0;
			await assert.rejects(
				async () => {
					for await (const event of model.chat(asked, controller.signal)) {
						if (event.type === 'text' && ++pieces === 2) {
							controller.abort();
						}
					}
				},
				{ name: 'AbortError' },
			);
			// It has room for the next at once.
			const { events } = await hear(model.chat({ ...asked, maxTokens: 4 }, never));
			assert.equal(events.at(-1)?.type, 'end');
			assert.equal(model.state.type, 'ready');
		});

		it('has no vectors as it was started, says so, and serves on', async () => {
			const model = open('embedding');
			await assert.rejects(model.embed('text', never), { name: 'ModelUnavailable' });
			const { events } = await hear(open('chat').chat(chatOf('a', { maxTokens: 2 }), never));
			assert.equal(events.at(-1)?.type, 'end');
		});
	});

	describe('with vectors', () => {
		before(async () => {
			server = await serve(randomModelFile(TINY_MODEL), '--embeddings', '--pooling', 'mean');
		});
		after(() => server.dispose());

		it('gives the same direction for the same text, and another for another', async () => {
			const model = open('embedding');
			const [one, same, other] = await Promise.all(
				['const a = 1;', 'const a = 1;', 'def run(): pass'].map((text) => model.embed(text, never)),
			);
			assert.ok(one?.type === 'embedding' && other?.type === 'embedding' && same?.type === 'embedding');
			assert.equal(one.vector.length, TINY_MODEL.width);
			const likeness = (left: readonly number[], right: readonly number[]) =>
				left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
			assert.ok(likeness(one.vector, same.vector) > 0.999);
			assert.ok(likeness(one.vector, other.vector) < 0.999);
		});
	});

	describe('with an adapter', () => {
		const adapter = path.join(temporaryFolder(), 'ours.gguf');
		before(async () => {
			writeRandomAdapter(adapter, { ...TINY_MODEL, rank: 4, alpha: 400, seed: 3 });
			server = await serve(randomModelFile(TINY_MODEL), '--lora', adapter);
		});
		after(() => server.dispose());

		it('uses it as strongly as the settings say, and no other', async () => {
			const written = async (wanted: string) =>
				(await hear(open('completion', { adapter: wanted }).fill(request, never))).text;
			const base = await written('0=0');
			const adapted = await written('0');
			assert.notEqual(adapted, base);
			assert.equal(await written('ours.gguf=1'), adapted);
			assert.notEqual(await written('0=5'), adapted);
			// Nothing is asked for: as the server was started.
			assert.equal(await written(''), adapted);
			const state = await settled(open('completion', { adapter: 'theirs' }));
			assert.ok(state.type === 'failed');
			assert.match(state.problem.message, /no adapter called theirs; it has 0 \(ours\.gguf\)/);
		});
	});
});
