/** Calls of functions on the native path: whatever a model writes, a grammar makes it a call that fits a schema. */
import * as assert from 'node:assert/strict';
import { getLlama, type Llama, LlamaGrammarEvaluationState, LlamaLogLevel, TokenBias } from 'node-llama-cpp';
import { SPECIALS } from '../../models/recipe/tokenizer';
import { OFFERS } from '../../src/chat/tools/toolbox';
import { BatchThreads } from '../../src/inference/engine/batchThreads';
import { Gate } from '../../src/inference/engine/gate';
import { callGrammar, jsonGrammar } from '../../src/inference/engine/gbnf';
import { generate } from '../../src/inference/engine/generation';
import type { Constraint } from '../../src/inference/engine/lane';
import type { LlamaEngine } from '../../src/inference/engine/llama';
import { SequenceLane } from '../../src/inference/engine/sequenceLane';
import type { Detokenize } from '../../src/inference/engine/textStream';
import { asTokens } from '../../src/inference/engine/tokenIds';
import type { ChatMessage, GenerationEvent, JsonSchema, ToolOffer } from '../../src/inference/model';
import { isRecord } from '../../src/inference/record';
import { CHATML, QWEN_25 } from '../support/chatTemplates';
import { answer, chatOf, loadEngine, never, randomModelFile } from '../support/engines';
import { TINY_MODEL } from '../support/randomModel';

const TAGS = ['<tool_call>', '</tool_call>'];
const CALLING = { ...TINY_MODEL, specials: [...SPECIALS, ...TAGS], chatTemplate: QWEN_25 };

/** Short enough that nonsense comes to its end. */
const TOOLS: readonly ToolOffer[] = [
	{
		name: 'read_file',
		description: 'Reads lines.',
		parameters: {
			type: 'object',
			properties: {
				path: { type: 'string', minLength: 1, maxLength: 12 },
				first: { type: 'integer', minimum: 1 },
				how: { enum: ['plain', 'numbered "1"'] },
			},
			required: ['path', 'how'],
		},
	},
	{ name: 'git_log', description: 'Commits.', parameters: { type: 'object', properties: {} } },
];

/** Whether a call is one of `TOOLS`, exactly. */
function assertFits(call: unknown): void {
	assert.ok(typeof call === 'object' && call !== null && 'name' in call && 'arguments' in call);
	const { name, arguments: given } = call;
	assert.ok(typeof given === 'object' && given !== null);
	if (name === 'git_log') {
		assert.deepEqual(given, {});
		return;
	}
	assert.equal(name, 'read_file');
	const { path, how, first = 1, ...others }: Record<string, unknown> = { ...given };
	assert.ok(typeof path === 'string' && [...path].length <= 12, String(path));
	assert.ok(how === 'plain' || how === 'numbered "1"');
	assert.ok(typeof first === 'number' && Number.isInteger(first) && first >= 1);
	assert.deepEqual(others, {});
}

async function eventsOf(events: AsyncIterable<GenerationEvent>): Promise<readonly GenerationEvent[]> {
	const all: GenerationEvent[] = [];
	for await (const event of events) {
		all.push(event);
	}
	return all;
}

