/** What is asked before the chat is fine-tuned, and what a plan then does. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Audit } from '../../../../src/finetune/corpus/verdict';
import { readDataset } from '../../../../src/finetune/dataset/datasetFile';
import { askForChat, type ChatQuestions, type Item } from '../../../../src/finetune/instruct/ask';
import type { CollectOptions } from '../../../../src/finetune/instruct/collect';
import type { Pair, Seed } from '../../../../src/finetune/instruct/pair';
import { chatPlan } from '../../../../src/finetune/instruct/plan';
import { select } from '../../../../src/finetune/instruct/select';
import { readJudgedChats } from '../../../../src/finetune/instruct/testChats';
import { english } from '../../../../src/finetune/job/english';
import { JUDGED } from '../../../../src/finetune/job/runFolder';
import { readSettings } from '../../../../src/manifest';
import { FakeModel, fakeDescription } from '../../../support/fakeModel';

const never = new AbortController().signal;
const settings = readSettings(() => undefined);

function auditOf(count: number): Audit {
	return {
		repositories: [{ name: 'demo', folder: '/demo', gitPath: 'git' }],
		leftOut: [],
		files: Array.from({ length: count }, (_, index) => ({
			repository: 0,
			path: `${index}.ts`,
			verdict: { type: 'in', characters: 500, hash: '' },
		})),
	};
}

/** Answers by the beginning of a label; undefined goes away. */
interface Said {
	readonly minutes?: number | undefined;
	readonly kinds?: readonly string[] | undefined;
	readonly teacher?: string | undefined;
	readonly start?: boolean;
}

describe('finetune/instruct/ask', () => {
	let model: FakeModel;
	let teacher: FakeModel;
	let told: string[];
	beforeEach(() => {
		model = new FakeModel();
		teacher = new FakeModel();
		told = [];
	});

	function ask({ minutes, kinds, teacher: chosen, start = true }: Said, files = 40) {
		const find = <T>(items: readonly Item<T>[], label: string) =>
			items.find((item) => item.label.startsWith(label)) ?? assert.fail(label);
		const questions: ChatQuestions = {
			audit: async () => auditOf(files),
			minutes: async () => minutes,
			one: async (items) => {
				told.push(...items.map(({ label, description }) => `${label}: ${description}`));
				return chosen === undefined ? undefined : find(items, chosen);
			},
			several: async (items) => kinds?.map((label) => find(items, label)),
			confirm: async (_message, detail) => {
				told.push(detail);
				return start;
			},
			refuse: (reason) => void told.push(reason),
		};
		const parts = { model, teacher: () => teacher, system: 'Rules.', script: '', grammars: '' };
		return askForChat(parts, settings, questions, english);
	}
	const all: Said = { minutes: 5, kinds: ['Documentation', 'Commit'], teacher: 'No' };

	it('makes a plan of the answers; nothing leaves the machine unless a server teaches', async () => {
		const plan = await ask(all);
		assert.equal(plan?.name, 'demo (chat)');
		assert.equal(plan?.basePath, fakeDescription.path);
		assert.equal(plan?.settings.minutes, 5);
		assert.equal(plan?.settings.epochs, 3);
		assert.match(told.at(-1) ?? '', /Nothing leaves this machine/);
	});

	it('says plainly that a server sees the code', async () => {
		const server = { host: 'box:8080', program: 'llama-server' };
		teacher.change({ type: 'ready', model: { ...fakeDescription, name: 'big', server } });
		await ask({ ...all, teacher: 'big: about 100' });
		assert.ok(
			told.some((line) =>
				/^big: about 100 functions.*: code of this workspace is sent to box:8080$/.test(line),
			),
		);
		assert.match(told.at(-1) ?? '', /Functions of this workspace are sent to box:8080/);
		assert.doesNotMatch(told.at(-1) ?? '', /Nothing leaves/);
		told = [];
		await ask({ ...all, teacher: 'No' });
		assert.match(told.at(-1) ?? '', /Nothing leaves this machine/);
	});

	it('says that a teacher of this machine is one, and offers none that cannot chat', async () => {
		await ask({ ...all, teacher: 'fake: about 300' });
		assert.ok(told.some((line) => line.endsWith(': on this machine')));
		assert.match(told.at(-1) ?? '', /Nothing leaves this machine/);
		teacher.change({ type: 'none' });
		told = [];
		await ask(all);
		assert.equal(told.length, 2);
	});

	it('ends where the user goes away', async () => {
		for (const said of [
			{ ...all, minutes: undefined },
			{ ...all, kinds: undefined },
			{ ...all, teacher: undefined },
			{ ...all, kinds: [] },
			{ ...all, start: false },
		]) {
			assert.equal(await ask(said), undefined, JSON.stringify(said));
		}
	});

	it('says why nothing can be trained', async () => {
		assert.equal(await ask(all, 3), undefined);
		assert.match(told.at(-1) ?? '', /Only 3 files/);
		model.change({
			type: 'ready',
			model: { ...fakeDescription, chat: { type: 'unsupported', reason: 'No format.' } },
		});
		assert.equal(await ask(all), undefined);
		assert.match(told.at(-1) ?? '', /cannot be trained for chat: No format/);
		model.change({ type: 'none' });
		assert.equal(await ask(all), undefined);
		assert.match(told.at(-1) ?? '', /needs a model/);
	});
});

