/** Pairs become samples of chat with a weight on the answers alone, and conversations that judge. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { readDataset, writeDataset } from '../../../../src/finetune/dataset/datasetFile';
import { buildChatDataset, judgedChat, messagesOf } from '../../../../src/finetune/instruct/build';
import type { Pair, Seed } from '../../../../src/finetune/instruct/pair';
import { teach } from '../../../../src/finetune/instruct/teacher';
import { readJudgedChats, writeJudgedChats } from '../../../../src/finetune/instruct/testChats';
import { JUDGED } from '../../../../src/finetune/job/runFolder';
import { ChatSides } from '../../../../src/finetune/judge/chat/chatSides';
import { isAbort } from '../../../../src/inference/cancel';
import { FakeModel, fakeDescription } from '../../../support/fakeModel';

const never = new AbortController().signal;
const quiet = () => undefined;
const VOCABULARY = 0x110000;

const pairs = (count: number, from = 0): readonly Pair[] =>
	Array.from({ length: count }, (_, index) => ({
		kind: 'functions' as const,
		question: `Question ${from + index}?`,
		answer: `Answer ${from + index}.`,
		files: [`demo/${from + index}.ts`],
	}));
const options = { system: 'Rules.', repositories: ['demo'], seed: 1, longest: 256 } as const;
const code = (text: string) => [...text].map((character) => character.codePointAt(0) ?? 0);

async function listed<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
	const list: T[] = [];
	for await (const item of items) {
		list.push(item);
	}
	return list;
}

describe('finetune/instruct/build', () => {
	let folder = '';
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-chat-'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	it('renders each pair as chat does and gives the answer, with its end, all the weight', async () => {
		const model = new FakeModel();
		const built = await buildChatDataset(
			{ train: pairs(30), validation: pairs(3, 50) },
			model,
			options,
			quiet,
			never,
		);
		assert.equal(built.header.kind, 'chat');
		assert.equal(built.header.end, 2);
		assert.deepEqual(built.notes, []);
		assert.equal(built.train.length, 30);
		assert.deepEqual(model.chatEncodings[0]?.chats[0]?.messages, [
			{ role: 'system', content: 'Rules.' },
			{ role: 'user', content: 'Question 0?' },
			{ role: 'assistant', content: 'Answer 0.' },
		]);
		const [first] = built.train;
		const weighted = [...(first?.tokens ?? [])].filter((_, index) => first?.weights[index] === 1);
		assert.deepEqual(weighted, [...code('Answer 0.'), 2]);
		assert.ok(first?.weights.every((weight) => weight === 0 || weight === 1));
		const file = path.join(folder, 'dataset.fds');
		await writeDataset(file, built, never);
		const read = await readDataset(file, VOCABULARY, never);
		assert.equal(read.header.kind, 'chat');
		assert.deepEqual(read.train[0], built.train[0]);
		assert.equal(read.header.files[read.heldOut[0]?.file ?? -1], 'demo/50.ts');
	});

	it('says how many were too long, and refuses what is too little', async () => {
		const model = new FakeModel();
		const long = pairs(2, 90).map((pair) => ({ ...pair, answer: 'a'.repeat(300) }));
		const { notes, train } = await buildChatDataset(
			{ train: [...pairs(30), ...long], validation: pairs(1, 50) },
			model,
			options,
			quiet,
			never,
		);
		assert.equal(train.length, 30);
		assert.match(notes[0] ?? '', /^2 of 32 .* longer than 256 tokens/);
		for (const [learned, held] of [
			[pairs(5), pairs(3, 50)],
			[pairs(30), []],
		] as const) {
			await assert.rejects(
				buildChatDataset({ train: learned, validation: held }, model, options, quiet, never),
				/Only \d+ questions and answers could be made/,
			);
		}
	});

	it('says why a model cannot be trained, and that it was changed meanwhile', async () => {
		const model = new FakeModel();
		const data = { train: pairs(30), validation: pairs(2, 50) };
		model.change({
			type: 'ready',
			model: { ...fakeDescription, chat: { type: 'unsupported', reason: 'No format.' } },
		});
		await assert.rejects(
			buildChatDataset(data, model, options, quiet, never),
			/cannot be trained for chat: No format/,
		);
		model.change({ type: 'none' });
		await assert.rejects(
			buildChatDataset(data, model, options, quiet, never),
			/no chat model that could be trained/,
		);
		model.change({ type: 'ready', model: fakeDescription });
		model.encodeChats = async () => {
			model.change({ type: 'ready', model: { ...fakeDescription, path: '/other.gguf' } });
			return { type: 'encodedChats', chats: [] };
		};
		await assert.rejects(buildChatDataset(data, model, options, quiet, never), /model was changed while/);
		model.change({ type: 'ready', model: fakeDescription });
		model.encodeChats = async () => ({ type: 'unsupported', reason: 'It thinks.' });
		await assert.rejects(buildChatDataset(data, model, options, quiet, never), /It thinks/);
	});

	it('writes the conversations that judge, reads them again, and scores them', async () => {
		const chats = pairs(70).map((pair) => judgedChat(pair, undefined));
		await writeJudgedChats(folder, JUDGED.chatTest, chats);
		const read = await listed(readJudgedChats(folder));
		assert.deepEqual(read, chats);
		assert.deepEqual(await listed(readJudgedChats(path.join(folder, 'none'))), []);
		if (process.platform !== 'win32') {
			assert.equal(fs.statSync(path.join(folder, JUDGED.chatTest)).mode & 0o777, 0o600);
		}
		const losses = await new ChatSides(new FakeModel(), '/a.gguf', 512).losses(1, read, never);
		assert.equal(losses.length, 70);
		assert.equal(losses[0]?.tokens, 'Answer 0.'.length + 1);
		assert.ok(Math.abs((losses[0]?.sum ?? 0) - 10 * Math.log(10)) < 1e-9);
		fs.appendFileSync(path.join(folder, JUDGED.chatTest), '{"file":1}\n');
		await assert.rejects(listed(readJudgedChats(folder)), /line 71 is no conversation/);
	});

	it('has the answer as the last message', () => {
		const [pair] = pairs(1);
		assert.ok(pair !== undefined);
		assert.deepEqual(
			messagesOf(pair, undefined).map(({ role }) => role),
			['user', 'assistant'],
		);
	});
});

describe('finetune/instruct/teacher', () => {
	const seeds: readonly Seed[] = Array.from({ length: 30 }, (_, index) => ({
		file: `demo/src/${index}.ts`,
		language: 'typescript',
		name: `run${index}`,
		code: `function run${index}() { return ${index}; }`,
	}));
	const limits = { most: 5, minutes: 1 } as const;

	it('asks about one function after the other, and takes question and answer', async () => {
		const model = new FakeModel();
		model.onChat = () => '[Question]\nWhat does it give?\n[Answer]\nA constant number.';
		const done: number[] = [];
		const written = await teach(model, seeds, limits, (count) => void done.push(count), never);
		assert.equal(written.length, 5);
		assert.deepEqual(done, [0, 1, 2, 3, 4]);
		assert.equal(model.mostRunning, 1);
		const [first] = written;
		assert.equal(first?.kind, 'teacher');
		assert.match(
			first?.question ?? '',
			/^What does it give\?\n\n`run0` in src\/0\.ts:\n\n```typescript\nfunction run0/,
		);
		assert.equal(first?.answer, 'A constant number.');
		assert.deepEqual(first?.files, ['demo/src/0.ts']);
		const [request] = model.chats;
		assert.equal(request?.request.priority, 'background');
		assert.match(request?.request.messages[0]?.content ?? '', /function run0\(\)/);
	});

	it('drops what is cut off or has another form, and gives up when nothing is usable', async () => {
		const model = new FakeModel();
		model.onChat = ({ messages }) =>
			(messages[0]?.content ?? '').includes('run0')
				? { steps: ['[Question]\nWhy?\n[Answer]\nBecause of'], endReason: 'length' }
				: 'I do not follow.';
		assert.deepEqual(await teach(model, seeds, { most: 30, minutes: 1 }, quiet, never), []);
		assert.equal(model.chats.length, 20);
	});

	it('ends when its time is over, with what it has', async () => {
		const model = new FakeModel();
		model.onChat = () =>
			model.chats.length < 2
				? '[Question]\nWhat does it give?\n[Answer]\nA constant number.'
				: { steps: [new Promise(() => undefined)] };
		const written = await teach(model, seeds, { most: 30, minutes: 0.005 }, quiet, never);
		assert.equal(written.length, 2);
		assert.equal(model.chats.at(-1)?.wasAborted, true);
		assert.equal(model.chats.length, 3, 'nobody is asked after that');
	});

	it('is cancelled, and says what the model says', async () => {
		const model = new FakeModel();
		const controller = new AbortController();
		model.onChat = () => ({ steps: [new Promise(() => undefined)] });
		const taught = teach(
			model,
			seeds,
			limits,
			() => setImmediate(() => controller.abort()),
			controller.signal,
		);
		await assert.rejects(taught, isAbort);
		model.onChat = () => ({ steps: [{ type: 'unsupported', reason: 'No chat here.' }] });
		await assert.rejects(teach(model, seeds, limits, quiet, never), /No chat here/);
	});
});
