/** The chat format of a file, and conversations that fit. */
import * as assert from 'node:assert/strict';
import {
	type ChatFormat,
	chooseChatFormat,
	fitConversation,
	openedThought,
	renderOwnFormat,
} from '../../../../src/inference/engine/chatFormat';
import type { ChatMessage } from '../../../../src/inference/model';

const CHATML = '{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>{% endfor %}';

describe('chat format', () => {
	for (const [name, tokens, template, expected] of [
		['qwen2.5-coder-instruct', ['<|im_start|>', '<|im_end|>'], CHATML, 'chatML'],
		['qwen3', ['<|im_start|>', '<|im_end|>'], `${CHATML}{% if enable_thinking %}`, 'qwen'],
		['deepseek-v2-lite', ['<｜User｜>', '<｜Assistant｜>'], '<｜User｜>{{x}}', 'deepSeek'],
		['llama-3', ['<|start_header_id|>', '<|end_header_id|>'], '<|start_header_id|>', 'llama3'],
		['granite-3', ['<|start_of_role|>', '<|end_of_role|>'], '<|start_of_role|>', 'granite'],
		['gemma', ['<start_of_turn>', '<end_of_turn>'], '<start_of_turn>', 'gemma'],
		['code llama', [], '[INST] <<SYS>>', 'llama2Chat'],
		['mistral', [], '[INST] {{x}} [/INST]', 'mistral'],
		['deepseek-coder-instruct', [], '### Instruction:\n', 'instruction'],
		['unknown', [], 'Q: {{ x }} A:', 'template'],
		['too long', [], 'Q'.repeat(256 * 1024 + 1), 'plain'],
		['base model', ['<|im_start|>', '<|im_end|>'], undefined, 'plain'],
		['some-instruct', ['<|im_start|>', '<|im_end|>'], undefined, 'chatML'],
		['some-instruct', [], undefined, 'plain'],
		['blank', [], '  \n', 'plain'],
	] as const) {
		it(`${name} speaks ${expected}`, () => {
			const has = (token: string) => tokens.some((known) => known === token);
			assert.equal(chooseChatFormat({ name, template, has }), expected);
		});
	}

	for (const [name, template, expected] of [
		[
			'Qwen3 Thinking 2507',
			"{{- '<|im_start|>' + message.role + '\\n<think>\\n' + reasoning + '\\n</think>' }}{%- if add_generation_prompt %}\n    {{- '<|im_start|>assistant\\n<think>\\n' }}\n{%- endif %}",
			'<think>\n',
		],
		[
			'DeepSeek R1',
			"{% if add_generation_prompt and not ns.is_tool %}{{'<｜Assistant｜><think>\\n'}}{% endif %}",
			'<think>\n',
		],
		[
			'one that opens it after its role',
			'{% if add_generation_prompt %}<|assistant|>\n<think>\n{% endif %}',
			'<think>\n',
		],
		[
			'Qwen3, which can do without',
			"{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- if enable_thinking is false %}{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}{%- endif %}",
			'',
		],
		[
			'one that shows earlier thoughts only',
			"{{ 'assistant<think>' }}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
			'',
		],
		['one without generation prompt', '<think>', ''],
		['none', undefined, ''],
	] as const) {
		it(`${name}: each answer begins with ${JSON.stringify(expected)}`, () => {
			assert.equal(openedThought(template, 'chatML'), expected);
			for (const other of ['plain', 'qwen'] satisfies ChatFormat[]) {
				assert.equal(openedThought(template, other), '', 'the format in use does not think');
			}
		});
	}

	it('renders headings for a model without any format, and user text apart from markup', () => {
		const { segments, stopTexts } = renderOwnFormat('plain', [
			{ role: 'system', content: 'Be brief.' },
			{ role: 'user', content: '<|im_end|>' },
		]);
		assert.equal(segments.map(({ text }) => text).join(''), 'Be brief.\n\nUser:\n<|im_end|>\n\nAssistant:\n');
		assert.deepEqual(segments.find(({ text }) => text === '<|im_end|>')?.type, 'text');
		assert.deepEqual(stopTexts, ['\nUser:']);
	});
});

describe('fitting a conversation', () => {
	const count = (messages: readonly ChatMessage[]) =>
		messages.reduce((sum, { content }) => sum + content.length + 10, 0);
	const talk = (...contents: string[]): ChatMessage[] => [
		{ role: 'system', content: 'sys' },
		...contents.map(
			(content, index): ChatMessage => ({ role: index % 2 === 0 ? 'user' : 'assistant', content }),
		),
	];
	const contents = (messages: readonly ChatMessage[]) => messages.map(({ content }) => content);

	it('leaves alone what fits', () => {
		const messages = talk('one', 'two', 'three');
		assert.deepEqual(fitConversation(messages, count, 1000), messages);
	});

	it('drops the oldest turns with their answers, never the system message or the last one', () => {
		const messages = talk('1'.repeat(50), '2'.repeat(50), '3'.repeat(50), '4'.repeat(50), 'last');
		assert.deepEqual(contents(fitConversation(messages, count, 160)), [
			'sys',
			'3'.repeat(50),
			'4'.repeat(50),
			'last',
		]);
		assert.deepEqual(contents(fitConversation(messages, count, 60)), ['sys', 'last']);
	});

	it('takes the middle out of a last message that is too long', () => {
		const messages = talk(`start${'x'.repeat(100_000)}end`);
		const fitted = fitConversation(messages, count, 200);
		const last = fitted.at(-1)?.content ?? '';
		assert.ok(count(fitted) <= 200);
		assert.ok(last.startsWith('start') && last.endsWith('end') && last.includes('[…]'), last);
	});

	it('leaves room for the question beside a system message that is too long', () => {
		const messages: ChatMessage[] = [
			{ role: 'system', content: 's'.repeat(100_000) },
			{ role: 'user', content: 'the question' },
		];
		const fitted = fitConversation(messages, count, 200);
		assert.ok(count(fitted) <= 200);
		assert.equal(fitted.at(-1)?.content, 'the question');
	});

	it('counts a long conversation only a few times', () => {
		const messages = talk(...Array.from({ length: 801 }, (_, index) => `turn ${index}`));
		let counts = 0;
		const fitted = fitConversation(
			messages,
			(rest) => {
				counts++;
				return count(rest);
			},
			300,
		);
		assert.ok(count(fitted) <= 300 && fitted.length > 10);
		assert.ok(counts < 20, `${counts}`);
	});

	it('keeps a question with what was looked up for it, and drops what was said before', () => {
		const messages: ChatMessage[] = [
			...talk('1'.repeat(50), '2'.repeat(50), 'question'),
			{ role: 'assistant', content: '', calls: [{ name: 'a', arguments: {} }] },
			{ role: 'tool', content: 'x'.repeat(30) },
		];
		assert.deepEqual(fitConversation(messages, count, 100), [messages[0], ...messages.slice(3)]);
		const fitted = fitConversation(
			messages.map((one) => (one.role === 'tool' ? { ...one, content: 'x'.repeat(5_000) } : one)),
			count,
			200,
		);
		assert.deepEqual(
			fitted.map(({ role }) => role),
			['system', 'user', 'assistant', 'tool'],
		);
		assert.ok(count(fitted) <= 200 && fitted[1]?.content === 'question');
	});

	it('ends even where nothing fits', () => {
		assert.equal(fitConversation(talk('x'.repeat(50)), count, 1).length, 2);
	});
});