describe('grammars', function () {
	this.timeout(60_000);
	let llama: Llama;
	before(async () => {
		llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, logLevel: LlamaLogLevel.error });
	});
	after(() => llama.dispose());

	/** Whether llama.cpp takes the text for one of the grammar. */
	async function takes(grammar: string, text: string): Promise<boolean> {
		const parsed = await llama.createGrammar({ grammar });
		const test: unknown = Reflect.get(parsed, '_testText');
		assert.ok(typeof test === 'function');
		return Reflect.apply(test, parsed, [text]) === true;
	}

	const PERSON: JsonSchema = {
		type: 'object',
		properties: {
			name: { type: 'string' },
			age: { type: ['integer', 'null'] },
			tags: { type: 'array', items: { $ref: '#/$defs/tag' }, minItems: 1, maxItems: 2 },
			more: { type: 'object' },
			child: { $ref: '#' },
			size: { anyOf: [{ const: 'large' }, { type: 'number' }] },
		},
		required: ['age'],
		$defs: { tag: { type: 'string', minLength: 2, maxLength: 3 } },
	};
	for (const [text, isValid] of [
		['{"age":1}', true],
		['{"name": "Ö\\u00e4\\n\\"", "age": -20}', true],
		['{"age": null, "tags": ["ab", "abc"], "more": {"a": [1, {"b": null}, true, "x"]}}', true],
		['{"age": 1, "child": {"age": 2, "child": {"age": 3}}, "size": -1.5e3}', true],
		['{"age": 1, "size": "large"}', true],
		['{}', false],
		['{"name": "a"}', false],
		['{"name": "a"', false],
		['{"age": "1"}', false],
		['{"age": 1.5}', false],
		['{"age": 01}', false],
		['{"age": 1, "tags": []}', false],
		['{"age": 1, "tags": ["abcd"]}', false],
		['{"age": 1, "tags": ["ab", "ab", "ab"]}', false],
		['{"age": 1, "other": 1}', false],
		['{"age": 1, "child": {}}', false],
		['{"age": 1, "size": "small"}', false],
		['{"name": "line\nbreak", "age": 1}', false],
		['{"age": 1}x', false],
	] as const) {
		it(`${isValid ? 'take' : 'refuse'} ${JSON.stringify(text)}`, async () => {
			assert.equal(await takes(jsonGrammar(PERSON), text), isValid);
		});
	}

	for (const [text, isValid] of [
		['\n{"name": "git_log", "arguments": {}}', true],
		['{"name":"read_file","arguments":{"path":"a.ts","how":"numbered \\"1\\""}}', true],
		['{"name": "read_file", "arguments": {"path": "a.ts", "first": 3, "how": "plain"}}', true],
		['{"name": "write_file", "arguments": {}}', false],
		['{"name": "git_log", "arguments": {"path": "a.ts"}}', false],
		['{"name": "read_file", "arguments": {"path": "a.ts", "first": 0, "how": "plain"}}', false],
		['git_log', false],
	] as const) {
		it(`${isValid ? 'take' : 'refuse'} the call ${JSON.stringify(text)}`, async () => {
			assert.equal(await takes(callGrammar(TOOLS), text), isValid);
		});
	}

	for (const [name, parameters, valid, invalid] of [
		['nothing', {}, ['{}', '{"a": [1, {"b": "c"}]}'], ['[]', '1', '{"a"}']],
		['an object', { type: 'object' }, ['{}', '{"path": "a.ts"}'], ['"a"']],
		['no others', { type: 'object', additionalProperties: false }, ['{}'], ['{"a": 1}']],
		['an empty list', { type: 'object', properties: {} }, ['{}'], ['{"a": 1}']],
		['all others', { type: 'object', properties: {}, additionalProperties: true }, ['{}', '{"a": 1}'], []],
		['what is required only', { type: 'object', required: ['a'] }, ['{"a": 1}'], []],
		[
			'a name',
			{ $ref: '#/$defs/a', $defs: { a: { type: 'object', properties: { x: { type: 'null' } } } } },
			['{}', '{"x": null}'],
			['{"x": 1}', '1'],
		],
		[
			'alternatives',
			{ anyOf: [{ properties: { x: { const: 1 } }, required: ['x'] }, { type: 'string' }] },
			['{"x": 1}'],
			['"text"'],
		],
		['a circle', { $ref: '#' }, ['{}', '{"a": 1}'], ['1']],
	] as const satisfies readonly (readonly [string, JsonSchema, readonly string[], readonly string[]])[]) {
		it(`hold the arguments of a function to what its schema says: ${name}`, async () => {
			const grammar = callGrammar([{ name: 'f', description: '', parameters }]);
			for (const text of [...valid, ...invalid]) {
				const isTaken = await takes(grammar, `{"name": "f", "arguments": ${text}}`);
				assert.equal(
					isTaken,
					valid.some((one) => one === text),
					text,
				);
			}
		});
	}

	for (const [name, $defs, valid] of [
		['of itself', { a: { $ref: '#/$defs/a' } }, '1'],
		['of two', { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } }, '1'],
		['beside a text', { a: { anyOf: [{ $ref: '#/$defs/a' }, { type: 'string' }] } }, '"text"'],
		[
			'of two beside others',
			{
				a: { oneOf: [{ type: 'array', items: { $ref: '#/$defs/b' } }, { $ref: '#/$defs/b' }] },
				b: { anyOf: [{ $ref: '#/$defs/a' }, { type: 'integer' }] },
			},
			'[[1], 2]',
		],
		[
			'through an object, which is none',
			{ a: { type: 'object', properties: { a: { $ref: '#/$defs/a' } }, additionalProperties: false } },
			'{"a": {"a": {}}}',
		],
	] as const) {
		it(`end a circle ${name}`, async () => {
			const schema: JsonSchema = { $ref: '#/$defs/a', $defs };
			assert.ok(await takes(jsonGrammar(schema), valid));
			assert.equal(await takes(jsonGrammar(schema), '{'), false);
		});
	}

	it('are made of whatever others take for a schema', async () => {
		for (const schema of [
			{},
			{ type: 'nonsense' },
			{ type: 'object', properties: { 'a"b\\c': { pattern: '(' }, é: true } },
			{ enum: [] },
			{ enum: ['a', 1, null, { b: [] }] },
			{ $ref: 'https://example.com/schema' },
			{ $defs: { a: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' },
			{ type: 'array', items: { type: 'string', maxLength: 100_000 }, maxItems: 0 },
			{ allOf: [{ type: 'string' }] },
			Array.from({ length: 40 }).reduce<JsonSchema>((inner) => ({ type: 'array', items: inner }), {}),
		]) {
			await llama.createGrammar({ grammar: jsonGrammar(schema) });
			await llama.createGrammar({
				grammar: callGrammar([{ name: 'a', description: '', parameters: schema }]),
			});
		}
	});
});

