/** Servers that are away, slow, wrong or hostile: each request settles with a reason, and a server that is back is used again. */
import * as assert from 'node:assert/strict';
import { english } from '../../../../src/finetune/job/english';
import type { ChatRequest } from '../../../../src/inference/model';
import { readAddress } from '../../../../src/inference/remote/address';
import { Connection } from '../../../../src/inference/remote/connection';
import type { OpenRemoteOptions } from '../../../../src/inference/remote/open';
import type { RemoteModel } from '../../../../src/inference/remote/remoteModel';
import { makeCertificate } from '../../../support/certificate';
import { hear, remoteModel, settled, until } from '../../../support/remoteModels';
import {
	type Answer,
	delta,
	events,
	json,
	KINDS,
	type Routes,
	raw,
	ScriptedServer,
} from '../../../support/scriptedServer';
import { recordingLog } from '../../../support/silentLog';

const never = new AbortController().signal;
const PATH = '/v1/chat/completions';
const chat: ChatRequest = {
	messages: [{ role: 'user', content: 'the prompt of somebody' }],
	maxTokens: 100,
	temperature: 0,
	priority: 'background',
};
/** Milliseconds. */
const quick = { connect: 2_000, first: 60, between: 60 };
const limits = { ask: quick, fill: quick, chat: quick };
/** Less than six beats of 200 ms take, and more than a loaded machine keeps one of them back. */
const patient = { ...quick, first: 1_000, between: 1_000 };

