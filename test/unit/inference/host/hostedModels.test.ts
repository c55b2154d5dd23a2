/** Several models in one host: each once, for whoever chose it, and out of memory when others need it or nobody does. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { mock } from 'node:test';
import { isAbort } from '../../../../src/inference/cancel';
import type { HostedModels } from '../../../../src/inference/host/hostedModels';
import { ModelUnavailable } from '../../../../src/inference/model';
import { chatOf, collect, fake, fillOf } from '../../../support/fakeHost';
import { enter, hostedOn, Stage } from '../../../support/scriptedEngine';

const never = new AbortController().signal;
const turn = () => new Promise(setImmediate);

async function until(condition: () => boolean): Promise<void> {
	while (!condition()) {
		await turn();
	}
}

describe('hosted models', () => {
	let stage: Stage;
	let models: HostedModels;
	let folder: string;
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
		stage = new Stage();
		models = hostedOn(stage);
	});
	afterEach(async () => {
		mock.timers.reset();
		await models.dispose();
		fs.rmSync(folder, { recursive: true, force: true });
	});

	/** Two completion models, or others, of which only one fits at a time. */
	const narrow = (changes = {}) => {
		models = hostedOn(stage, 10, changes);
	};

	it('loads a model once for all who choose it, and another one beside it', async () => {
		const [one, other, third] = [enter(models), enter(models), enter(models)];
		const answers = await Promise.all([one.load('a'), other.load('a'), third.load('b')]);
		assert.deepEqual(answers, ['loaded', 'loaded', 'loaded']);
		assert.deepEqual(stage.events, ['load a', 'load b']);
		assert.deepEqual(
			[one.loading, other.loading, third.loading].map((all) => all.at(-1)),
			[1, 1, 1],
		);
		assert.equal(await one.ask(), 'tokens');
		assert.equal(stage.callers.length, 1);
	});

	it('tells its progress to those who wait for the model alone', async () => {
		const [one, other] = [enter(models), enter(models)];
		await one.load('a');
		one.loading.length = 0;
		await other.load('b');
		assert.deepEqual([one.loading, one.residence], [[], []]);
	});

	it('leaves the others alone when one cannot be loaded', async () => {
		const [one, other] = [enter(models), enter(models)];
		await one.load('a');
		assert.equal(await other.load('refuse'), 'out-of-memory');
		await assert.rejects(other.load('throw'), /something odd/);
		assert.equal(await one.ask(), 'tokens');
		assert.equal(await other.load('a'), 'loaded');
	});

	it('log what a load waits for that does not end', async () => {
		mock.timers.enable({ apis: ['setTimeout'] });
		const lines: string[] = [];
		models = hostedOn(stage, undefined, { log: (line) => lines.push(line), now: () => 0 });
		let open: () => void = () => undefined;
		const opened = new Promise<void>((resolve) => {
			open = resolve;
		});
		stage.onLoad = () => opened;
		const both = [enter(models).load('a'), enter(models).load('b')];
		await until(() => stage.events.length > 0);
		await turn();
		mock.timers.tick(10_000);
		await turn();
		assert.deepEqual(lines.sort(), [
			'fake:a is not loaded after 0 ms: reading and measuring it for 0 ms. Before: waiting for other loads 0 ms, making room 0 ms, waiting for its turn 0 ms, waiting until it has left memory 0 ms, checking the file 0 ms.',
			'fake:b is not loaded after 0 ms: waiting for other loads for 0 ms.',
		]);
		open();
		assert.deepEqual(await Promise.all(both), ['loaded', 'loaded']);
		mock.timers.tick(1_000_000);
		await turn();
		assert.equal(lines.length, 2);
	});

	it('frees a model that nobody has chosen any more, after a moment in which a window may come back', async () => {
		mock.timers.enable({ apis: ['setTimeout'] });
		models = hostedOn(stage, undefined, { graceTime: 20 });
		const one = enter(models);
		await one.load('a');
		await one.load('b');
		mock.timers.tick(19);
		await turn();
		assert.deepEqual(stage.events, ['load a', 'load b']);
		mock.timers.tick(1);
		await until(() => stage.events.includes('free a'));
		one.session.leave();
		const other = enter(models);
		assert.equal(await other.load('b'), 'loaded');
		mock.timers.tick(1_000);
		await turn();
		assert.deepEqual(stage.events, ['load a', 'load b', 'free a']);
	});

	it('ends the load of a model that nobody waits for any more', async () => {
		models = hostedOn(stage, undefined, { graceTime: 5 });
		const one = enter(models);
		const loading = one.session.load(fake('never'), never);
		await until(() => stage.events.length > 0);
		one.session.leave();
		await assert.rejects(loading, isAbort);
		assert.deepEqual(stage.events, ['load never', 'free never']);
		assert.equal(await enter(models).load('a'), 'loaded');
	});

	it('is disposed of in the middle of a load', async () => {
		const one = enter(models);
		const loading = one.load('never');
		loading.catch(() => undefined);
		await until(() => stage.events.length > 0);
		await models.dispose();
		await assert.rejects(loading, isAbort);
		assert.deepEqual(stage.events, ['load never', 'free never']);
	});

	it('takes a file that was replaced for another model', async () => {
		const file = path.join(folder, 'fake:file.gguf');
		fs.writeFileSync(file, 'one');
		const [one, other] = [enter(models), enter(models)];
		await one.load('', { path: file });
		fs.writeFileSync(`${file}.new`, 'another');
		fs.renameSync(`${file}.new`, file);
		await other.load('', { path: file });
		assert.deepEqual(stage.events, ['load file', 'load file']);
	});

	it('remembers the adapters of each session by itself', async () => {
		const [one, other] = [enter(models), enter(models)];
		await Promise.all([one.load('a'), other.load('a')]);
		const base = '/models/fake:a';
		await one.session.useAdapters(base, [{ path: '/x', scale: 1 }], never);
		const end = ({ session }: typeof one) =>
			session.ask(async (engine) => (await collect(engine.fill(fillOf('say 1'), never))).end, never);
		assert.deepEqual([await end(one), await end(other)], ['length', 'end-of-text']);
	});

	it('remembers those of chat apart, and chooses both again in a model that was loaded again', async () => {
		narrow();
		const [one, other] = [enter(models), enter(models)];
		await one.load('a');
		const base = '/models/fake:a';
		await one.session.useAdapters(base, [{ path: '/x', scale: 1 }], never, 'chat');
		const end = ({ session }: typeof one, method: 'fill' | 'chat') =>
			session.ask(async (engine) => {
				const events =
					method === 'fill' ? engine.fill(fillOf('say 1'), never) : engine.chat(chatOf('say 1'), never);
				return (await collect(events)).end;
			}, never);
		assert.deepEqual([await end(one, 'fill'), await end(one, 'chat')], ['end-of-text', 'length']);
		await one.session.useAdapters(base, [{ path: '/y', scale: 1 }], never);
		await other.load('b');
		assert.deepEqual([await end(one, 'fill'), await end(one, 'chat')], ['length', 'length']);
		assert.deepEqual(stage.events.slice(-2), ['adapt a: /y', 'adapt chat of a: /x']);
	});

	describe('where memory is short', () => {
		it('frees the idle one that was not used for longest, and loads it again when it is asked', async () => {
			narrow();
			const [one, other] = [enter(models), enter(models)];
			await one.load('a');
			await one.session.useAdapters('/models/fake:a', [{ path: '/x', scale: 1 }], never);
			assert.equal(await other.load('b'), 'loaded');
			assert.equal(await one.ask(), 'tokens');
			assert.deepEqual(stage.events, [
				'load a',
				'adapt a: /x',
				'free a',
				'load b',
				'free b',
				'load a',
				'adapt a: /x',
			]);
			assert.deepEqual(one.residence, ['unloaded', 'reloading', 'loaded']);
			assert.deepEqual(other.residence, ['unloaded']);
		});

		it('lets the new one wait while the other is busy, as long as anybody wants it', async () => {
			narrow({ graceTime: 1 });
			const [one, other, third] = [enter(models), enter(models), enter(models)];
			await one.load('a');
			const work = await one.begin();
			const impatient = other.session.load(fake('b', { keepAliveMinutes: 9 }), never);
			await until(() => other.session.keepAliveMinutes === 9);
			other.session.leave();
			await assert.rejects(impatient, isAbort);
			const patient = third.load('c');
			await turn();
			assert.deepEqual(stage.events, ['load a']);
			await work.end();
			assert.equal(await patient, 'loaded');
			assert.deepEqual(stage.events, ['load a', 'free a', 'load c']);
		});

		it('keeps a completion model that was just used while a chat model can make room', async () => {
			let time = 0;
			models = hostedOn(stage, 20, { now: () => time });
			const [completion, chat, embedding] = [enter(models), enter(models), enter(models)];
			await chat.load('chat', { role: 'chat' });
			await completion.load('completion');
			await chat.ask();
			await embedding.load('embedding', { role: 'embedding' });
			assert.deepEqual([...stage.loaded], ['completion', 'embedding']);
			await chat.ask();
			assert.deepEqual([...stage.loaded], ['completion', 'chat']);
			time += 70_000;
			await chat.ask();
			await embedding.ask();
			assert.deepEqual([...stage.loaded].sort(), ['completion', 'embedding'], 'the least important goes');
		});

		it('refuses a completion while an answer is written in the chat, and loads it again afterwards', async () => {
			narrow();
			const [completion, chat] = [enter(models), enter(models)];
			await completion.load('completion');
			await chat.load('chat', { role: 'chat' });
			assert.equal(completion.displacedBy, '/models/fake:chat');
			const work = await chat.begin();
			assert.equal(await completion.ask(), 'memory-in-use');
			assert.deepEqual([...stage.loaded], ['chat']);
			const choosing = enter(models);
			const chosen = choosing.load('completion');
			await work.end();
			assert.equal(await chosen, 'loaded', 'who chooses a model waits for it');
			assert.equal(await completion.ask(), 'tokens');
			assert.equal(completion.displacedBy, undefined);
		});

		it('frees it all the same where nothing else can make room', async () => {
			narrow();
			const [completion, chat] = [enter(models), enter(models)];
			await completion.load('completion');
			assert.equal(await chat.load('chat', { role: 'chat' }), 'loaded');
			assert.deepEqual([...stage.loaded], ['chat']);
		});

		it('asks the GPU where the models are there', async () => {
			models = hostedOn(stage, 1_000);
			const [one, other] = [enter(models), enter(models)];
			await one.load('a');
			stage.gpuMemory = 9;
			await other.load('b');
			assert.deepEqual([...stage.loaded], ['b']);
		});

		it('frees the idle ones and tries once more when the engine has no memory', async () => {
			const [one, other, third] = [enter(models), enter(models), enter(models)];
			await one.load('a');
			await other.load('b');
			const work = await other.begin();
			stage.onLoad = async (name) => {
				if (name === 'c' && stage.loaded.has('a')) {
					const problem = { code: 'out-of-memory', message: 'no', remedies: [] };
					throw new ModelUnavailable(problem);
				}
			};
			assert.equal(await third.load('c'), 'loaded');
			assert.deepEqual(stage.events, ['load a', 'load b', 'load c', 'free c', 'free a', 'load c']);
			await work.end();
		});
	});

	describe('keep-alive', () => {
		const soon = { keepAliveMinutes: 20 / 60_000 };

		it('frees a model that is not asked for a while, and loads it again for the next request', async () => {
			const one = enter(models);
			await one.load('a', soon);
			await until(() => stage.events.includes('free a'));
			assert.equal(await one.ask(), 'tokens');
			assert.deepEqual(stage.events, ['load a', 'free a', 'load a']);
			assert.deepEqual(one.residence, ['unloaded', 'reloading', 'loaded']);
		});

		it('keeps it for whoever wants it for longest, and while it is busy', async () => {
			mock.timers.enable({ apis: ['setTimeout'] });
			const [one, other] = [enter(models), enter(models)];
			await one.load('a', soon);
			await other.load('a', { keepAliveMinutes: 0 });
			mock.timers.tick(1_000);
			await turn();
			assert.deepEqual(stage.events, ['load a']);
			const work = await one.begin();
			other.session.leave();
			mock.timers.tick(1_000);
			await turn();
			assert.deepEqual(stage.events, ['load a']);
			await work.end();
			mock.timers.tick(20);
			await until(() => stage.events.includes('free a'));
		});

		it('goes on loading for the others when one request does not wait any longer', async () => {
			const [one, other] = [enter(models), enter(models)];
			await one.load('a', soon);
			await other.load('a', soon);
			await until(() => stage.events.includes('free a'));
			let open: () => void = () => undefined;
			stage.onLoad = () =>
				new Promise<void>((resolve) => {
					open = resolve;
				});
			const controller = new AbortController();
			const impatient = one.ask(controller.signal);
			const patient = other.ask();
			await until(() => stage.events.length === 3);
			controller.abort(new DOMException('', 'AbortError'));
			await assert.rejects(impatient, isAbort);
			open();
			assert.equal(await patient, 'tokens');
			assert.deepEqual(stage.events, ['load a', 'free a', 'load a']);
		});

		it('refuses requests with the problem when it cannot come back, and does not try at each of them', async () => {
			let time = 0;
			models = hostedOn(stage, undefined, { now: () => time });
			const one = enter(models);
			await one.load('a', soon);
			await until(() => stage.events.includes('free a'));
			stage.onLoad = async () => {
				throw new ModelUnavailable({ code: 'odd', message: 'no', remedies: [] });
			};
			assert.equal(await one.ask(), 'odd');
			assert.equal(await one.ask(), 'odd');
			assert.deepEqual(one.residence, ['unloaded', 'reloading', 'unloaded']);
			assert.deepEqual(stage.events, ['load a', 'free a', 'load a', 'free a']);
			stage.onLoad = async () => undefined;
			time += 10_000;
			assert.equal(await one.ask(), 'tokens');
		});

		it('refuses them where the file is another one by then', async () => {
			const file = path.join(folder, 'fake:file.gguf');
			fs.writeFileSync(file, 'one');
			const one = enter(models);
			await one.load('', { path: file, ...soon });
			await until(() => stage.events.includes('free file'));
			fs.writeFileSync(file, 'another');
			assert.equal(await one.ask(), 'model-changed');
			assert.equal(await one.load('', { path: file }), 'loaded');
		});

		it('refuses them where its adapters are gone', async () => {
			const one = enter(models);
			const gone = path.join(folder, 'gone');
			await one.load('a', soon);
			await one.session.useAdapters('/models/fake:a', [{ path: `/x/fake:misfit-${gone}`, scale: 1 }], never);
			await until(() => stage.events.includes('free a'));
			fs.writeFileSync(gone, '');
			assert.equal(await one.ask(), 'adapter-unusable');
			fs.rmSync(gone);
			assert.equal(await one.ask(), 'tokens');
		});
	});
});