describe('a call in the middle of a text', function () {
	this.timeout(60_000);

	it('is constrained from its mark on, and the text before it is free', async () => {
		const llama = await getLlama({
			gpu: false,
			build: 'never',
			skipDownload: true,
			logLevel: LlamaLogLevel.error,
		});
		try {
			const model = await llama.loadModel({ modelPath: randomModelFile(CALLING), gpuLayers: 0 });
			const context = await model.createContext({ contextSize: 1024, threads: 1 });
			const lane = new SequenceLane(context.getSequence(), new BatchThreads());
			const run = (detokenize: Detokenize, constraint: Constraint | undefined) =>
				eventsOf(
					generate(
						lane,
						new Gate(),
						{
							prompt: model.tokenize('What is this?'),
							maxTokens: constraint === undefined ? 12 : 400,
							temperature: 0,
							priority: 'background',
							alternative: 0,
							guesses: false,
							chunk: 64,
							stopTokens: new Set(),
							stopTexts: [],
							...(constraint && { constraint }),
						},
						detokenize,
						never,
					),
				);
			const textOf = (events: readonly GenerationEvent[]) =>
				events.map((event) => (event.type === 'text' ? event.text : '')).join('');
			const numbers = textOf(await run((tokens) => tokens.map((token) => `<${token}>`).join(''), undefined));
			const free = [...numbers.matchAll(/<(\d+)>/g)].map((match) => Number(match[1]));
			// Nonsense repeats itself: a token that was not there before stands for the mark.
			const at = free.findIndex((token, index) => index >= 2 && free.indexOf(token) === index);
			const after = free[at];
			assert.ok(after !== undefined);
			const grammar = await llama.createGrammar({ grammar: callGrammar(TOOLS) });
			const state = new LlamaGrammarEvaluationState({ model, grammar });
			const bias = TokenBias.for(model);
			const detokenize = (tokens: readonly number[]) => model.detokenize(asTokens(tokens));
			const events = await run(detokenize, { after, isCall: true, state, bias, noBias: bias });
			assert.equal(textOf(events), detokenize(free.slice(0, at)).replaceAll('\uFFFD', ''));
			const call = events.at(-2);
			assertFits(call?.type === 'call' ? call.call : undefined);
		} finally {
			await llama.dispose();
		}
	});
});

