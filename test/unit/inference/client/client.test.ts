/** The client against a host with a scripted engine: states, streams, loads, restarts, disposal. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { takeLock } from '../../../../src/inference/client/electionLock';
import { endpointIn } from '../../../../src/inference/client/endpoint';
import {
	chatOf,
	collect,
	endOf,
	failure,
	fake,
	fakeHostFile,
	fillOf,
	findBuilt,
	isAlive,
	never,
	pidOf,
	readyModel,
	said,
	type TestClient,
	testClient,
} from '../../../support/fakeHost';

describe('ModelClient', () => {
	let test: TestClient;
	const start = (options?: Parameters<typeof testClient>[0]) => {
		test = testClient(options);
		return test.client;
	};
	afterEach(() => test.dispose());

	it('goes from none over starting and loading to ready, and to none again', async () => {
		const client = start();
		assert.deepEqual(client.state, { type: 'none' });
		await client.load(fake('ok', { contextSize: 77 }), never);
		assert.equal(readyModel(client.state).contextSize, 77);
		const pid = pidOf(client);
		assert.deepEqual(
			test.states.map((state) => (state.type === 'loading' ? state.progress : state.type)),
			['starting', 'starting', 0, 0.5, 1, 'ready'],
		);
		await client.load(undefined, never);
		assert.deepEqual(client.state, { type: 'none' });
		assert.ok(!isAlive(pid));
	});

	it('streams text, answers questions, and hands on what is unsupported', async () => {
		const client = start();
		await client.load(fake('ok'), never);
		assert.deepEqual(await collect(client.fill(fillOf('say 200'), never)), {
			text: said(200),
			end: 'end-of-text',
		});
		assert.deepEqual(await collect(client.chat(chatOf('say 3'), never)), {
			text: said(3),
			end: 'end-of-text',
		});
		assert.deepEqual(await collect(client.fill(fillOf('none'), never)), { text: '', end: 'unsupported' });
		assert.deepEqual((await client.tokenize('aé😀', never)).type, 'tokens');
		assert.deepEqual(await client.embed('a', never), { type: 'unsupported', reason: 'no embeddings' });
		assert.deepEqual(await client.score({ context: '', text: 'a', priority: 'background' }, never), {
			type: 'scores',
			logProbabilities: [-0.5, -1],
		});
	});

	it('hands on what a stream says of its prompt and of each piece, and evaluates prompts alone', async () => {
		const client = start();
		await client.load(fake('ok'), never);
		const events = [];
		for await (const event of client.fill(fillOf('say 2 slow 1'), never)) {
			events.push(event);
		}
		const [first, ...others] = events;
		const promptTokens = 'say 2 slow 1'.length;
		assert.deepEqual(first, { type: 'prefilled', promptTokens, reusedTokens: 1, prefillMilliseconds: 0 });
		const pieces = others.filter((event) => event.type === 'text');
		const sum = (of: (piece: (typeof pieces)[number]) => number | undefined) =>
			pieces.reduce((sum, piece) => sum + (of(piece) ?? Number.NaN), 0);
		assert.deepEqual([sum((piece) => piece.tokens), sum((piece) => piece.logProbability)], [2, -1]);
		assert.deepEqual(await client.prefill(fillOf('say 3'), never), {
			type: 'prefilled',
			promptTokens: 5,
			reusedTokens: 3,
			milliseconds: 0,
		});
		assert.deepEqual(await client.prefill(fillOf('none'), never), {
			type: 'unsupported',
			reason: 'cannot fill',
		});
		// A prompt that is read ahead makes way for one at the cursor: those who know that try again, or let it be.
		await assert.rejects(client.prefill(fillOf('giveUp'), never), { name: 'AbortError' });
		await assert.rejects(client.prefill(fillOf('hang'), AbortSignal.timeout(10)), { name: 'AbortError' });
	});

	it('serves several generations at once without mixing them', async () => {
		const client = start();
		await client.load(fake('ok'), never);
		const answers = await Promise.all(
			[3, 50, 0, 20].map((count) => collect(client.fill(fillOf(`say ${count} slow 1`), never))),
		);
		assert.deepEqual(
			answers.map((answer) => answer.text),
			[3, 50, 0, 20].map(said),
		);
	});

	it('makes a request wait for a model that is still loading', async () => {
		const client = start();
		const load = client.load(fake('ok'), never);
		assert.equal((await collect(client.fill(fillOf('say 2'), never))).text, said(2));
		await load;
	});

	it('makes a request wait for the next model where another one is chosen the moment that it would be asked', async () => {
		const client = start();
		const load = client.load(fake('ok'), never);
		const answer = collect(client.fill(fillOf('say 2'), never));
		const next = new Promise<void>((resolve) => {
			const subscription = client.onDidChangeState(({ type }) => {
				if (type === 'ready') {
					subscription.dispose();
					resolve(client.load(fake('ok', { contextSize: 77 }), never));
				}
			});
		});
		assert.deepEqual(await answer, { text: said(2), end: 'end-of-text' });
		await Promise.all([load, next]);
		assert.equal(readyModel(client.state).contextSize, 77);
	});

	it('refuses requests without a model, and with one that failed, as ModelUnavailable', async () => {
		const client = start();
		assert.equal((await collect(client.fill(fillOf('say 1'), never))).end, 'no-model');
		await client.load(fake('refuse'), never);
		assert.equal(failure(client.state).code, 'out-of-memory');
		assert.equal((await collect(client.fill(fillOf('say 1'), never))).end, 'out-of-memory');
		assert.equal(client.hostPid, undefined);
	});

	it('names the file when the engine fails in an unforeseen way', async () => {
		const client = start();
		await client.load(fake('throw'), never);
		assert.equal(failure(client.state).code, 'model-load-failed');
		assert.match(failure(client.state).message, /fake:throw.*something odd/);
	});

	it('passes an unforeseen error of a generation on and keeps the host', async () => {
		const client = start();
		await client.load(fake('ok'), never);
		const pid = pidOf(client);
		assert.deepEqual(await collect(client.fill(fillOf('say 1 throw'), never)), { text: 't0 ', end: 'Error' });
		assert.equal((await collect(client.fill(fillOf('say 1'), never))).text, 't0 ');
		assert.equal(pidOf(client), pid);
	});

	it('says so when what starts the host cannot be read, and starts it when it can be again', async () => {
		let isThere = false;
		const client = start({
			readSupervisor: () =>
				isThere
					? import('../../../../src/inference/client/supervisor')
					: Promise.reject(new Error("Cannot find module './supervisor.js'\nRequire stack:\n- extension.js")),
		});
		await client.load(fake('ok'), never);
		const { code, message, remedies } = failure(client.state);
		assert.equal(code, 'host-start-failed');
		assert.match(message, /^The model cannot be started: .*supervisor\.js'\. Reload the window/);
		assert.deepEqual(remedies, ['restart', 'show-log']);
		assert.equal((await collect(client.fill(fillOf('say 1'), never))).end, 'host-start-failed');
		isThere = true;
		await client.restart();
		assert.equal((await collect(client.fill(fillOf('say 1'), never))).text, said(1));
	});

	it('starts a host once more that is late, with more time, and gives up when that one is late, too', async () => {
		const client = start({ hostFile: findBuilt('silentHost.entry.mjs'), limits: { start: 100 } });
		const lateOnce = path.join(test.folder, 'lateOnce.mjs');
		await client.load(fake('ok'), never);
		assert.equal(failure(client.state).code, 'host-start-failed');
		assert.match(failure(client.state).message, /it did not answer within 300 ms/);
		await test.dispose();

		const patient = start({ hostFile: lateOnce, limits: { start: 3_000 } });
		fs.mkdirSync(path.dirname(lateOnce));
		fs.writeFileSync(
			lateOnce,
			`import * as fs from 'node:fs';
			const mark = process.argv[2] + '.late';
			if (fs.existsSync(mark)) {
				await import(${JSON.stringify(pathToFileURL(fakeHostFile).href)});
			} else {
				fs.writeFileSync(mark, '');
				setInterval(() => undefined, 1_000);
			}`,
		);
		await patient.load(fake('ok'), never);
		assert.equal(readyModel(patient.state).backend, 'cpu');
		assert.ok(
			test.lines.includes(
				'warn The model host did not answer within 3000 ms: it is started once more, and given more time',
			),
		);
		fs.rmSync(path.dirname(lateOnce), { recursive: true });
	});

	it('tells what a start waits for, and logs what each stage took', async () => {
		const client = start();
		const folder = path.join(test.folder, 'host');
		fs.mkdirSync(folder, { mode: 0o700 });
		const lock = await takeLock(endpointIn(folder).lockFile);
		const loading = client.load(fake('ok'), never);
		const isWaiting = () =>
			/^waiting for a model host that somebody else starts for \d+ ms$/.test(client.waitsFor ?? '');
		while (!isWaiting()) {
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
		await lock?.release();
		await loading;
		assert.equal(client.waitsFor, undefined);
		const time = String.raw`\d+(\.\d)? m?s`;
		const stages = [
			'looking for a model host',
			'waiting for a model host that somebody else starts',
			String.raw`starting the model host \d+`,
			'loading',
			'loading adapters',
		];
		const whole = new RegExp(
			`is ready on cpu \\(${stages.map((stage) => `${stage} ${time}`).join(', ')}\\)$`,
		);
		assert.ok(
			test.lines.some((line) => whole.test(line)),
			test.lines.join('\n'),
		);
	});

	it('sends no request that the host would drop for its size', async () => {
		const client = start();
		await client.load(fake('ok'), never);
		const large = '\u0000'.repeat(1_900_000);
		assert.equal((await collect(client.fill({ ...fillOf('say 1'), suffix: large }, never))).text, 't0 ');
		const answer = await client.tokenize('a'.repeat(2_000_001), never);
		assert.equal(answer.type, 'unsupported');
		assert.equal((await collect(client.fill({ ...fillOf(large), suffix: large }, never))).end, 'unsupported');
	});

	it('takes the same load twice for one, and a load that is aborted for none', async () => {
		const client = start();
		await Promise.all([client.load(fake('ok'), never), client.load(fake('ok'), never)]);
		const pid = pidOf(client);
		await client.load(fake('ok'), never);
		assert.equal(pidOf(client), pid);

		const controller = new AbortController();
		const load = client.load(fake('never'), controller.signal);
		client.onDidChangeState((state) => {
			if (state.type === 'loading' && state.path.endsWith('never')) {
				controller.abort();
			}
		});
		await assert.rejects(load, { name: 'AbortError' });
		assert.equal(client.state.type, 'none');
	});

	it('loads what is asked for again at once when the first to ask gives up', async () => {
		const client = start();
		const controller = new AbortController();
		const first = client.load(fake('ok'), controller.signal);
		controller.abort();
		const second = client.load(fake('ok'), never);
		await assert.rejects(first, { name: 'AbortError' });
		await second;
		assert.equal(client.state.type, 'ready');
	});

	it('unloads what is loading when the last one who waits for it gives up, and not before', async () => {
		const client = start();
		const [one, other] = [new AbortController(), new AbortController()];
		const loads = [one, other].map(({ signal }) => client.load(fake('ok'), signal));
		one.abort();
		await assert.rejects(loads[0] ?? assert.fail(), { name: 'AbortError' });
		assert.notEqual(client.state.type, 'none');
		other.abort();
		await assert.rejects(loads[1] ?? assert.fail(), { name: 'AbortError' });
		assert.equal(client.state.type, 'none');
	});

	it('says when the model has left memory, and when it comes back', async () => {
		const client = start();
		const residence = (wanted: string | undefined) =>
			new Promise<void>((resolve) => {
				client.onDidChangeState((state) => {
					if (state.type === 'ready' && state.residence === wanted) {
						resolve();
					}
				});
			});
		const left = residence('unloaded');
		await client.load(fake('ok', { keepAliveMinutes: 20 / 60_000 }), never);
		await left;
		const [comes, is] = [residence('reloading'), residence(undefined)];
		const call = client.useAdapters([good], never);
		await Promise.all([comes, is, call]);
		await residence('unloaded');
		assert.deepEqual(readyModel(client.state).adapters, [good]);
	});

	it('keeps the last of several loads', async () => {
		const client = start();
		const loads = ['never', 'never2', 'ok'].map((name) => client.load(fake(name), never));
		await Promise.all(loads);
		assert.equal(readyModel(client.state).path, fake('ok').path);
	});

	const good = { path: '/adapters/good', scale: 1 };
	const better = { path: '/adapters/better', scale: 0.5 };
	/** The fake engine ends with `length` where adapters are in use. */
	const endOfFill = async () => (await collect(test.client.fill(fillOf('say 1'), never))).end;

	it('gives the adapters to a restarted host, whether it was asked to end or crashed', async () => {
		const client = start();
		await client.load(fake('ok'), never);
		const both = [good, better];
		assert.deepEqual(await client.useAdapters(both, never), { type: 'adapters', adapters: both });
		assert.equal(await endOfFill(), 'length');
		await client.restart();
		assert.equal(await endOfFill(), 'length');
		const marker = path.join(test.folder, 'crashed');
		assert.equal((await collect(client.fill(fillOf(`say 1 abort once ${marker}`), never))).end, 'length');
		assert.deepEqual(readyModel(client.state).adapters, both);
		assert.deepEqual(await client.useAdapters([], never), { type: 'adapters', adapters: [] });
		assert.equal(await endOfFill(), 'end-of-text');
		assert.deepEqual(readyModel(client.state).adapters, []);
	});

	it('gives those of chat to a restarted host, too, and keeps them apart', async () => {
		const client = start();
		await client.load(fake('ok'), never);
		const endOfChat = async () => (await collect(client.chat(chatOf('say 1'), never))).end;
		await client.useChatAdapters([good], never);
		assert.deepEqual([await endOfFill(), await endOfChat()], ['end-of-text', 'length']);
		await client.useAdapters([better], never);
		await client.restart();
		assert.deepEqual([await endOfFill(), await endOfChat()], ['length', 'length']);
		const { adapters, chatAdapters } = readyModel(client.state);
		assert.deepEqual([adapters, chatAdapters], [[better], [good]]);
		await client.useAdapters([], never);
		assert.deepEqual([await endOfFill(), await endOfChat()], ['end-of-text', 'length']);
		await client.useChatAdapters([], never);
		assert.equal(await endOfChat(), 'end-of-text');
	});

	it('encodes and scores conversations, within limits', async () => {
		const client = start();
		await client.load(fake('ok'), never);
		const messages = [
			{ role: 'user', content: 'A' },
			{ role: 'assistant', content: 'B' },
		] as const;
		assert.deepEqual(await client.encodeChats({ chats: [{ messages }], maxTokens: 9 }, never), {
			type: 'encodedChats',
			chats: [{ tokens: [1, 65, 2, 1, 66, 2], answers: [[4, 6]] }],
		});
		const scored = await client.scoreChats({ chats: [{ messages }], maxTokens: 9, adapters: [good] }, never);
		assert.ok(scored.type === 'chatScores' && scored.chats[0]?.length === 2);
		const many = Array.from({ length: 10_001 }, () => ({ messages: [] }));
		const refused = await client.encodeChats({ chats: many, maxTokens: 9 }, never);
		assert.ok(refused.type === 'unsupported' && /10001 samples; at most 10000/.test(refused.reason));
		const content = 'a'.repeat(2_000_001);
		const long = await client.scoreChats(
			{ chats: [{ messages: [{ role: 'user', content }] }], maxTokens: 9 },
			never,
		);
		assert.ok(long.type === 'unsupported' && /2000001 characters/.test(long.reason));
	});

	it('keeps the adapters in use when others do not fit or crash the host', async () => {
		const client = start();
		await client.load(fake('ok'), never);
		await client.useAdapters([good], never);
		assert.deepEqual(await client.useAdapters([good, { path: 'fake:misfit', scale: 1 }], never), {
			type: 'unsupported',
			reason: 'It does not fit.',
		});
		assert.deepEqual(readyModel(client.state).adapters, [good]);
		await assert.rejects(client.useAdapters([{ path: 'fake:abort', scale: 1 }], never), {
			name: 'ModelUnavailable',
			message: 'The model host crashed twice on this request, so it is not sent again.',
		});
		assert.equal(await endOfFill(), 'length');
		assert.deepEqual(readyModel(client.state).adapters, [good]);
	});

	for (const [fault, line] of [
		['misfit', /cannot be used any more: It does not fit\./],
		['abort', /crashed the model host and will not be used/],
	] as const) {
		it(`goes on without adapters that a restarted host cannot use any more, and logs why: ${fault}`, async () => {
			const client = start();
			await client.load(fake('ok'), never);
			const marker = path.join(test.folder, 'marker');
			const adapter = { path: `/adapters/fake:${fault}-${marker}`, scale: 1 };
			assert.equal((await client.useAdapters([good, adapter], never)).type, 'adapters');
			fs.writeFileSync(marker, '');
			await client.restart();
			assert.deepEqual(readyModel(client.state).adapters, []);
			assert.equal(await endOfFill(), 'end-of-text');
			assert.match(test.lines.join('\n'), line);
		});
	}

	it('does not use adapters with a model that was chosen meanwhile', async () => {
		const client = start();
		await client.load(fake('ok'), never);
		const before = client.load(fake('other'), never);
		const call = client.useAdapters([good], never);
		const after = client.load(fake('ok'), never);
		const answer = await call;
		assert.ok(answer.type === 'unsupported' && answer.reason.includes('meant for fake:other'));
		await Promise.all([before, after]);
		assert.deepEqual(readyModel(client.state).adapters, []);
		assert.equal(await endOfFill(), 'end-of-text');
	});

	it('encodes samples and inspects adapters, within limits', async () => {
		const client = start();
		await client.load(fake('ok'), never);
		const { maxTokens: _, leftToRight: __, priority: ___, ...pieces } = fillOf('P');
		const fills = [{ ...pieces, middle: 'M', ends: true }];
		assert.deepEqual(await client.encode({ fills, plains: [] }, never), {
			type: 'encoded',
			fills: [{ tokens: [1, 80, 2, 3, 77, 4], typedStart: 4, middleStart: 4 }],
			plains: [],
		});
		assert.deepEqual(await client.scoreFills({ fills, priority: 'background' }, never), {
			type: 'scored',
			fills: [{ logProbabilities: [-1, -1] }],
		});
		const tooMany = Array.from({ length: 10_001 }, () => ({ ...pieces, middle: '', ends: true }));
		const refused = await client.scoreFills({ fills: tooMany, priority: 'background' }, never);
		assert.ok(refused.type === 'unsupported' && /10001 samples; at most 10000/.test(refused.reason));
		const inspected = await client.inspectAdapter('/a.gguf', never);
		assert.ok(inspected.type === 'facts' && inspected.facts.name === '/a.gguf');
		const plains = Array.from({ length: 10_001 }, () => ({ text: '', maxTokens: 1 }));
		const many = await client.encode({ fills: [], plains }, never);
		assert.ok(many.type === 'unsupported' && /10001 samples; at most 10000/.test(many.reason));
		const text = 'a'.repeat(2_000_001);
		const long = await client.encode({ fills: [], plains: [{ text, maxTokens: 1 }] }, never);
		assert.ok(long.type === 'unsupported' && /2000001 characters/.test(long.reason));
	});

	it('restarts on request with a new process', async () => {
		const client = start();
		await client.load(fake('ok'), never);
		const pid = pidOf(client);
		await client.restart();
		assert.equal(client.state.type, 'ready');
		assert.notEqual(pidOf(client), pid);
		assert.ok(!isAlive(pid));
	});

	it('says why a host cannot start, and where to set another Node', async () => {
		const cases = [
			{ nodePath: () => '/nowhere/node', message: /ENOENT/ },
			{ nodePath: () => process.execPath, hostFile: '/nowhere/host.mjs', message: /code 1\. .*last words/s },
		];
		for (const { message, ...options } of cases) {
			const client = start(options);
			await client.load(fake('ok'), never);
			const problem = failure(client.state);
			assert.equal(problem.code, 'host-start-failed');
			assert.ok(problem.remedies.includes('set-node-path'));
			assert.match(problem.message, message);
			await test.dispose();
		}
	});

	it('ends the process on dispose, also while it loads, and leaves no file', async () => {
		for (const behaviour of ['ok', 'never']) {
			const client = start();
			const load = client.load(fake(behaviour), never);
			const pid = await new Promise<number>((resolve) => {
				client.onDidChangeState((state) => {
					if (state.type === 'ready' || state.type === 'loading') {
						resolve(Number(/Model host (\d+)/.exec(test.lines.join('\n'))?.[1]));
					}
				});
			});
			const fill = collect(client.fill(fillOf('say 1000 slow 10'), never));
			await client.dispose();
			await client.dispose();
			assert.ok(!isAlive(pid), 'the host is gone');
			assert.equal((await fill).end, 'AbortError');
			await load;
			assert.deepEqual(fs.readdirSync(path.join(test.folder, 'host')), []);
			await assert.rejects(client.load(fake('ok'), never), { name: 'AbortError' });
			assert.equal(endOf(await client.tokenize('a', never).catch((error: unknown) => error)), 'AbortError');
			await test.dispose();
		}
	});
});
