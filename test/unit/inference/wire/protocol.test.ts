/** Guards of everything that crosses the socket. */
import assert from 'node:assert/strict';
import { adaptersInUse, inspectedAdapter } from '../../../../src/inference/wire/adapterShapes';
import {
	chatScores,
	encodeChatsRequest,
	encodedChats,
	scoreChatsRequest,
} from '../../../../src/inference/wire/chatShapes';
import {
	encoded,
	encodeRequest,
	MAX_ENCODED_TOKENS,
	MAX_SAMPLES,
} from '../../../../src/inference/wire/encodeShapes';
import {
	isAdaptersCall,
	isFillCall,
	isFocusNews,
	isGreeting,
	isLoadAnswer,
	isPathCall,
	isStreamAnswer,
	isStreamNews,
	MAX_FRAME_BYTES,
	PROTOCOL_VERSION,
} from '../../../../src/inference/wire/protocol';
import {
	chatRequest,
	fillRequest,
	loadOptions,
	MAX_REQUEST_CHARACTERS,
	modelDescription,
	prefilled,
	problem,
	scores,
} from '../../../../src/inference/wire/shapes';
import { chatOf, fake, fillOf } from '../../../support/fakeHost';
import { factsOf, fakeDescription } from '../../../support/fakeModel';

const greeting = { protocol: PROTOCOL_VERSION, token: 'a', clientVersion: '1', tickMilliseconds: 1_000 };
const aProblem = { code: 'a', message: 'b', remedies: ['restart'] };
const statistics = {
	promptTokens: 1,
	reusedTokens: 0,
	generatedTokens: 2,
	prefillMilliseconds: 0.5,
	decodeMilliseconds: 3,
};
const fill = {
	repository: 'r',
	path: 'a.ts',
	files: [],
	prefix: 'p',
	typed: 't',
	suffix: 's',
	maxPromptTokens: 9,
	middle: 'm',
	ends: true,
};
const plain = { text: 'a', maxTokens: 9 };
const run = {
	lossBefore: 2,
	lossAfter: 1,
	steps: 3,
	tokens: 4,
	seconds: 5,
	created: '2025-01-01',
	repositories: ['r'],
};
const facts = {
	...factsOf('a'),
	base: 'b',
	baseName: 'c',
	promptFormat: 1,
	dataset: 'd',
	run,
	settings: '{}',
	versions: 'v',
};
const end = { type: 'end', reason: 'length', statistics };

/** Every field missing, and every field of another type, must be noticed, except for `optional` ones. */
function checkFields(
	guard: (value: unknown) => boolean,
	value: object,
	optional: readonly string[] = [],
): void {
	const sent: unknown = JSON.parse(JSON.stringify(value));
	assert.ok(guard(sent), 'the value itself');
	for (const key of Object.keys(value)) {
		const without = Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
		assert.equal(guard(without), optional.includes(key), `without ${key}`);
		for (const wrong of [null, [null]]) {
			assert.ok(!guard({ ...value, [key]: wrong }), `${key}: ${JSON.stringify(wrong)}`);
		}
		if (typeof Reflect.get(value, key) === 'number') {
			assert.ok(!guard({ ...value, [key]: Number.POSITIVE_INFINITY }), `${key}: infinite`);
		}
	}
}