describe('inference/remote: faults', () => {
	let server: ScriptedServer;
	const models: RemoteModel[] = [];
	afterEach(async () => {
		await Promise.all(models.splice(0).map((model) => model.dispose()));
		await server.stop();
	});

	function connect(changes: Partial<OpenRemoteOptions> = {}): RemoteModel {
		const model = remoteModel(server.url, { role: 'chat', key: async () => 'k3y-of-mine', ...changes });
		models.push(model);
		return model;
	}

	async function open(routes: Routes, changes: Partial<OpenRemoteOptions> = {}): Promise<RemoteModel> {
		server = await ScriptedServer.start({ ...KINDS.other, ...routes });
		return connect(changes);
	}

	/** To the server, without a model. */
	function connection(): Connection {
		const read = readAddress(server.url, english);
		assert.ok(read.type === 'address');
		const { address } = read;
		return new Connection({
			address,
			key: undefined,
			strictTls: () => true,
			agent: 'test',
			translate: english,
		});
	}

	const answers = (answer: Answer, changes: Partial<OpenRemoteOptions> = {}) =>
		open({ [`POST ${PATH}`]: answer }, changes);

	/** What the chat is told. */
	async function problemOf(model: RemoteModel) {
		const error: unknown = await hear(model.chat(chat, never)).then(
			() => undefined,
			(failure: unknown) => failure,
		);
		assert.ok(error instanceof Error && error.name === 'ModelUnavailable', String(error));
		assert.ok('problem' in error);
		const { problem } = error as { problem: { code: string; message: string; remedies: readonly string[] } };
		assert.match(problem.message, /127\.0\.0\.1:\d+/);
		assert.doesNotMatch(problem.message, /k3y-of-mine|the prompt/);
		assert.ok(problem.remedies.includes('disconnect-server'));
		return problem;
	}

	for (const [status, code, message] of [
		[401, 'server-key', /does not accept the key/],
		[403, 'server-key', /does not allow this/],
		[404, 'server-missing', /no such model/],
		[429, 'server-busy', /too many requests/],
		[500, 'server-broken', /failed \(status 500\)/],
		[503, 'server-busy', /is not ready/],
		[400, 'server-refused', /refuses/],
	] as const) {
		it(`explains status ${status}, with what the server says, without the key`, async () => {
			const said = json({ error: { message: 'because of k3y-of-mine' } }, status);
			const model = await answers(said);
			await settled(model);
			const problem = await problemOf(model);
			assert.equal(problem.code, code);
			assert.match(problem.message, message);
			assert.match(problem.message, /It says: because of …/);
		});
	}

	it('goes after no redirect, and gives the key to nobody else', async () => {
		const other = await ScriptedServer.start({});
		try {
			const model = await open({
				'GET /v1/models': (response) => {
					response.writeHead(307, { location: `${other.url}/v1/models` });
					response.end();
				},
			});
			const state = await settled(model);
			assert.ok(state.type === 'failed' && state.problem.code === 'server-address');
			assert.match(state.problem.message, /redirects to another address/);
			assert.equal(other.seen.length, 0);
		} finally {
			await other.stop();
		}
	});

	it('waits for the first byte as long as it may', async () => {
		const model = await answers(() => undefined, { limits });
		await settled(model);
		assert.equal((await problemOf(model)).code, 'server-silent');
		assert.equal(await server.asked(PATH)[0]?.left, true);
	});

	it('waits between two pieces as long as it may', async () => {
		const model = await answers(
			(response) => {
				response.writeHead(200);
				response.write(`data: ${JSON.stringify(delta({ content: 'a' }))}\n\n`);
			},
			{ limits },
		);
		await settled(model);
		assert.equal((await problemOf(model)).code, 'server-silent');
	});

	it('is kept awake by comments', async () => {
		const model = await answers(
			async (response) => {
				response.writeHead(200);
				for (let beat = 0; beat < 6; beat++) {
					response.write(': keep-alive\n\n');
					await new Promise((resolve) => setTimeout(resolve, 200));
				}
				response.end(`data: ${JSON.stringify(delta({ content: 'late' }, 'stop'))}\n\n`);
			},
			{ limits: { ...limits, chat: patient } },
		);
		await settled(model);
		assert.equal((await hear(model.chat(chat, never))).text, 'late');
	});

	for (const [name, answer, code] of [
		[
			'a connection that breaks off in an answer',
			(response) => {
				response.writeHead(200);
				response.write(`data: ${JSON.stringify(delta({ content: 'a' }))}\n\n`, () => response.destroy());
			},
			'server-away',
		],
		['an answer that just ends', events(delta({ content: 'a' })), 'server-away'],
		['an answer that is no JSON', raw('data: <html>\n\n'), 'server-broken'],
		[
			'a failure in the middle',
			events(delta({ content: 'a' }), { error: { message: 'out of memory' } }),
			'server-broken',
		],
		[
			'a call that is no JSON',
			events(delta({ tool_calls: [{ index: 0, function: { name: 'f', arguments: '{' } }] }, 'stop')),
			'server-broken',
		],
		['a line that never ends', raw('data: ', Buffer.alloc(5 << 20, 0x61)), 'server-broken'],
	] as const satisfies readonly (readonly [string, Answer, string])[]) {
		it(`settles ${name}`, async () => {
			const model = await answers(answer);
			await settled(model);
			assert.equal((await problemOf(model)).code, code);
		});
	}

	it('is no server that shows a page instead of models', async () => {
		const model = await open({ 'GET /v1/models': raw('<!doctype html>') });
		const state = await settled(model);
		assert.ok(state.type === 'failed' && state.problem.code === 'server-broken');
		assert.match(state.problem.message, /Is it the address of a model server/);
	});

	it('asks once more over a connection that was kept too long', async () => {
		let isFirst = true;
		const model = await answers((response, seen) => {
			if (isFirst) {
				isFirst = false;
				response.socket?.destroy();
				return;
			}
			events(delta({ content: 'b' }, 'stop'))(response, seen);
		});
		await settled(model);
		assert.equal((await hear(model.chat(chat, never))).text, 'b');
		assert.equal(server.asked(PATH).length, 2);
	});

	it('closes the connection when nobody waits any more', async () => {
		const model = await answers((response) => {
			response.writeHead(200);
			response.write(`data: ${JSON.stringify(delta({ content: 'a' }))}\n\n`);
		});
		await settled(model);
		const controller = new AbortController();
		await assert.rejects(
			async () => {
				for await (const event of model.chat(chat, controller.signal)) {
					assert.equal(event.type, 'text');
					controller.abort();
				}
			},
			{ name: 'AbortError' },
		);
		assert.equal(await server.asked(PATH)[0]?.left, true);
		// Whoever leaves the loop wants no more either.
		for await (const _ of model.chat(chat, never)) {
			break;
		}
		assert.equal(await server.asked(PATH)[1]?.left, true);
		assert.equal(model.state.type, 'ready');
	});

	it('ends what is under way with it', async () => {
		const model = await answers(() => undefined);
		await settled(model);
		const answer = assert.rejects(hear(model.chat(chat, never)), { name: 'AbortError' });
		await model.dispose();
		await answer;
		assert.equal(model.state.type, 'none');
	});

	it('is back by itself when the server is, and asks at once when somebody wants something', async () => {
		const model = await answers(events(delta({ content: 'a' }, 'stop')));
		await settled(model);
		const { port } = server;
		await server.stop();
		const problem = await problemOf(model);
		assert.equal(problem.code, 'server-away');
		assert.match(problem.message, /cannot be reached \(ECONNREFUSED\)/);
		await until(model, 'failed');
		server = await ScriptedServer.start(
			{ ...KINDS.other, [`POST ${PATH}`]: events(delta({ content: 'b' }, 'stop')) },
			undefined,
			port,
		);
		await until(model, 'ready');
		assert.equal((await hear(model.chat(chat, never))).text, 'b');
		// With an hour between its own questions.
		const patient = connect({ delays: [3_600_000] });
		await settled(patient);
		await server.stop();
		await problemOf(patient);
		await until(patient, 'failed');
		server = await ScriptedServer.start(
			{ ...KINDS.other, [`POST ${PATH}`]: events(delta({ content: 'c' }, 'stop')) },
			undefined,
			port,
		);
		assert.equal((await hear(patient.chat(chat, never))).text, 'c');
	});

	it('waits for a model that is being loaded', async () => {
		let isLoaded = false;
		const loading = json({ error: { message: 'Loading model', code: 503 } }, 503);
		const model = await open({
			'GET /v1/models': (response, seen) =>
				(isLoaded ? KINDS.other['GET /v1/models'] : loading)(response, seen),
		});
		const state = await settled(model);
		assert.ok(state.type === 'failed' && state.problem.code === 'server-busy');
		isLoaded = true;
		await until(model, 'ready');
	});

	it('does not try a wrong key again', async () => {
		const model = await open({ 'GET /v1/models': json({ error: 'no' }, 401) });
		await settled(model);
		for (let request = 0; request < 3; request++) {
			assert.equal((await problemOf(model)).code, 'server-key');
		}
		assert.equal(server.seen.length, 1);
	});

	it('sends nothing twice to a server that dies of it', async () => {
		server = await ScriptedServer.start({
			'POST /x': (response) => {
				response.destroy();
			},
		});
		await assert.rejects(connection().json({ path: '/x', body: {}, limits: 'ask' }, never), /ECONNRESET/);
		assert.equal(server.seen.length, 1);
	});

	it('ends what is read ahead for whoever waits at the cursor', async () => {
		const model = await open({ ...KINDS.llamaServer }, { role: 'completion' });
		await settled(model);
		const request = {
			repository: undefined,
			path: '',
			files: [],
			prefix: 'a',
			typed: '',
			suffix: '',
			maxTokens: 4,
			maxPromptTokens: 100,
			leftToRight: false,
		};
		const end = { content: 'x', stop: true, stop_type: 'limit' };
		server.routes = {
			...server.routes,
			'POST /infill': (response, seen) =>
				seen.body['n_predict'] === 0 ? undefined : events(end)(response, seen),
		};
		const ahead = assert.rejects(model.prefill({ ...request, priority: 'background' }, never), {
			name: 'AbortError',
		});
		while (server.asked('/infill').length < 2) {
			await new Promise((resolve) => setImmediate(resolve));
		}
		assert.equal((await hear(model.fill({ ...request, priority: 'interactive' }, never))).text, 'x');
		await ahead;
	});

	it('trusts no certificate that nobody trusts, and the one that is trusted', async () => {
		const { key, cert } = makeCertificate(['127.0.0.1']);
		server = await ScriptedServer.start(KINDS.other, { key, cert });
		const state = await settled(connect());
		assert.ok(state.type === 'failed' && state.problem.code === 'server-address');
		assert.match(state.problem.message, /certificate of .* is not trusted/);
		assert.equal(server.seen.length, 0);
		assert.equal((await settled(connect({ certificate: cert }))).type, 'ready');
		assert.equal((await settled(connect({ strictTls: () => false }))).type, 'ready');
	});

	it('sends nothing to an address that is not encrypted and not private', async () => {
		server = await ScriptedServer.start(KINDS.other);
		const model = remoteModel('http://models.example.com');
		models.push(model);
		const state = await settled(model);
		assert.ok(state.type === 'failed');
		assert.match(state.problem.message, /without encryption/);
	});

	it('logs neither prompts nor answers nor keys', async () => {
		const log = recordingLog();
		const model = await answers(events(delta({ content: 'an answer' }, 'stop')), { log });
		await hear(model.chat(chat, never));
		server.routes = { [`POST ${PATH}`]: json({ error: 'an answer' }, 500) };
		await problemOf(model);
		await until(model, 'failed');
		assert.ok(log.lines.length > 0);
		assert.doesNotMatch(log.lines.join('\n'), /k3y|prompt of|an answer/);
	});

	it('reads no more of a failure than a sentence may take', async () => {
		server = await ScriptedServer.start({ 'GET /x': raw('x') });
		server.routes = {
			'GET /x': (response) => {
				response.writeHead(500);
				const pour = () => {
					while (!response.destroyed && response.write(Buffer.alloc(65_536, 0x61))) {}
				};
				response.on('drain', pour);
				pour();
			},
		};
		await assert.rejects(connection().json({ path: '/x', limits: 'ask' }, never), /failed \(status 500\)/);
		assert.equal(await server.seen[0]?.left, true);
	});
});
