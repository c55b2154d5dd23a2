/** Clients with a host around the fake engine, for tests of crashes, cancellation and restarts. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ModelClient, type ModelClientOptions } from '../../src/inference/client/client';
import type {
	ChatRequest,
	FillRequest,
	GenerationEvent,
	LoadOptions,
	ModelDescription,
	ModelState,
	Problem,
} from '../../src/inference/model';
import { recordingLog } from './silentLog';

/** The built fake host; it lies where the tests themselves lie. */
export const fakeHostFile = findBuilt('fakeHost.entry.mjs');

/** Absolute path of an entry that was built for the tests. */
export function findBuilt(name: string, folder = path.dirname(fileURLToPath(import.meta.url))): string {
	const file = path.join(folder, 'test', 'support', name);
	if (fs.existsSync(file)) {
		return file;
	}
	const parent = path.dirname(folder);
	assert.notEqual(parent, folder, `${name} has not been built`);
	return findBuilt(name, parent);
}

/** Signs of life every 50 ms, restarts without delay, and no wait for another window, so that tests take fractions of a second. */
export const quickLimits = {
	tick: 50,
	silence: 1_000,
	silenceWhileLoading: 1_500,
	grace: 0,
	restartDelays: [0],
} as const;

export const never = new AbortController().signal;

export interface TestClient {
	readonly client: ModelClient;
	readonly lines: readonly string[];
	/** A folder of this client alone; `host` below it holds the sockets. */
	readonly folder: string;
	/** Every state since the start. */
	readonly states: readonly ModelState[];
	dispose(): Promise<void>;
}

export function testClient(options: Partial<ModelClientOptions> = {}): TestClient {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
	const log = recordingLog();
	const client = new ModelClient({
		hostFile: fakeHostFile,
		runtimeFolders: [path.join(folder, 'host')],
		log,
		...options,
		limits: { ...quickLimits, ...options.limits },
	});
	const states: ModelState[] = [];
	client.onDidChangeState((state) => states.push(state));
	return {
		client,
		lines: log.lines,
		folder,
		states,
		dispose: async () => {
			await client.dispose();
			fs.rmSync(folder, { recursive: true, force: true });
		},
	};
}

/** Options of a model whose loading does what `behaviour` says; see FakeEngine. */
export function fake(behaviour: string, options: Partial<LoadOptions> = {}): LoadOptions {
	return {
		path: `/models/fake:${behaviour}`,
		backend: 'cpu',
		contextSize: 0,
		gpuLayers: -1,
		cacheFolder: os.tmpdir(),
		...options,
	};
}

/** A request whose generation does what `script` says; see FakeEngine. */
export function fillOf(script: string): FillRequest {
	return {
		repository: undefined,
		path: 'a.ts',
		files: [],
		prefix: script,
		typed: '',
		suffix: '',
		maxTokens: 100,
		maxPromptTokens: 1_000,
		leftToRight: false,
		priority: 'interactive',
	};
}

export function chatOf(script: string): ChatRequest {
	return {
		messages: [{ role: 'user', content: script }],
		maxTokens: 100,
		temperature: 0,
		priority: 'background',
	};
}

/** What `say N` says. */
export function said(count: number): string {
	return Array.from({ length: count }, (_, index) => `t${index} `).join('');
}

export interface Collected {
	readonly text: string;
	readonly end: string;
}

/** The whole text of a generation, and how it ended: the reason, `unsupported`, or the name or code of an error. */
export async function collect(
	events: AsyncIterable<GenerationEvent>,
	onText: (text: string) => void = () => undefined,
): Promise<Collected> {
	let text = '';
	try {
		for await (const event of events) {
			if (event.type === 'prefilled') {
				continue;
			}
			if (event.type !== 'text') {
				return { text, end: event.type === 'end' ? event.reason : event.type };
			}
			text += event.text;
			onText(event.text);
		}
	} catch (error) {
		return { text, end: endOf(error) };
	}
	return { text, end: 'nothing' };
}

/** Code of a problem, or name of any other error. */
export function endOf(error: unknown): string {
	if (error instanceof Error && 'problem' in error) {
		return problemOf(error.problem).code;
	}
	return error instanceof Error ? error.name : String(error);
}

function problemOf(value: unknown): Pick<Problem, 'code'> {
	assert.ok(typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string');
	return { code: value.code };
}

/** The problem of a state that has failed. */
export function failure(state: ModelState): Problem {
	assert.ok(state.type === 'failed', JSON.stringify(state));
	return state.problem;
}

/** Resolves when the client gets into a state of this type, or is in it. */
export function untilState(client: ModelClient, type: ModelState['type']): Promise<void> {
	return new Promise((resolve) => {
		const subscription = client.onDidChangeState((state) => {
			if (state.type === type) {
				subscription.dispose();
				resolve();
			}
		});
		if (client.state.type === type) {
			subscription.dispose();
			resolve();
		}
	});
}

/** The model of a state that is ready. */
export function readyModel(state: ModelState): ModelDescription {
	assert.ok(state.type === 'ready', JSON.stringify(state));
	return state.model;
}

/** The process id of a host that must be running. */
export function pidOf(client: ModelClient): number {
	assert.notEqual(client.hostPid, undefined);
	return client.hostPid ?? -1;
}

export function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}