describe('protocol', () => {
	it('accepts what the other side sends and notices every missing or wrong field', () => {
		checkFields(isGreeting, greeting);
		checkFields(fillRequest, { ...fillOf('a'), files: [{ path: 'b', text: 'c' }] }, ['repository']);
		checkFields(chatRequest, chatOf('a'));
		checkFields(loadOptions, fake('a'));
		const chats = [{ messages: chatOf('a').messages }];
		checkFields(encodeChatsRequest, { chats, maxTokens: 1 });
		checkFields(scoreChatsRequest, { chats, maxTokens: 1, adapters: [{ path: '/a', scale: 1 }] }, [
			'adapters',
		]);
		checkFields(encodedChats, { type: 'encodedChats', chats: [{ tokens: [1, 2], answers: [[1, 2]] }] });
		checkFields((chat) => encodedChats({ type: 'encodedChats', chats: [chat] }), {
			tokens: [1],
			answers: [[0, 1]],
		});
		assert.ok(!encodedChats({ type: 'encodedChats', chats: [{ tokens: [1], answers: [[0, 1, 2]] }] }));
		checkFields(chatScores, { type: 'chatScores', chats: [[-1], []] });
		checkFields(loadOptions, { ...fake('a'), packsFolder: '/packs' }, ['packsFolder']);
		const roles = { ...fake('a'), role: 'chat', keepAliveMinutes: 30 };
		checkFields(loadOptions, roles, ['role', 'keepAliveMinutes']);
		checkFields(isFocusNews, { isFocused: true });
		checkFields(modelDescription, fakeDescription, ['fallbackReason']);
		const notFaster = { reason: 'CUDA needs driver 580.', remedy: 'pack' };
		checkFields(modelDescription, { ...fakeDescription, notFaster }, ['fallbackReason', 'notFaster']);
		checkFields(problem, aProblem);
		checkFields(isStreamAnswer, end);
		checkFields(isFillCall, { stream: 1, request: fillOf('a') });
		checkFields(fillRequest, { ...fillOf('a'), alternative: 2, continues: true, temperature: 0.5 }, [
			'repository',
			'alternative',
			'continues',
			'temperature',
		]);
		const prompt = { type: 'prefilled', promptTokens: 2, reusedTokens: 1 };
		checkFields(prefilled, { ...prompt, milliseconds: 0.5 });
		checkFields(isStreamNews, { stream: 1, event: { type: 'text', text: 'a' } });
		const news = (event: unknown) => isStreamNews({ stream: 1, event });
		checkFields(news, { ...prompt, prefillMilliseconds: 0.5 });
		const piece = { type: 'text', text: 'a', logProbability: -0.5, tokens: 2 };
		checkFields(news, piece, ['logProbability', 'tokens']);
		const toolCall = { name: 'read', arguments: { path: 'a.ts' } };
		checkFields(news, { type: 'call', call: toolCall });
		checkFields((call) => news({ type: 'call', call }), toolCall);
		const tool = { name: 'read', description: 'Reads.', parameters: { type: 'object' } };
		const chat = { ...chatOf('a'), tools: [tool], calling: 'must', schema: {} };
		checkFields(chatRequest, chat, ['tools', 'calling', 'schema']);
		checkFields((value) => chatRequest({ ...chat, tools: [value] }), tool);
		const called = { role: 'assistant', content: '', calls: [toolCall] };
		checkFields((value) => chatRequest({ ...chat, messages: [value] }), called, ['calls']);
		checkFields(isAdaptersCall, { base: 'm', adapters: [{ path: 'a', scale: 0.5 }] });
		checkFields(isPathCall, { path: 'a' });
		checkFields(adaptersInUse, { type: 'adapters', adapters: [] });
		checkFields((value) => encodeRequest({ fills: [value], plains: [] }), fill, ['repository']);
		checkFields((value) => encodeRequest({ fills: [], plains: [value] }), plain);
		const answer = { tokens: [1, 2], typedStart: 0, middleStart: 1 };
		checkFields((value) => encoded({ type: 'encoded', fills: [value], plains: [[1]] }), answer);
		const inspected = { type: 'facts', facts, problem: 'p', warning: 'w' };
		checkFields(inspectedAdapter, inspected, ['problem', 'warning']);
		const optionalFacts = Object.keys(facts).filter((key) => key !== 'name');
		checkFields((value) => inspectedAdapter({ ...inspected, facts: value }), facts, optionalFacts);
		checkFields((value) => inspectedAdapter({ ...inspected, facts: { ...facts, run: value } }), run);
	});

	const cases: readonly (readonly [string, (value: unknown) => boolean, unknown, boolean])[] = [
		['a negative stream', isStreamNews, { stream: -1, event: { type: 'text', text: '' } }, false],
		['half a stream', isStreamNews, { stream: 0.5, event: { type: 'text', text: '' } }, false],
		['an end among the news', isStreamNews, { stream: 0, event: { type: 'end' } }, false],
		['half an alternative', fillRequest, { ...fillOf('a'), alternative: 0.5 }, false],
		['an unknown reason', isStreamAnswer, { ...end, reason: 'bored' }, false],
		['an unsupported generation', isStreamAnswer, { type: 'unsupported', reason: 'x' }, true],
		['a refused generation', isStreamAnswer, { type: 'refused', problem: aProblem }, true],
		['an unknown remedy', problem, { ...aProblem, remedies: ['format-disk'] }, false],
		['an unknown backend', loadOptions, { ...fake('a'), backend: 'abacus' }, false],
		['an unknown role of a model', loadOptions, { ...fake('a'), role: 'cook' }, false],
		['a failed load', isLoadAnswer, { type: 'refused', problem: aProblem }, true],
		['a load without a model', isLoadAnswer, { type: 'loaded' }, false],
		['no adapters', isAdaptersCall, { base: 'm', adapters: [] }, true],
		['adapters for nothing', isAdaptersCall, { adapters: [] }, false],
		['an adapter without a scale', isAdaptersCall, { base: 'm', adapters: [{ path: 'a' }] }, false],
		['infinite scores, which JSON makes null', scores, { type: 'scores', logProbabilities: [null] }, false],
		['a list for an object', fillRequest, [fillOf('a')], false],
		['nothing', isGreeting, undefined, false],
		['what a call brought', chatRequest, { ...chatOf('a'), messages: [{ role: 'tool', content: '' }] }, true],
		['another way to call', chatRequest, { ...chatOf('a'), calling: 'maybe' }, false],
		['a role of its own', chatRequest, { ...chatOf('a'), messages: [{ role: 'root', content: '' }] }, false],
	];
	for (const [name, guard, value, expected] of cases) {
		it(`${expected ? 'accepts' : 'refuses'} ${name}`, () => assert.equal(guard(value), expected));
	}

	it('counts samples, and the characters of all their pieces, names included', () => {
		const fills = Array.from({ length: MAX_SAMPLES }, () => fill);
		assert.ok(encodeRequest({ fills, plains: [] }));
		assert.ok(!encodeRequest({ fills, plains: [plain] }));
		const text = 'a'.repeat(MAX_REQUEST_CHARACTERS);
		assert.ok(encodeRequest({ fills: [], plains: [{ ...plain, text }] }));
		assert.ok(!encodeRequest({ fills: [fill], plains: [{ ...plain, text }] }));
		for (const name of ['path', 'repository']) {
			const named = { ...fill, [name]: 'a'.repeat(30_000) };
			assert.ok(!encodeRequest({ fills: Array.from({ length: 70 }, () => named), plains: [] }), name);
		}
	});

	it('has answers of samples that fit into a message', () => {
		const tokens = Array.from({ length: MAX_ENCODED_TOKENS / MAX_SAMPLES }, () => 999_999);
		const one = { tokens, typedStart: 999_999, middleStart: 999_999 };
		const answer = { type: 'encoded', fills: Array.from({ length: MAX_SAMPLES }, () => one), plains: [] };
		assert.ok(encoded(answer));
		assert.ok(JSON.stringify({ jsonrpc: '2.0', id: 1, result: answer }).length < MAX_FRAME_BYTES);
	});

	it('counts the characters of all pieces of a request together', () => {
		const half = 'a'.repeat(MAX_REQUEST_CHARACTERS / 2);
		assert.ok(fillRequest({ ...fillOf(half), suffix: half }));
		assert.ok(!fillRequest({ ...fillOf(half), suffix: half, typed: 'a' }));
		assert.ok(!fillRequest({ ...fillOf(half), files: [{ path: 'a', text: half }] }));
		const content = { role: 'user', content: half };
		assert.ok(!chatRequest({ ...chatOf(''), messages: [content, content, { role: 'user', content: 'a' }] }));
		const tool = { name: 'a', description: half, parameters: {} };
		assert.ok(chatRequest({ ...chatOf('a'), tools: [tool] }));
		assert.ok(!chatRequest({ ...chatOf('a'), tools: [tool, tool] }));
		assert.ok(!chatRequest({ ...chatOf('a'), schema: { description: half, title: half } }));
		const calls = [{ name: 'a', arguments: { text: half } }];
		assert.ok(!chatRequest({ ...chatOf(''), messages: [{ role: 'assistant', content: half, calls }] }));
	});
});
