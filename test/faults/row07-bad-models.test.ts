/** Fault 7: bad model files. The host refuses or loads each, never dies, and serves the next model. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as readline from 'node:readline';
import { Readable } from 'node:stream';
import { badModels, mutations, soundModel } from '../support/badModels';
import {
	collect,
	fakeHostFile,
	fillOf,
	never,
	readyModel,
	type TestClient,
	testClient,
} from '../support/fakeHost';
import { root } from '../support/root';

const hostFile = path.join(root, 'dist/host.mjs');
const loadEach = path.join(path.dirname(fakeHostFile), 'loadEach.entry.mjs');
const starter = path.join(root, 'models/starter.gguf');
const limits = { tick: 1_000, silence: 10_000, silenceWhileLoading: 60_000 };
const environment = { backend: 'cpu', contextSize: 128, gpuLayers: 0, cacheFolder: os.tmpdir() } as const;

describe('fault 7: bad model files', function () {
	this.timeout(300_000);
	let test: TestClient;
	let child: ChildProcess | undefined;
	beforeEach(() => {
		test = testClient({ hostFile, limits });
	});
	afterEach(async () => {
		// Only has something to end after a timeout.
		child?.kill('SIGKILL');
		child = undefined;
		await test.dispose();
	});

	/**
	 * Gives all files, one after the other, to one process that does with each what the host does with its one model.
	 * Fails with the name of the file that ended the process. Returns its answers by name.
	 */
	async function loadAll(files: ReadonlyMap<string, Uint8Array>): Promise<ReadonlyMap<string, string>> {
		const folder = path.join(test.folder, 'models');
		fs.mkdirSync(folder);
		const names = [...files.keys()];
		const fileOf = (index: number) => `${String(index).padStart(4, '0')}.gguf`;
		for (const [index, bytes] of [...files.values()].entries()) {
			fs.writeFileSync(path.join(folder, fileOf(index)), bytes);
		}
		const started = spawn(process.execPath, [loadEach, folder], {
			stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
		});
		child = started;
		const results = started.stdio[3];
		assert.ok(started.stderr !== null && results instanceof Readable);
		let errors = '';
		started.stderr.on('data', (data: Buffer) => {
			errors = (errors + data.toString()).slice(-4_000);
		});
		const ended = new Promise<string>((resolve) => {
			started.once('close', (code, signal) => resolve(signal ?? `code ${code}`));
		});
		const answers = new Map<string, string>();
		for await (const line of readline.createInterface({ input: results })) {
			const { name, answer, pid }: { name: string; answer: string; pid: number } = JSON.parse(line);
			assert.equal(pid, started.pid);
			assert.equal(name, fileOf(answers.size));
			assert.ok(answer === 'loaded' || answer.includes(name), `${answer} names the file`);
			assert.doesNotMatch(answer, /no such file/);
			answers.set(names[answers.size] ?? '', answer);
		}
		const end = await ended;
		assert.equal(end, 'code 0', `"${names[answers.size]}" ended the process by ${end}:\n${errors}`);
		assert.equal(answers.size, files.size);
		return answers;
	}

	it('refuses every handcrafted file, naming the file and the place, in one process that lives on', async () => {
		const files = new Map(badModels.map(({ name, bytes }): [string, Uint8Array] => [name, bytes]));
		assert.equal(files.size, badModels.length, 'names are distinct');
		const answers = await loadAll(files.set('sound', soundModel));
		for (const { name, names } of badModels) {
			assert.match(answers.get(name) ?? '', names, name);
		}
		assert.equal(answers.get('sound'), 'loaded', 'the next model is served');
	});

	it('survives 200 mutations: each is refused, or loads and generates', async () => {
		const mutated = mutations(200, 7);
		const files = new Map(mutated.map(({ name, bytes }): [string, Uint8Array] => [name, bytes]));
		const answers = await loadAll(files.set('sound', soundModel));
		const loaded = [...answers.values()].filter((answer) => answer === 'loaded').length;
		assert.ok(loaded > 1 && loaded < 100, `${loaded} of 200 loaded`);
		assert.equal(answers.get('sound'), 'loaded');
	});

	it('leaves the client and the starter unharmed', async () => {
		// One of each kind; every model gets a host of its own, so that a death shows in the log.
		const kinds = [
			'web page',
			'empty',
			'half a model',
			'KV_BAD_TYPE',
			'no layers',
			'arrays of arrays',
			'adapter',
		];
		const chosen = badModels.filter(({ name }) => kinds.includes(name));
		assert.equal(chosen.length, kinds.length);
		for (const [index, { bytes, names }] of chosen.entries()) {
			const file = path.join(test.folder, `bad-${index}.gguf`);
			fs.writeFileSync(file, bytes);
			await test.client.load({ path: file, ...environment }, never);
			assert.ok(test.client.state.type === 'failed');
			assert.match(test.client.state.problem.message, names);
			assert.ok(test.client.state.problem.message.includes(file));
			assert.deepEqual(test.client.state.problem.remedies, ['select-model', 'use-starter']);
		}
		await test.client.load({ path: starter, ...environment }, never);
		assert.equal(readyModel(test.client.state).path, starter);
		const pid = test.client.hostPid;
		const answer = await collect(
			test.client.fill({ ...fillOf('function add(a, b) {\n'), maxTokens: 8 }, never),
		);
		assert.notEqual(answer.text, '');
		assert.equal(test.client.hostPid, pid);
		assert.doesNotMatch(test.lines.join('\n'), /ended by|crash/);
	});
});
