/** Conversations of a small corpus: all kinds, the same by the same seed, rendered as tokens with loss on the answer. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { aboutConversation } from '../../../models/recipe/chat/about';
import { beyondConversation } from '../../../models/recipe/chat/beyond';
import {
	conversation,
	conversationLine,
	MOST_CHARACTERS,
	readConversations,
} from '../../../models/recipe/chat/conversation';
import { drawDocuments } from '../../../models/recipe/chat/corpusDraw';
import { fromCode } from '../../../models/recipe/chat/fromCode';
import { LARGER, SELECT_MODEL } from '../../../models/recipe/chat/limits';
import { makeConversations } from '../../../models/recipe/chat/make';
import { chatSample } from '../../../models/recipe/chat/sample';
import { documentLine, type SourceDocument } from '../../../models/recipe/document';
import { loadTokenizer } from '../../../models/recipe/tokenizer/load';
import { codeBlocksOf } from '../../../src/chat/fences';
import { randomFrom } from '../../../src/finetune/training/random';

const never = new AbortController().signal;

const typescript = (name: string): SourceDocument => ({
	package: `package-${name}`,
	language: 'typescript',
	path: `src/${name}.ts`,
	text: `import { other } from './other';\n\n/** Adds the ${name} to a list of numbers. */\nexport function add${name}(list: number[], ${name}: number): number[] {\n\tconst result = [...list];\n\tresult.push(${name});\n\treturn result;\n}\n\n/** Calls the other with the ${name}. */\nexport function call${name}(${name}: number): number {\n\treturn other(${name});\n}\n`,
});
const python: SourceDocument = {
	package: 'python3-list',
	language: 'python',
	path: 'lists/tools.py',
	text: 'import os\n\n\ndef doubled(values):\n    """Return the values doubled in a new list."""\n    result = [value * 2 for value in values]\n    return result\n\n\ndef listed(folder):\n    """Return the names in a folder as a list."""\n    return os.listdir(folder)\n',
};

describe('recipe/chat/make', function () {
	this.timeout(60_000);
	let folder = '';
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-chat-'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	function corpus(documents: readonly SourceDocument[]): string {
		const file = path.join(folder, 'train.jsonl');
		fs.writeFileSync(file, documents.map(documentLine).join(''));
		return file;
	}

	it('makes all kinds, each prompt by the product, the same bytes by the same seed', async () => {
		const file = corpus([...['width', 'height', 'depth', 'count'].map(typescript), python]);
		const options = { corpus: file, set: 'train', most: 120, seed: 3 } as const;
		const made = await makeConversations(options, never);
		assert.deepEqual(await makeConversations(options, never), made);
		assert.notDeepEqual(await makeConversations({ ...options, seed: 4 }, never), made);
		assert.deepEqual(
			new Set(made.map(({ kind }) => kind)),
			new Set(['function', 'statement', 'problem', 'fix', 'generate', 'about', 'beyond']),
		);
		for (const { messages } of made) {
			assert.deepEqual(
				[messages[0]?.role, messages.at(-2)?.role, messages.at(-1)?.role],
				['system', 'user', 'assistant'],
			);
			assert.match(messages[0]?.content ?? '', /^You are a programming assistant inside a code editor\./);
			assert.ok(messages.reduce((sum, { content }) => sum + content.length, 0) <= MOST_CHARACTERS);
		}
		assert.equal(new Set(made.map(conversationLine)).size, made.length);
		const validation = await makeConversations({ ...options, set: 'validation' }, never);
		const asked = (list: typeof made) =>
			new Set(
				list
					.filter(({ kind, messages }) => /^(?:about|beyond)$/.test(kind) && messages.length === 3)
					.map(({ messages }) => messages[1]?.content),
			);
		const learned = asked(made);
		assert.deepEqual(
			[...asked(validation)].filter((text) => learned.has(text)),
			[],
		);
	});

	it('generates only what its comment and its own code tell', () => {
		const { generated, programs } = fromCode([typescript('width'), python], randomFrom(1));
		const answers = generated.map(({ messages }) => codeBlocksOf(messages.at(-1)?.content ?? '')[0]?.code);
		assert.deepEqual(answers, [
			'export function addwidth(list: number[], width: number): number[] {\n\tconst result = [...list];\n\tresult.push(width);\n\treturn result;\n}',
			'def doubled(values):\n    result = [value * 2 for value in values]\n    return result',
		]);
		assert.match(
			generated[0]?.messages[1]?.content ?? '',
			/asks for: "Adds the width to a list of numbers\."\./,
		);
		assert.deepEqual(
			programs.map(({ offset }) => offset),
			[3, 10],
		);
	});

	async function all(file: string) {
		const read: unknown[] = [];
		for await (const one of readConversations(file)) {
			read.push(one);
		}
		return read;
	}

	it('draws a few files of each package, by the seed', async () => {
		const many = Array.from({ length: 9 }, (_, index) => ({ ...typescript(`n${index}`), package: 'one' }));
		const file = corpus([...many, typescript('alone'), { ...python, text: 'x = 1\n' }]);
		const drawn = await drawDocuments(file, 3, 1, never);
		assert.deepEqual(drawn.map((one) => one.package).sort(), ['one', 'one', 'one', 'package-alone']);
		assert.deepEqual(await drawDocuments(file, 3, 1, never), drawn);
		assert.notDeepEqual(await drawDocuments(file, 3, 2, never), drawn);
	});

	it('says what it is, and sends to a larger model for what it does not know', () => {
		for (let seed = 0; seed < 200; seed++) {
			const about = aboutConversation(randomFrom(seed), [])?.messages.at(-1)?.content ?? '';
			assert.match(about, /starter|machine|welcome|help|Good|TypeScript|[Ss]elect|Write/);
			const beyond = beyondConversation(randomFrom(seed), []);
			const answer = beyond?.messages.at(-1)?.content ?? '';
			assert.ok(
				LARGER.some((text) => answer.endsWith(text)),
				answer,
			);
			assert.deepEqual(codeBlocksOf(answer), []);
			const asked = beyond?.messages[1]?.content ?? '';
			assert.ok(asked.includes('```') || !asked.includes('{}'), asked);
		}
		const nls: unknown = JSON.parse(fs.readFileSync('package.nls.json', 'utf8'));
		assert.equal(SELECT_MODEL, `Familiar: ${Reflect.get(Object(nls), 'command.selectModel')}`);
	});

	it('leaves out what is too long, and keeps an exchange before', () => {
		const question = { task: 'question', text: 'hi' } as const;
		assert.equal(conversation('about', { ...question, text: 'x'.repeat(MOST_CHARACTERS) }, 'no'), undefined);
		const made = conversation('about', question, 'Hello!', [{ question, answer: 'Hi!' }]);
		assert.deepEqual(
			made?.messages.map(({ role }) => role),
			['system', 'user', 'assistant', 'user', 'assistant'],
		);
	});

	it('reads what it writes, and refuses another file', async () => {
		const made = conversation('about', { task: 'question', text: 'hi' }, 'Hello!');
		const file = path.join(folder, 'chat.jsonl');
		fs.writeFileSync(file, made === undefined ? '' : conversationLine(made));
		assert.deepEqual(await all(file), [made]);
		fs.writeFileSync(file, '{"kind":"none","messages":[]}\n');
		await assert.rejects(all(file), /line 1: that is no conversation.*starter:chat/);
	});
});

describe('recipe/chat/sample', () => {
	it('renders ChatML and counts the last answer and its end only', () => {
		const tokenizer = loadTokenizer();
		const { tokens, weights } = chatSample(tokenizer, {
			messages: [
				{ role: 'system', content: 'Be brief.' },
				{ role: 'user', content: 'Write <|im_end|> here' },
				{ role: 'assistant', content: 'No.' },
			],
		});
		assert.equal(
			tokenizer.decode(tokens),
			'<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nWrite <|im_end|> here<|im_end|>\n<|im_start|>assistant\nNo.<|im_end|>',
		);
		const end = tokenizer.idOf('<|im_end|>');
		assert.equal(tokens.filter((token) => token === end).length, 3);
		const counted = tokens.filter((_, index) => weights[index] === 1);
		assert.equal(tokenizer.decode(counted), 'No.<|im_end|>');
		assert.equal(weights.filter((weight) => weight !== 0).length, counted.length);
	});
});