describe('finetune/instruct/plan', () => {
	let folder = '';
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-chat-plan-'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	const pairOf = (index: number): Pair => ({
		kind: 'functions',
		question: `What does the function number ${index} of ${index * 7919} do in the end?`,
		answer: `It gives ${index} after ${index * 104_729} and nothing else at all.`,
		files: [`demo/${index}.ts`],
	});
	const seeds: readonly Seed[] = [
		{ file: 'demo/9.ts', language: 'typescript', name: 'nine', code: 'nine()' },
	];

	it('writes the dataset and the conversations that judge, with what the teacher wrote', async () => {
		const model = new FakeModel();
		model.onChat = () => '[Question]\nWhat is nine?\n[Answer]\nA function that gives the number nine.';
		const asked: CollectOptions[] = [];
		const pairs = Array.from({ length: 60 }, (_, index) => pairOf(index));
		let taught = 0;
		const plan = chatPlan(
			{
				audit: auditOf(40),
				base: fakeDescription,
				minutes: 0,
				kinds: ['functions'],
				teacher: { model, most: 7, minutes: 1 },
			},
			{
				model,
				worker: {
					collect: async (_audit, options) => {
						asked.push(options);
						return { pairs, seeds, notes: ['A note.'] };
					},
					select: async (found, seed, _onProgress, signal) => {
						taught = found.filter(({ kind }) => kind === 'teacher').length;
						return select(found, seed, () => undefined, signal);
					},
				},
				system: 'Rules.',
				translate: english,
			},
			settings,
		);
		const said: string[] = [];
		const { path: file, notes } = await plan.prepare(folder, (detail) => void said.push(detail), never);
		assert.deepEqual(asked, [{ kinds: ['functions'], seeds: 7 }]);
		assert.equal(taught, 1);
		assert.equal(notes[0], 'A note.');
		assert.match(notes[1] ?? '', /^\d+ questions and answers are learned from, \d+ are held out/);
		assert.ok(said.some((text) => text.startsWith('The teacher writes')));
		const dataset = await readDataset(file, 0x110000, never);
		const chats = [];
		for await (const chat of readJudgedChats(folder, JUDGED.chatTest)) {
			chats.push(chat);
		}
		let validated = 0;
		for await (const chat of readJudgedChats(folder, JUDGED.chatValidation)) {
			validated += chat.messages[0]?.content === 'Rules.' ? 1 : 0;
		}
		assert.equal(dataset.header.kind, 'chat');
		assert.equal(validated, dataset.header.heldOut.samples);
		assert.ok(chats.length > 0);
		for (const { file: judged } of chats) {
			assert.ok(!dataset.header.files.includes(judged), `${judged} is learned from and judges`);
		}
		assert.equal(dataset.train.length + validated + chats.length, 61);
	});

	it('says that there is too little', async () => {
		const model = new FakeModel();
		const plan = chatPlan(
			{ audit: auditOf(40), base: fakeDescription, minutes: 0, kinds: ['functions'], teacher: undefined },
			{
				model,
				worker: {
					collect: async () => ({ pairs: [], seeds: [], notes: [] }),
					select: (found, seed, _onProgress, signal) => select(found, seed, () => undefined, signal),
				},
				system: '',
				translate: english,
			},
			settings,
		);
		await assert.rejects(
			plan.prepare(folder, () => undefined, never),
			/Too few questions and answers/,
		);
	});
});
