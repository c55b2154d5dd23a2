/** Tests of the local model as another extension asks it. */

import assert from 'node:assert/strict';
import {
	type Relayed,
	type RelayOptions,
	relay,
	tokensIn,
	withRemedies,
} from '../../../../src/chat/builtIn/relay';
import { isAbort } from '../../../../src/inference/cancel';
import { renderHermes } from '../../../../src/inference/engine/hermesFormat';
import {
	type ChatMessage,
	ModelUnavailable,
	type ToolCall,
	type ToolOffer,
} from '../../../../src/inference/model';
import { FakeModel, fakeDescription } from '../../../support/fakeModel';
import { l10n } from '../../../support/fakeVscode';

const QUESTION: readonly ChatMessage[] = [{ role: 'user', content: 'What is this?' }];

const READ: ToolOffer = { name: 'read', description: 'Reads.', parameters: { type: 'object' } };
const fail = () => assert.fail('nobody expects that');

describe('chat/builtIn/relay', () => {
	let model: FakeModel;
	/** Texts that the model's tokenizer was given. */
	let tokenized: string[];
	let options: RelayOptions;
	beforeEach(() => {
		model = new FakeModel();
		tokenized = [];
		options = {
			model: {
				get state() {
					return model.state;
				},
				chat: (request, signal) => model.chat(request, signal),
				// A token is a word.
				tokenize: async (text) => {
					tokenized.push(text);
					return { type: 'tokens', tokens: text.split(' ').map((_, index) => index) };
				},
			},
			settings: () => ({ maxTokens: 1_024, temperature: 0.2 }),
			countTokens: () => 77,
			translate: l10n.t,
		};
		model.state = { type: 'ready', model: { ...fakeDescription, contextSize: 200 } };
	});

	async function answer(messages = QUESTION, signal = new AbortController().signal) {
		const told: string[] = [];
		const refusal = await relay(
			options,
			{ messages },
			{ text: (text) => told.push(text), call: fail },
			signal,
		);
		return { told, refusal };
	}

	/** The same of a model that can call what it is offered. */
	async function called(asked: Relayed, contextSize = 400) {
		model.state = {
			type: 'ready',
			model: { ...fakeDescription, contextSize, chat: { type: 'chat', wrapper: 'chatML', callsTools: true } },
		};
		const told: unknown[] = [];
		const { signal } = new AbortController();
		const hear = { text: (text: string) => told.push(text), call: (call: ToolCall) => told.push(call) };
		return { refusal: await relay(options, asked, hear, signal), told };
	}

	it('offers tools, and passes on the call behind what the model said', async () => {
		const call = { name: 'read', arguments: { path: 'a.ts' } };
		model.onChat = () => ({ steps: ['<think>Hm.</think>I look.', { type: 'call', call }] });
		const asked: Relayed = { messages: QUESTION, tools: [READ], calling: 'must' };
		assert.deepEqual(await called(asked), { refusal: undefined, told: ['I look.', call] });
		assert.deepEqual(model.chats[0]?.request, {
			...{ messages: QUESTION, maxTokens: 200, temperature: 0.2, priority: 'background' },
			...{ tools: [READ], calling: 'must' },
		});
	});

	it('refuses tools, calls and what they brought where the model cannot call', async () => {
		const { signal } = new AbortController();
		const hear = { text: fail, call: fail };
		const of = (asked: Relayed) => relay(options, asked, hear, signal);
		assert.match((await of({ messages: QUESTION, tools: [READ] })) ?? '', /cannot call tools.*without them/);
		const calls = [{ name: 'read', arguments: {} }];
		const made: ChatMessage[] = [...QUESTION, { role: 'assistant', content: '', calls }, ...QUESTION];
		assert.match((await of({ messages: made })) ?? '', /without calls and their results/);
		assert.equal(model.chats.length, 0);
	});

	it('refuses more tools than can be offered, and counts what describes them', async () => {
		const many = Array.from({ length: 129 }, () => ({ ...READ, description: '' }));
		assert.match(
			(await called({ messages: QUESTION, tools: many }, 32_768)).refusal ?? '',
			/129 tools; at most 128/,
		);
		const long = { ...READ, description: 'a '.repeat(300) };
		assert.match((await called({ messages: QUESTION, tools: [long] })).refusal ?? '', /can read 200\./);
	});

	it('counts of tools, calls and what they brought at least what the model is given', async () => {
		const offers = (count: number): readonly ToolOffer[] =>
			Array.from({ length: count }, (_, index) => ({
				name: `read_${index}`,
				description: 'Reads "lines".',
				parameters: {
					type: 'object',
					properties: { path: { type: 'string' }, first: { type: 'integer', minimum: 1 } },
					required: ['path'],
				},
			}));
		const call = { name: 'read_0', arguments: { path: 'a.ts', first: 1 } };
		const step: readonly ChatMessage[] = [
			{ role: 'assistant', content: '', calls: [call, call] },
			{ role: 'tool', content: 'one' },
			{ role: 'tool', content: 'two' },
		];
		// A token is a word, a number or another character; markup is one token as a whole.
		const tokensOf = (text: string) =>
			text.match(/<\|?\/?\w+\|?>|\w+|[^\s\w]/g)?.map((_, index) => index) ?? [];
		for (const [count, steps] of [
			[1, 0],
			[20, 0],
			[5, 10],
			[128, 1],
		] as const) {
			const messages = [...QUESTION, ...Array.from({ length: steps }, () => step).flat()];
			const tools = offers(count);
			const prompt = renderHermes(messages, tools, false, true).map(({ text }) => text);
			const least = tokensOf(prompt.join('')).length;
			const settings = () => ({ maxTokens: 1_000_000, temperature: 0 });
			const counting = {
				get state() {
					return model.state;
				},
				chat: options.model.chat,
				tokenize,
			};
			options = { ...options, settings, model: counting };
			model.onChat = () => 'Yes.';
			// A half of the context is for the answer.
			const of = async (input: number) => (await called({ messages, tools }, input * 2)).refusal;
			assert.match(
				(await of(least - 1)) ?? '',
				/^The request has \d+ tokens/,
				`${count} tools, ${steps} steps`,
			);
			assert.equal(await of(Math.ceil(least * 1.3) + 100), undefined, 'and not much more');
		}
		async function tokenize(text: string) {
			return { type: 'tokens', tokens: tokensOf(text) } as const;
		}
	});

	it('asks with what was sent alone, after everything interactive', async () => {
		model.onChat = () => ({ steps: ['A ', 'loop.'] });
		assert.deepEqual(await answer(), { told: ['A ', 'loop.'], refusal: undefined });
		assert.deepEqual(
			model.chats.map(({ request }) => request),
			[{ messages: QUESTION, maxTokens: 100, temperature: 0.2, priority: 'background' }],
		);
	});

	it('says why the model cannot', async () => {
		model.onChat = () => ({ steps: [{ type: 'unsupported', reason: 'No chat format.' }] });
		assert.equal((await answer()).refusal, 'No chat format.');
	});

	it('refuses what the engine would cut', async () => {
		const words = (count: number) => [{ role: 'user', content: 'a '.repeat(count - 1).concat('a') } as const];
		model.onChat = () => 'Yes.';
		// 100 tokens, less those of the message itself.
		assert.equal((await answer(words(92))).refusal, undefined);
		assert.equal(
			(await answer(words(93))).refusal,
			'The request has 101 tokens, and this model can read 100.',
		);
		assert.equal(model.chats.length, 1);
	});

	it('does not count what is far too long', async () => {
		const { refusal } = await answer([{ role: 'user', content: 'a'.repeat(100_000) }]);
		assert.equal(refusal, 'The request has 100000 characters, and this model can read 100 tokens.');
		assert.ok(tokenized.every((text) => text.length < 10));
	});

	it('takes the context of the model that it waited for', async () => {
		const loaded = model.state;
		model.state = { type: 'loading', path: '/models/fake.gguf', progress: 0 };
		const { tokenize } = options.model;
		options = {
			...options,
			model: {
				...options.model,
				get state() {
					return model.state;
				},
				tokenize: (text, signal) => {
					model.state = loaded;
					return tokenize(text, signal);
				},
			},
		};
		assert.match(
			(await answer([{ role: 'user', content: 'a '.repeat(150) }])).refusal ?? '',
			/can read 100\./,
		);
	});

	it('stops with the signal', async () => {
		const stop = new AbortController();
		model.onChat = () => ({ steps: ['A ', new Promise(() => undefined)] });
		const told: string[] = [];
		const text = (piece: string) => {
			told.push(piece);
			stop.abort();
		};
		const running = relay(options, { messages: QUESTION }, { text, call: fail }, stop.signal);
		await assert.rejects(running, isAbort);
		assert.deepEqual(told, ['A ']);
		assert.equal(model.chats[0]?.wasAborted, true);
	});

	it('counts by the model where it is loaded, and loads nothing to count', async () => {
		const { signal } = new AbortController();
		assert.equal(await tokensIn(options, 'one two three', signal), 3);
		assert.equal(await tokensIn(options, 'a '.repeat(100_000), signal), 77);
		model.state = { type: 'starting' };
		tokenized = [];
		assert.equal(await tokensIn(options, 'one two three', signal), 77);
		assert.deepEqual(tokenized, []);
	});

	it('says what helps', () => {
		const of = (remedies: readonly ('restart' | 'show-log')[]) =>
			withRemedies(new ModelUnavailable({ code: 'host-crashed', message: 'It crashed.', remedies }), l10n.t);
		assert.match(of(['restart', 'show-log']), /^It crashed\. .*: Restart, Show Log\.$/);
		assert.equal(of([]), 'It crashed.');
	});
});
