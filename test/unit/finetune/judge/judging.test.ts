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
const options: LoadOptions = { path: base, backend: 'cpu', contextSize: 0, gpuLayers: -1, cacheFolder: '/c' };

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
	let client: Client;
	let folder: string;
	let judging: Judging;
	let order: Parameters<Judging['judge']>[0];

	beforeEach(() => {
		model = new FakeModel();
		model.state = { type: 'ready', model: { ...fakeDescription, path: base } };
		client = new Client();
		folder = temporaryFolder();
		order = { adapterPath: path.join(folder, 'a.gguf'), basePath: base, folder, budget: 60_000 };
		judging = new Judging({
			model,
			startModel: () => client,
			loadOptions: () => options,
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
		assert.equal(await judging.hasPlaces(folder), false);
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
		assert.deepEqual(await judging.read(order.adapterPath), found);
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
		const ready = judging.whenReady(base, never).then(() => {
			isReady = true;
		});
		model.change({ type: 'ready', model: { ...fakeDescription, path: '/models/other.gguf' } });
		await Promise.resolve();
		assert.equal(isReady, false);
		model.change({ type: 'ready', model: { ...fakeDescription, path: base } });
		await ready;
		const controller = new AbortController();
		model.change({ type: 'none' });
		const waiting = judging.whenReady(base, controller.signal);
		controller.abort();
		await assert.rejects(waiting, isAbort);
	});

	it('is not wanted by itself any more where it was given up', async () => {
		putAside();
		assert.equal(await judging.isWanted(folder, order.adapterPath), false, 'there is no adapter');
		fs.writeFileSync(order.adapterPath, 'a');
		assert.equal(await judging.isWanted(folder, order.adapterPath), true);
		await judging.giveUp(folder);
		assert.equal(await judging.isWanted(folder, order.adapterPath), false);
		assert.equal(await judging.hasPlaces(folder), true);
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
		const ofChat = await judgeImported(async () => assert.fail('it is judged'), 'chat', translate);
		assert.deepEqual(
			[ofChat.sentence, ofChat.hasPassed],
			['It is not judged: it is for the chat, and only completion is judged.', false],
		);
	});
});
