/** The extension's side of the index: a scripted thread, its failures, and the built worker itself. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { FromIndex, ToIndex } from '../../../../src/chat/retrieval/messages';
import { type IndexThread, Retrieval } from '../../../../src/chat/retrieval/retrieval';
import type { FoundChunk } from '../../../../src/chat/retrieval/workspaceIndex';
import { isAbort } from '../../../../src/inference/cancel';
import { root } from '../../../support/root';
import { recordingLog } from '../../../support/silentLog';

const translate = (text: string, ...values: readonly (string | number | boolean)[]) =>
	text.replace(/\{(\d)\}/g, (_, index) => String(values[Number(index)]));
const never = new AbortController().signal;
const chunk = (file: string): FoundChunk => ({
	path: path.basename(file),
	file,
	firstLine: 1,
	lastLine: 1,
	text: 'x',
	score: 1,
});

class ScriptedThread implements IndexThread {
	readonly received: ToIndex[] = [];
	isTerminated = false;
	private readonly listeners: {
		message?: (message: FromIndex) => void;
		error?: (error: Error) => void;
		exit?: (code: number) => void;
	} = {};

	constructor(
		private readonly answer: (message: ToIndex, thread: ScriptedThread) => void = () => undefined,
	) {}

	postMessage(message: ToIndex): void {
		this.received.push(message);
		this.answer(message, this);
	}
	on(event: 'message', listener: (message: FromIndex) => void): void;
	on(event: 'error', listener: (error: Error) => void): void;
	on(event: 'exit', listener: (code: number) => void): void;
	on(event: 'message' | 'error' | 'exit', listener: (value: never) => void): void {
		Object.assign(this.listeners, { [event]: listener });
	}
	say(message: FromIndex): void {
		this.listeners.message?.(message);
	}
	fail(reason: string): void {
		this.listeners.error?.(new Error(reason));
	}
	async terminate(): Promise<number> {
		this.isTerminated = true;
		return 0;
	}
}

function retrievalWith(
	answer?: (message: ToIndex, thread: ScriptedThread) => void,
	excluded: (file: string) => string | undefined = () => undefined,
) {
	const threads: ScriptedThread[] = [];
	const log = recordingLog();
	const retrieval = new Retrieval({
		script: 'worker.js',
		file: undefined,
		scope: () => ({ folders: [{ name: 'work', folder: '/work' }], globs: [], gitPath: undefined }),
		excluded,
		translate,
		log,
		start: () => {
			const thread = new ScriptedThread(answer);
			threads.push(thread);
			return thread;
		},
	});
	return { retrieval, threads, log };
}

const finds =
	(...files: readonly string[]) =>
	(message: ToIndex, thread: ScriptedThread) => {
		if (message.type === 'search') {
			thread.say({ type: 'found', id: message.id, chunks: files.map(chunk), isPartial: false });
		}
	};

describe('retrieval', () => {
	it('starts its thread when it is first needed, once', async () => {
		const { retrieval, threads } = retrievalWith(finds('/work/a.ts'));
		retrieval.noteChange('/work/a.ts');
		retrieval.configure();
		assert.equal(threads.length, 0);
		await retrieval.search('a', 3, never);
		await retrieval.search('b', 3, never);
		retrieval.prepare();
		assert.equal(threads.length, 1);
		assert.deepEqual(
			threads[0]?.received.map(({ type }) => type),
			['scope', 'search', 'search'],
		);
	});

	it('gives nothing out that is excluded by now, and as many as wanted', async () => {
		const { retrieval } = retrievalWith(
			finds('/work/a.ts', '/work/no.ts', '/work/b.ts', '/work/c.ts'),
			(file) => (file.endsWith('no.ts') ? 'excluded' : undefined),
		);
		const { chunks } = await retrieval.search('q', 2, never);
		assert.deepEqual(
			chunks.map(({ file }) => file),
			['/work/a.ts', '/work/b.ts'],
		);
	});

	it('ends a search that is cancelled, and tells the thread', async () => {
		const { retrieval, threads } = retrievalWith();
		const end = new AbortController();
		const search = retrieval.search('q', 2, end.signal);
		end.abort();
		await assert.rejects(search, isAbort);
		assert.equal(threads[0]?.received.at(-1)?.type, 'cancel');
		await assert.rejects(retrieval.search('q', 2, end.signal), isAbort);
	});

	it('lets nobody wait for a thread that failed, starts another, and gives up after three', async () => {
		const { retrieval, threads, log } = retrievalWith();
		for (let failure = 1; failure <= 3; failure++) {
			const search = retrieval.search('q', 2, never);
			threads.at(-1)?.fail('out of memory');
			await assert.rejects(search, /could not be searched: out of memory/);
			assert.equal(threads.length, failure);
			assert.equal(threads.at(-1)?.isTerminated, true);
		}
		await assert.rejects(retrieval.search('q', 2, never), /Reload the window/);
		assert.equal(threads.length, 3);
		assert.equal(log.lines.filter((line) => line.includes('stopped: out of memory')).length, 3);
	});

	it('tells changes of what may be indexed, together', async () => {
		const { retrieval, threads } = retrievalWith();
		retrieval.prepare();
		for (const file of [
			'/work/a.ts',
			'/work/a.ts',
			'/work/b.md',
			'/work/.gitignore',
			'/work/photo.png',
			'/work/node_modules/x/index.js',
			'/work/.env',
			'/elsewhere/c.ts',
		]) {
			retrieval.noteChange(file);
		}
		const told = await new Promise<ToIndex>((resolve) => {
			const timer = setInterval(() => {
				const last = threads[0]?.received.at(-1);
				if (last?.type === 'changed') {
					clearInterval(timer);
					resolve(last);
				}
			}, 20);
		});
		assert.deepEqual(told, { type: 'changed', files: ['/work/a.ts', '/work/b.md', '/work/.gitignore'] });
		await retrieval.dispose();
	});

	it('knows how far the index is, until it is forgotten', async () => {
		const { retrieval, threads } = retrievalWith();
		const states: string[] = [];
		retrieval.onDidChangeState(({ type }) => states.push(type));
		const state = () => retrieval.state;
		retrieval.prepare();
		assert.equal(state(), undefined);
		threads[0]?.say({ type: 'state', state: { type: 'building', progress: { done: 1, all: 2 } } });
		assert.equal(state()?.type, 'building');
		const search = retrieval.search('q', 1, never);
		const rejected = assert.rejects(search, /deleted/);
		await retrieval.forget();
		await rejected;
		assert.equal(state(), undefined);
		assert.equal(threads[0]?.isTerminated, true);
		assert.deepEqual(states, ['building']);
	});

	it('says once in the log what is not indexed', () => {
		const { retrieval, threads, log } = retrievalWith();
		retrieval.prepare();
		const figures = { files: 1, chunks: 1, leftOut: 80_000 };
		for (let time = 0; time < 2; time++) {
			threads[0]?.say({ type: 'state', state: { type: 'ready', figures, problems: ['It cannot be read.'] } });
		}
		assert.deepEqual(log.lines, [
			'warn The index of the workspace is not whole: It cannot be read.',
			'warn The index of the workspace is not whole: 80000 files are not indexed: there is no room for so many',
		]);
	});

	it('works with the built worker', async () => {
		const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-retrieval-')));
		const work = path.join(folder, 'work');
		fs.mkdirSync(work);
		// Only the grammars, which are built beside the worker, see where functions end that are not indented.
		const flat = (name: string) => [`function ${name}() {`, ...Array(23).fill('work();'), '}'].join('\n');
		fs.writeFileSync(path.join(work, 'zebra.ts'), `${flat('readZebra')}\n${flat('other')}\n`);
		const log = recordingLog();
		const retrieval = new Retrieval({
			script: path.join(root, 'dist/retrievalWorker.js'),
			file: path.join(folder, 'kept.index'),
			scope: () => ({ folders: [{ name: 'work', folder: work }], globs: [], gitPath: 'git' }),
			excluded: () => undefined,
			translate,
			log,
		});
		try {
			const { chunks, isPartial } = await retrieval.search('where is the zebra read?', 5, never);
			assert.deepEqual(
				chunks.map(({ path: at, firstLine, lastLine }) => [at, firstLine, lastLine]),
				[
					['zebra.ts', 1, 25],
					['zebra.ts', 26, 50],
				],
			);
			assert.equal(isPartial, false);
			assert.deepEqual(log.lines, []);
		} finally {
			await retrieval.dispose();
			fs.rmSync(folder, { recursive: true, force: true });
		}
	});
});
