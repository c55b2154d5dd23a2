/** How a judge gets its model: a session of its own beside the user's, with what the user's was loaded with. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { judgeImported } from '../../../../src/finetune/judge/imported';
import { Judging, NotLoaded } from '../../../../src/finetune/judge/judging';
import { abortError, isAbort } from '../../../../src/inference/cancel';
import type { LoadableModel } from '../../../../src/inference/chosenModels';
import type { LoadOptions } from '../../../../src/inference/model';
import { temporaryFolder } from '../../../support/engines';
import { FakeModel, fakeDescription } from '../../../support/fakeModel';
import { root } from '../../../support/root';
import { translate } from '../panel/runs';
import { judgementOf } from './judgements';

const never = new AbortController().signal;
const base = '/models/base.gguf';
const chatBase = '/models/chat.gguf';
const options: LoadOptions = { path: base, backend: 'cpu', contextSize: 0, gpuLayers: -1, cacheFolder: '/c' };

const chatOptions: LoadOptions = { ...options, path: chatBase, role: 'chat' };

class Client extends FakeModel implements LoadableModel {
	readonly loads: (LoadOptions | undefined)[] = [];
	async load(options: LoadOptions | undefined): Promise<void> {
		this.loads.push(options);
	}
	refuse(): void {}
	async restart(): Promise<void> {}
}

describe('finetune/judge/judging', () => {
	let model: FakeModel;
	let chatModel: FakeModel;
	let client: Client;
	let folder: string;
	let judging: Judging;
	let order: Parameters<Judging['judge']>[0];

	beforeEach(() => {
		model = new FakeModel();
		model.state = { type: 'ready', model: { ...fakeDescription, path: base } };
		chatModel = new FakeModel();
		chatModel.state = { type: 'ready', model: { ...fakeDescription, path: chatBase } };
		client = new Client();
		folder = temporaryFolder();
		order = {
			adapterPath: path.join(folder, 'a.gguf'),
			basePath: base,
			folder,
			budget: 60_000,
			role: 'completion',
		};
		judging = new Judging({
			model,
			chatModel,
			startModel: () => client,
			loadOptions: (role) => (role === 'chat' ? chatOptions : options),
			fileOf: (name) => path.join(root, 'dist', name),
			translate,
		});
	});

	function putAside(): void {
		const span = {
			...{ file: 'a.ts', kind: 'tail', path: 'a.ts', files: [], prefix: 'p', typed: '', suffix: '\n' },
			...{ middle: 'abc', ends: true, maxPromptTokens: 100 },
		};
		fs.writeFileSync(path.join(folder, 'test.jsonl'), `${JSON.stringify(span)}\n`);
	}

	it('has nothing to say without places', async () => {
		assert.equal(await judging.judge(order, () => undefined, never), undefined);
		assert.equal(await judging.hasPlaces(folder, 'completion'), false);
		assert.deepEqual(client.loads, []);
	});

	it('judges in a session of its own, leaves it, and keeps the judgement beside the adapter', async () => {
		putAside();
		const found = await judging.judge(order, () => undefined, never);
		assert.equal(found?.decision, 'unsure');
		assert.deepEqual(client.loads, [options]);
		assert.equal(client.isDisposed, true);
		assert.deepEqual(model.adapterCalls, [], "the user's adapters are left alone");
		assert.ok(client.adapterCalls.length > 0);
		assert.ok(fs.existsSync(path.join(folder, 'a.judgement.json')));
		assert.deepEqual(await judging.read(order.adapterPath), JSON.parse(JSON.stringify(found)));
		fs.writeFileSync(path.join(folder, 'a.judgement.json'), '{}');
		assert.equal(await judging.read(order.adapterPath), undefined);
	});

	it('leaves its session where that fails', async () => {
		putAside();
		client.onUseAdapters = () => 'Another base.';
		await assert.rejects(
			judging.judge(order, () => undefined, never),
			/Another base/,
		);
		assert.equal(client.isDisposed, true);
		assert.equal(await judging.read(order.adapterPath), undefined);
	});

	it('waits for the model that the adapter belongs to', async () => {
		putAside();
		model.state = { type: 'none' };
		await assert.rejects(
			judging.judge(order, () => undefined, never),
			(error) => error instanceof NotLoaded && /base\.gguf is not loaded/.test(error.message),
		);
		let isReady = false;
		const ready = judging.whenReady(base, 'completion', never).then(() => {
			isReady = true;
		});
		model.change({ type: 'ready', model: { ...fakeDescription, path: '/models/other.gguf' } });
		await Promise.resolve();
		assert.equal(isReady, false);
		model.change({ type: 'ready', model: { ...fakeDescription, path: base } });
		await ready;
		const controller = new AbortController();
		model.change({ type: 'none' });
		const waiting = judging.whenReady(base, 'completion', controller.signal);
		controller.abort();
		await assert.rejects(waiting, isAbort);
	});

	it('is not wanted by itself any more where it was given up', async () => {
		putAside();
		assert.equal(
			await judging.isWanted(folder, order.adapterPath, 'completion'),
			false,
			'there is no adapter',
		);
		fs.writeFileSync(order.adapterPath, 'a');
		assert.equal(await judging.isWanted(folder, order.adapterPath, 'completion'), true);
		await judging.giveUp(folder);
		assert.equal(await judging.isWanted(folder, order.adapterPath, 'completion'), false);
		assert.equal(await judging.hasPlaces(folder, 'completion'), true);
	});

	it('says of an imported adapter what the gate says', async () => {
		const said = (judge: Parameters<typeof judgeImported>[0]) =>
			judgeImported(judge, 'completion', translate);
		assert.deepEqual(await said(async () => judgementOf('pass')), {
			sentence: 'It passed every test against the base model.',
			hasPassed: true,
			strength: 0.75,
		});
		const failed = await said(async () => judgementOf('fail'));
		assert.deepEqual(
			[failed.sentence, failed.hasPassed],
			['It did not pass the tests against the base model. Loss failed.', false],
		);
		assert.match(
			(await said(async () => undefined)).sentence,
			/^It is not judged: no fine-tune of this workspace/,
		);
		const cancelled = await said(() => Promise.reject(abortError()));
		assert.equal(cancelled.sentence, 'It is not judged: that was cancelled.');
		assert.match((await said(() => Promise.reject(new Error('Gone.')))).sentence, /Gone\.$/);
		assert.deepEqual(await judgeImported(async () => judgementOf('pass'), 'chat', translate), {
			sentence: 'It passed every test against the base model.',
			hasPassed: true,
			strength: 0.75,
		});
		const unseen = await judgeImported(async () => undefined, 'chat', translate);
		assert.match(unseen.sentence, /^It is not judged: no fine-tune of the chat on this workspace/);
	});

	it('judges one of chat on conversations, in the model that chats', async () => {
		putAside();
		const ofChat = { ...order, basePath: chatBase, role: 'chat' } as const;
		assert.equal(await judging.judge(ofChat, () => undefined, never), undefined, 'there are only places');
		const messages = [
			{ role: 'system', content: 'Rules.' },
			{ role: 'user', content: 'What is it?' },
			{ role: 'assistant', content: 'A thing.' },
		];
		const chat = JSON.stringify({ file: 'a.ts', kind: 'functions', messages });
		fs.writeFileSync(path.join(folder, 'chat-test.jsonl'), `${chat}\n`);
		await assert.rejects(
			judging.judge({ ...ofChat, basePath: base }, () => undefined, never),
			(error) => error instanceof NotLoaded,
		);
		const found = await judging.judge(ofChat, () => undefined, never);
		assert.deepEqual([found?.role, found?.decision, found?.spans], ['chat', 'unsure', 1]);
		assert.deepEqual(client.loads, [chatOptions]);
		assert.deepEqual([client.adapterCalls, chatModel.chatAdapterCalls], [[], []]);
		assert.ok(client.chatAdapterCalls.length > 0);
		assert.ok((found?.general?.base ?? 0) > 0, 'general conversations');
		assert.deepEqual(client.chats[0]?.request.messages, messages.slice(0, 2));
		assert.deepEqual(await judging.read(order.adapterPath), JSON.parse(JSON.stringify(found)));
		assert.equal(await judging.hasPlaces(folder, 'chat'), true);
		fs.writeFileSync(order.adapterPath, 'a');
		assert.equal(await judging.isWanted(folder, order.adapterPath, 'chat'), true);
	});
});