describe('calls of a model that writes nonsense', function () {
	this.timeout(60_000);
	let engine: LlamaEngine;
	afterEach(() => engine.dispose());

	it('fit the schema of a function that was offered, greedy and at any temperature', async () => {
		const loaded = await loadEngine(randomModelFile(CALLING));
		({ engine } = loaded);
		assert.deepEqual(loaded.model.chat, { type: 'chat', wrapper: 'chatML', callsTools: true });
		for (const temperature of [0, 1, 1, 2, 2, 2]) {
			const request = chatOf('Look.', { tools: TOOLS, calling: 'must', maxTokens: 400, temperature });
			const events = await eventsOf(engine.chat(request, never));
			assert.deepEqual(
				events.map(({ type }) => type),
				['prefilled', 'call', 'end'],
			);
			assertFits(events[1]?.type === 'call' ? events[1].call : undefined);
		}
	});

	it('fit the schemas of the tools that the chat offers', async () => {
		({ engine } = await loadEngine(randomModelFile(CALLING)));
		const names = new Set<string>();
		for (let run = 0; run < 12; run++) {
			const request = chatOf('Look.', { tools: OFFERS, calling: 'must', maxTokens: 400, temperature: 2 });
			for (const event of await eventsOf(engine.chat(request, never))) {
				if (event.type === 'call') {
					const { name, arguments: given } = event.call;
					const offer = OFFERS.find((one) => one.name === name);
					names.add(name);
					const { properties, required = [] }: JsonSchema = offer?.parameters ?? {};
					assert.ok(isRecord(properties) && Array.isArray(required));
					assert.ok(Object.keys(given).every((key) => key in properties));
					assert.ok(required.every((key) => Object.hasOwn(given, key)));
				}
			}
		}
		assert.ok(names.size > 1, [...names].join());
	});

	it('give JSON by a schema where that is asked for, also of a model that cannot call', async () => {
		({ engine } = await loadEngine(randomModelFile({ ...TINY_MODEL, chatTemplate: CHATML })));
		const schema = {
			type: 'object',
			properties: { ok: { type: 'boolean' }, kind: { enum: ['a', 'b'] } },
			required: ['ok', 'kind'],
		};
		const { text, end } = await answer(
			engine.chat(chatOf('JSON', { schema, maxTokens: 200, temperature: 1.5 }), never),
		);
		const said: unknown = JSON.parse(text);
		assert.equal(end.reason, 'end-of-text');
		assert.match(JSON.stringify(said), /^\{"ok":(?:true|false),"kind":"[ab]"\}$/);
	});

	it('are no calls where the answer has no room for them', async () => {
		({ engine } = await loadEngine(randomModelFile(CALLING)));
		const request = chatOf('Look.', { tools: TOOLS, calling: 'must', maxTokens: 3 });
		const events = await eventsOf(engine.chat(request, never));
		assert.deepEqual(
			events.map((event) => (event.type === 'end' ? event.reason : event.type)),
			['prefilled', 'length'],
		);
	});

	it('are refused where the model was not trained for them', async () => {
		({ engine } = await loadEngine(randomModelFile({ ...TINY_MODEL, chatTemplate: CHATML })));
		const [event] = await eventsOf(engine.chat(chatOf('Look.', { tools: TOOLS }), never));
		assert.deepEqual(event, { type: 'unsupported', reason: 'This model cannot call functions.' });
	});

	it('do not let what a file says become a mark', async () => {
		({ engine } = await loadEngine(randomModelFile(CALLING)));
		const talk = (content: string): ChatMessage[] => [
			{ role: 'user', content: 'Look.' },
			{ role: 'assistant', content: '', calls: [{ name: 'git_log', arguments: {} }] },
			{ role: 'tool', content },
		];
		const tokensOf = async (content: string) => {
			const request = chatOf('', { messages: talk(content), tools: TOOLS, calling: 'not', maxTokens: 1 });
			return (await answer(engine.chat(request, never))).prompt.promptTokens;
		};
		const nothing = await tokensOf('');
		for (const mark of ['<tool_call>', '</tool_call>', '<|im_end|>', '<|im_start|>']) {
			// A token of control would be one.
			assert.ok((await tokensOf(mark)) - nothing >= 3, mark);
		}
	});

	it('can be left in the middle, and the model goes on', async () => {
		({ engine } = await loadEngine(randomModelFile(CALLING)));
		const request = chatOf('Look.', { tools: TOOLS, calling: 'must', maxTokens: 400, temperature: 1 });
		const leaving = new AbortController();
		await assert.rejects(
			async () => {
				for await (const event of engine.chat(request, leaving.signal)) {
					assert.equal(event.type, 'prefilled');
					leaving.abort();
				}
			},
			{ name: 'AbortError' },
		);
		const events = await eventsOf(engine.chat(request, never));
		assert.equal(events.at(-2)?.type, 'call');
	});
});
