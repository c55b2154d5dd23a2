/** The real host process with a real model: load, generate, die while generating, and end without a trace. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { LoadOptions } from '../../src/inference/model';
import {
	chatOf,
	collect,
	fillOf,
	isAlive,
	never,
	pidOf,
	readyModel,
	type TestClient,
	testClient,
} from '../support/fakeHost';
import { root } from '../support/root';

const hostFile = path.join(root, 'dist/host.mjs');
const starter = path.join(root, 'models/starter.gguf');
const options: LoadOptions = {
	path: starter,
	backend: 'cpu',
	contextSize: 0,
	gpuLayers: -1,
	cacheFolder: os.tmpdir(),
};
const limits = { tick: 1_000, silence: 10_000, silenceWhileLoading: 60_000 };

const request = { ...fillOf('function add(a, b) {\n\treturn '), suffix: ';\n}\n', maxTokens: 64 };

describe('the host process with the starter model', () => {
	let test: TestClient;
	beforeEach(() => {
		test = testClient({ hostFile, limits });
	});
	afterEach(() => test.dispose());

	it('loads, fills, chats and tokenizes', async () => {
		await test.client.load(options, never);
		const model = readyModel(test.client.state);
		assert.equal(model.backend, 'cpu');
		assert.equal(model.fill.type, 'fill');
		const fill = await collect(test.client.fill(request, never));
		assert.notEqual(fill.text, '');
		assert.match(fill.end, /^(end-of-text|length)$/);
		const chat = await collect(test.client.chat({ ...chatOf('Hello'), maxTokens: 8 }, never));
		assert.match(chat.end, /^(end-of-text|length|unsupported)$/);
		const tokens = await test.client.tokenize('const a = 1;', never);
		assert.ok(tokens.type === 'tokens' && tokens.tokens.length > 0);
	});

	it('gives the same answer when it is killed while it generates', async () => {
		await test.client.load(options, never);
		const expected = await collect(test.client.fill(request, never));
		const pid = pidOf(test.client);
		const answer = await collect(test.client.fill(request, never), () => {
			if (isAlive(pid)) {
				process.kill(pid, 'SIGKILL');
			}
		});
		assert.deepEqual(answer, expected);
		assert.notEqual(pidOf(test.client), pid);
	});

	it('refuses a file that is no model, and keeps no process for it', async () => {
		const file = path.join(test.folder, 'page.gguf');
		fs.writeFileSync(file, '<!doctype html><title>404</title>');
		await test.client.load({ ...options, path: file }, never);
		assert.ok(test.client.state.type === 'failed');
		assert.ok(test.client.state.problem.message.includes(file));
		assert.equal(test.client.hostPid, undefined);
	});

	it('leaves neither process nor file when the client is disposed of', async () => {
		await test.client.load(options, never);
		const pid = pidOf(test.client);
		const fill = collect(test.client.fill({ ...request, maxTokens: 10_000 }, never));
		await test.client.dispose();
		assert.ok(!isAlive(pid));
		assert.equal((await fill).end, 'AbortError');
		assert.deepEqual(fs.readdirSync(path.join(test.folder, 'host')), []);
	});
});
