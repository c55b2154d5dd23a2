/** Tests of the answers of `@familiar`. */

import assert from 'node:assert/strict';
import type { AskedThere } from '../../../../src/chat/builtIn/asked';
import { type Earlier, type ReplyOptions, reply, type Shown } from '../../../../src/chat/builtIn/reply';
import { ModelUnavailable, type Remedy } from '../../../../src/inference/model';
import { FakeModel, fakeDescription } from '../../../support/fakeModel';
import { silentLog } from '../../../support/silentLog';
import { FakeEditor, fileName } from '../context/fakeEditor';

const FILE = { type: 'file', uri: fileName('src/a.ts').uri } as const;

function asked(prompt: string, parts: Partial<AskedThere> = {}): AskedThere {
	return { prompt, command: undefined, references: [], ...parts };
}

describe('chat/builtIn/reply', () => {
	let model: FakeModel;
	let editor: FakeEditor;
	let markdown: string;
	let sources: (readonly [string, number, number])[];
	let remedies: Remedy[];
	/** What is looked up. */
	let steps: string[];
	beforeEach(() => {
		model = new FakeModel();
		editor = new FakeEditor({ 'src/a.ts': 'let a = 1;\nlet b = 2;' });
		markdown = '';
		sources = [];
		remedies = [];
		steps = [];
	});

	async function answer(
		question: AskedThere,
		history: readonly Earlier[] = [],
		stop = new AbortController(),
	) {
		const options: ReplyOptions = {
			model,
			log: silentLog,
			settings: () => ({ maxTokens: 256, temperature: 0, toolSteps: 5 }),
			countTokens: (text) => Math.ceil(text.length / 4),
			tools: editor.tools,
			texts: { cut: 'It is as long as it may be.', nothing: 'Nothing.', stepRunning: 'Looking up: {0}' },
			toolbox: {
				offers: async () => [{ name: 'read_file', description: '', parameters: {} }],
				run: async () => ({ type: 'found', text: 'let a;' }),
			},
		};
		const shown: Shown = {
			markdown: (text) => {
				markdown += text;
			},
			source: (...source) => sources.push(source),
			step: (title) => steps.push(title),
			remedy: (remedy) => remedies.push(remedy),
		};
		await reply(options, question, history, shown, stop.signal);
		return model.chats.at(-1)?.request;
	}

	it('shows the text of the model, and behind whom it stands', async () => {
		model.onChat = () => ({ steps: ['<think>Hm.</think>', 'A ', 'loop\u202e.'] });
		const request = await answer(asked('What is this?'));
		assert.match(markdown, /^A loop.*202E.*\.$/);
		assert.equal(request?.priority, 'background');
		assert.equal(request?.messages.at(-1)?.content, 'What is this?');
	});

	it('shows what a model looks up that can call functions', async () => {
		const chat = { type: 'chat', wrapper: 'chatML', callsTools: true } as const;
		model.state = { type: 'ready', model: { ...fakeDescription, contextSize: 8_192, chat } };
		const call = { name: 'read_file', arguments: { path: 'a\u202e.ts', firstLine: 2 } };
		model.onChat = ({ messages }) => ({
			steps: messages.at(-1)?.role === 'tool' ? ['It is a.'] : ['I look.', { type: 'call', call }],
		});
		await answer(asked('What is this?'));
		assert.deepEqual(steps, ['Looking up: read\\_file a\\[U\\+202E\\]\\.ts, firstLine: 2']);
		assert.equal(markdown, 'I look.\n\nIt is a.');
	});

	it('gives the model what is named, and shows what that is', async () => {
		model.onChat = () => 'Two variables.';
		const request = await answer(asked('What is this?', { references: [FILE] }));
		assert.match(request?.messages.at(-1)?.content ?? '', /let b = 2;/);
		assert.deepEqual(sources, [[FILE.uri, 1, 2]]);
		assert.equal(markdown, 'Two variables.');
	});

	it('says first what is not read, and answers without it', async () => {
		editor.reasons.set('src/a.ts', 'Git *ignores* it.');
		model.onChat = () => 'I do not know.';
		const request = await answer(asked('What is this?', { references: [FILE] }));
		assert.doesNotMatch(request?.messages.at(-1)?.content ?? '', /let/);
		assert.match(
			markdown,
			/^Answered without this[\s\S]*src\/a\\\.ts: Git \\\*ignores\\\* it[\s\S]*I do not know\.$/,
		);
		assert.deepEqual(sources, []);
	});

	it('asks nothing of the model where there is nothing to ask', async () => {
		assert.equal(await answer(asked('', { command: 'explain' })), undefined);
		assert.match(markdown, /^Nothing was asked of the model:/);
	});

	it('knows what was said before, and reads its files anew', async () => {
		model.onChat = () => 'Yes.';
		const history: readonly Earlier[] = [
			{ asked: asked('', { command: 'explain', references: [FILE] }), answer: 'Two variables.' },
			{ asked: asked('', { command: 'review' }), answer: 'Fine.' },
		];
		editor.contents.set('src/a.ts', 'let changed = 1;');
		editor.show('src/a.ts', 0);
		const messages = (await answer(asked('Sure?'), history))?.messages.filter(
			({ role }) => role !== 'system',
		);
		assert.deepEqual(
			messages?.map(({ role }) => role),
			['user', 'assistant', 'user', 'assistant', 'user'],
		);
		assert.match(messages?.[0]?.content ?? '', /let changed = 1;/);
		// Nobody knows what was at the cursor then.
		assert.equal(messages?.[2]?.content, '/review');
	});

	it('says why there is no answer, with what helps', async () => {
		model.onChat = () => ({
			steps: [
				new ModelUnavailable({
					code: 'no-model',
					message: 'No model [is] loaded.',
					remedies: ['use-starter'],
				}),
			],
		});
		await answer(asked('What is this?'));
		assert.match(markdown, /No model \\\[is\\\] loaded/);
		assert.deepEqual(remedies, ['use-starter']);
	});

	it('says that an answer is empty, or longer than it may be', async () => {
		model.onChat = () => '';
		await answer(asked('What is this?'));
		assert.match(markdown, /Nothing/);
		model.onChat = () => ({ steps: ['And so on'], endReason: 'length' });
		await answer(asked('What is this?'));
		assert.match(markdown, /And so on\n\n\*It is as long as it may be/);
	});

	it('is silent after it was cancelled', async () => {
		const stop = new AbortController();
		model.onChat = () => {
			stop.abort();
			return 'Late.';
		};
		await answer(asked('What is this?'), [], stop);
		assert.equal(markdown, '');
		assert.equal(model.chats[0]?.signal.aborted, true);
	});
});
