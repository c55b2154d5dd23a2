/** The local API against whoever means harm, or does not know better. */
import * as assert from 'node:assert/strict';
import { once } from 'node:events';
import * as net from 'node:net';
import * as os from 'node:os';
import { newToken } from '../../../../src/inference/serve/token';
import { ApiServer, errorOf, eventsIn, told } from '../../../support/apiServer';
import { deferred, FakeModel } from '../../../support/fakeModel';

const CHAT = '/v1/chat/completions';
const hello = { messages: [{ role: 'user', content: 'Hello' }] };

describe('local API', () => {
	let model: FakeModel;
	let api: ApiServer;

	beforeEach(async () => {
		model = new FakeModel();
		model.onChat = () => 'Hi';
		api = await new ApiServer(model).start();
	});
	afterEach(() => api.close());

	it('tells anybody on this machine whether it is ready, and nothing else', async () => {
		assert.deepEqual((await api.get('/health', { authorization: undefined })).body, { status: 'ok' });
		model.change({ type: 'loading', path: '/home/somebody/secret.gguf', progress: 0.5 });
		const loading = await api.get('/v1/health', { authorization: undefined });
		assert.equal(errorOf(loading).status, 503);
		assert.doesNotMatch(loading.text, /somebody/);
	});

	it('answers nobody without the token, with another one, or with one that was renewed', async () => {
		const old = `Bearer ${api.token}`;
		const wrong = [
			undefined,
			'',
			'Bearer',
			'Bearer ',
			`Bearer ${newToken()}`,
			api.token,
			`Basic ${api.token}`,
			`${old}x`,
		];
		for (const authorization of wrong) {
			for (const path of [CHAT, '/v1/completions', '/v1/embeddings', '/infill', '/tokenize', '/nothing']) {
				const { status, code, type } = errorOf(await api.post(path, hello, { authorization }));
				assert.deepEqual(
					[status, code, type],
					[401, 'invalid_api_key', 'authentication_error'],
					`${path} ${authorization}`,
				);
			}
			for (const path of ['/v1/models', '/props', '/v1/models/fake']) {
				assert.equal((await api.get(path, { authorization })).status, 401);
			}
		}
		assert.equal((await api.post(CHAT, hello, { authorization: old })).status, 200);
		api.token = newToken();
		const refused = await api.post(CHAT, hello, { authorization: old });
		assert.equal(refused.headers['www-authenticate'], 'Bearer');
		assert.equal(refused.status, 401);
		assert.equal(model.chats.length, 1);
	});

	it('writes neither token nor text into the log, and warns once', async () => {
		await api.post(CHAT, hello);
		await api.post(CHAT, hello, { authorization: 'Bearer guess' });
		await api.post(CHAT, hello, { authorization: 'Bearer guess' });
		const log = api.log.lines.join('\n');
		assert.equal(log.match(/^warn/gm)?.length, 1);
		assert.doesNotMatch(log, new RegExp(`Hello|Hi\\b|guess|${api.token}`));
	});

	it('is no page for names that lead here, whatever the port', async () => {
		for (const host of [
			'evil.example',
			'evil.example:80',
			'127.0.0.1.evil.example',
			'localhost.',
			'0.0.0.0',
			'[::]',
			'10.0.0.1',
		]) {
			const { status, code } = errorOf(await api.post(CHAT, hello, { host }));
			assert.deepEqual([status, code], [403, 'wrong_host'], host);
			assert.equal((await api.get('/health', { host })).status, 403, host);
		}
		for (const host of ['localhost', 'LOCALHOST:9999', '127.0.0.1:1', '[::1]:8080']) {
			assert.equal((await api.post(CHAT, hello, { host })).status, 200, host);
		}
		for (const head of ['GET /health HTTP/1.0', 'GET /health HTTP/1.1\r\nHost:\r\nConnection: close']) {
			assert.match(await api.raw(`${head}\r\n\r\n`), /^HTTP\/1\.1 403/);
		}
	});

	it('answers no page in a browser, and allows none', async () => {
		for (const headers of [
			{ origin: 'https://evil.example' },
			{ origin: 'null' },
			{ origin: api.address },
			{ 'sec-fetch-site': 'cross-site' },
		]) {
			const { status, code } = errorOf(await api.post(CHAT, hello, headers));
			assert.deepEqual([status, code], [403, 'browser_refused']);
		}
		const preflight = await told(api.request(CHAT, { origin: 'https://evil.example' }, 'OPTIONS').end());
		assert.equal(preflight.status, 403);
		const answers = [preflight, await api.post(CHAT, hello), await api.get('/health')];
		for (const { headers } of answers) {
			assert.deepEqual(
				Object.keys(headers).filter((name) => name.startsWith('access-control')),
				[],
			);
			assert.equal(headers['x-content-type-options'], 'nosniff');
		}
		assert.equal(model.chats.length, 1);
	});

	it('answers programs that use fetch', async () => {
		const answer = await fetch(`${api.address}${CHAT}`, {
			method: 'POST',
			headers: { authorization: `Bearer ${api.token}` },
			body: JSON.stringify(hello),
		});
		assert.equal(answer.status, 200);
		await answer.text();
	});

	it('cannot be reached from another machine', async () => {
		const outside = Object.values(os.networkInterfaces())
			.flat()
			.find((one) => one?.family === 'IPv4' && !one.internal);
		if (outside !== undefined) {
			const socket = net.connect(Number(new URL(api.address).port), outside.address);
			const [error] = await once(socket, 'error');
			assert.equal(error.code, 'ECONNREFUSED');
		}
	});

	it('says what there is where there is nothing', async () => {
		const missing = errorOf(await api.post('/v1/images/generations', {}));
		assert.equal(missing.status, 404);
		assert.match(missing.message, /POST \/v1\/chat\/completions/);
		assert.equal((await api.get('/../../etc/passwd')).status, 404);
		assert.equal((await api.get('/v1/models/%E0%A4%A')).status, 404);
		const wrong = await api.get(CHAT);
		assert.deepEqual([wrong.status, wrong.headers.allow], [405, 'POST']);
		assert.equal((await api.post(`/${CHAT}/`, hello)).status, 200, 'slashes of a base address');
	});

	it('refuses what is no JSON object', async () => {
		for (const body of [
			'',
			'{',
			'null',
			'[]',
			'"text"',
			'\u0000',
			'{"messages": [}',
			`${'['.repeat(100_000)}`,
		]) {
			assert.equal(errorOf(await api.post(CHAT, body)).status, 400, body.slice(0, 20));
		}
		const packed = await api.post(CHAT, hello, { 'content-encoding': 'gzip' });
		assert.equal(errorOf(packed).status, 415);
	});

	it('refuses JSON that is nested deeper than anybody needs', async () => {
		const deep = `${'{"items":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
		const body = `{"messages":[{"role":"user","content":"a"}],"tools":[{"type":"function","function":{"name":"f","parameters":${deep}}}]}`;
		assert.match(errorOf(await api.post(CHAT, body)).message, /in each other/);
		assert.equal((await api.post(CHAT, hello)).status, 200);
	});

	it('reads no body that is too large, announced or not', async () => {
		await api.close();
		api = await new ApiServer(model, { bytes: 1_000 }).start();
		const large = { messages: [{ role: 'user', content: 'a'.repeat(2_000) }] };
		assert.equal(errorOf(await api.post(CHAT, large)).status, 413);
		const endless = api.request(CHAT, { 'content-length': '999999999999' });
		endless.flushHeaders();
		assert.equal(errorOf(await told(endless)).status, 413);
		endless.destroy();
		const chunked = api.request(CHAT, { 'transfer-encoding': 'chunked' });
		chunked.write('a'.repeat(2_000));
		assert.equal(errorOf(await told(chunked)).status, 413);
		chunked.destroy();
		assert.equal((await api.post(CHAT, hello)).status, 200);
	});

	it('tells the reason to whoever still writes', async () => {
		const body = JSON.stringify({ messages: [{ role: 'user', content: 'a'.repeat(12 * 1024 * 1024) }] });
		assert.equal(errorOf(await api.post(CHAT, body)).status, 413);
		assert.equal(errorOf(await api.post(CHAT, body, { 'transfer-encoding': 'chunked' })).status, 413);
		assert.equal(errorOf(await api.post(CHAT, body, { authorization: 'Bearer old' })).status, 401);
		assert.equal(errorOf(await api.post('/nothing', body)).status, 404);
	});

	it('stops the model when nobody reads the answer', async () => {
		await api.close();
		api = await new ApiServer(model, { unreadMilliseconds: 50 }).start();
		const stopped = deferred();
		const piece = 'a'.repeat(1_000_000);
		model.onChat = () => {
			queueMicrotask(() => model.chats.at(-1)?.signal.addEventListener('abort', () => stopped.resolve()));
			return { steps: Array.from({ length: 100 }, () => piece) };
		};
		const request = api.request(CHAT);
		request.on('error', () => undefined);
		request.end(JSON.stringify({ ...hello, stream: true }));
		const [response] = await once(request, 'response');
		response.on('error', () => undefined);
		response.pause();
		await stopped.promise;
		assert.ok((model.chats.at(-1)?.given.length ?? 100) < 100);
		request.destroy();
	});

	it('ends the connection of whoever does not read a whole answer', async () => {
		await api.close();
		api = await new ApiServer(model, { unreadMilliseconds: 50 }).start();
		model.onChat = () => ({ steps: ['a'.repeat(50_000_000)] });
		const request = api.request(CHAT);
		request.on('error', () => undefined);
		request.end(JSON.stringify(hello));
		const [response] = await once(request, 'response');
		const ended = once(response, 'error');
		// Too slowly: what is lost is noticed when what came before it was read.
		const reading = setInterval(() => response.read(100_000), 10);
		const [error] = await ended;
		clearInterval(reading);
		assert.match(String(error), /aborted|ECONNRESET/);
	});

	it('ends connections that are too slow', async () => {
		await api.close();
		const soon = {
			headersMilliseconds: 40,
			requestMilliseconds: 80,
			checkMilliseconds: 20,
			idleMilliseconds: 40,
		};
		api = await new ApiServer(model, soon).start();
		assert.match(await api.raw('POST /infill HTTP/1.1\r\nHost: local'), /^HTTP\/1\.1 408 /);
		const head = `POST /infill HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${api.token}\r\n`;
		assert.match(await api.raw(`${head}Content-Length: 100\r\n\r\n{"a"`), /^HTTP\/1\.1 408 /);
		// Once it was answered, a connection may be used again for a while.
		assert.match(await api.raw(`GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n`), /^HTTP\/1\.1 200 /);
	});

	it('survives what is no HTTP', async () => {
		for (const bytes of [
			'\u0000\u0001\u0002',
			'hello\r\n\r\n',
			'\u0016\u0003\u0001\u0002',
			'GET / HTTP/9.9\r\n\r\n',
		]) {
			assert.match(await api.raw(bytes), /^HTTP\/1\.1 400 [\s\S]*"error"/, JSON.stringify(bytes));
		}
		const long = `GET /health HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`;
		assert.match(await api.raw(long), /^HTTP\/1\.1 431 /);
		assert.equal((await api.get('/health')).status, 200);
	});

	it('answers so many at a time, and sends the others away', async () => {
		await api.close();
		api = await new ApiServer(model, { requests: 2 }).start();
		const gate = deferred();
		const asked = deferred();
		model.onChat = () => {
			if (model.chats.length === 1) {
				asked.resolve();
			}
			return { steps: [gate.promise, 'Hi'] };
		};
		const first = [api.post(CHAT, hello), api.post(CHAT, hello)];
		await asked.promise;
		const refused = await api.post(CHAT, hello);
		assert.deepEqual([errorOf(refused).status, refused.headers['retry-after']], [429, '1']);
		gate.resolve();
		assert.deepEqual(
			(await Promise.all(first)).map(({ status }) => status),
			[200, 200],
		);
		assert.equal((await api.post(CHAT, hello)).status, 200);
	});

	/** An answer that never ends: resolves when it has begun, and when the model was told to stop. */
	function chatThatHangs(steps: readonly string[]) {
		const began = deferred();
		const stopped = deferred();
		model.onChat = () => {
			queueMicrotask(() => {
				model.chats.at(-1)?.signal.addEventListener('abort', () => stopped.resolve());
				began.resolve();
			});
			return { steps: [...steps, deferred().promise] };
		};
		return { began: began.promise, stopped: stopped.promise };
	}

	it('stops the model when whoever asked goes away before the answer, and in its midst', async () => {
		for (const steps of [[], ['One', 'two']]) {
			const { began, stopped } = chatThatHangs(steps);
			const request = api.request(CHAT);
			request.on('error', () => undefined);
			request.end(JSON.stringify({ ...hello, stream: true }));
			await began;
			if (steps.length > 0) {
				const [response] = await once(request, 'response');
				await once(response, 'data');
			}
			request.destroy();
			await stopped;
		}
		model.onChat = () => 'Hi';
		assert.equal((await api.post(CHAT, hello)).status, 200);
	});

	it('ends what it is answering when it is closed', async () => {
		const { stopped } = chatThatHangs(['One']);
		const request = api.request(CHAT);
		request.end(JSON.stringify({ ...hello, stream: true }));
		const [response] = await once(request, 'response');
		const ended = new Promise((resolve) => response.on('error', () => undefined).once('close', resolve));
		await api.close();
		await Promise.all([stopped, ended]);
		await assert.rejects(api.get('/health'), /ECONNREFUSED/);
	});

	it('says so in the stream when the answer breaks off', async () => {
		model.onChat = () => ({ steps: ['One', new Error('disk /home/somebody is full')] });
		const { text } = await api.post(CHAT, { ...hello, stream: true });
		assert.doesNotMatch(text, /somebody|DONE/);
		assert.match(JSON.stringify(eventsIn(text).at(-1)), /"server_error"/);
		assert.match(api.log.lines.join('\n'), /error .*somebody/);
	});
});
