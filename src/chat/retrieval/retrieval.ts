/** Retrieval for the chat: starts the index's worker when it is first needed, and asks it. Lives on without it. */

import * as path from 'node:path';
import { Worker } from 'node:worker_threads';
import { abortError, throwIfAborted } from '../../inference/cancel';
import type { Log, Subscription } from '../../inference/model';
import type { Translate } from '../../inference/statusText';
import type { Embedder } from './embedder';
import { mayBeIndexed, type Scope } from './listing';
import type { FromIndex, IndexOptions, IndexState, ToIndex } from './messages';
import type { FoundChunk } from './workspaceIndex';

/** What is used of a `Worker`. */
export interface IndexThread {
	postMessage(message: ToIndex): void;
	on(event: 'message', listener: (message: FromIndex) => void): void;
	on(event: 'error', listener: (error: Error) => void): void;
	on(event: 'exit', listener: (code: number) => void): void;
	terminate(): Promise<number>;
}

export interface RetrievalOptions {
	/** Absolute path of the built worker. */
	readonly script: string;
	/** Absolute path of the index on disk; undefined where nothing is kept. */
	readonly file: string | undefined;
	/** The current one; read at each start and change. */
	readonly scope: () => Scope;
	/** Why a file is left out, by its absolute path on this machine; undefined where it is not. The last word before a chunk is used. */
	readonly excluded: (file: string) => string | undefined;
	readonly translate: Translate;
	readonly log: Log;
	/** Default: the built worker. */
	readonly start?: (script: string, options: IndexOptions) => IndexThread;
	/** Undefined where no embedding model is configured; read when the thread starts. */
	readonly embedder?: () => Embedder | undefined;
}

interface SearchResult {
	readonly chunks: readonly FoundChunk[];
	/** The index was not whole yet. */
	readonly isPartial: boolean;
}

/** Chunks asked for beyond those wanted: some may be excluded since they were indexed. */
const SPARE = 5;
/** After so many failures the worker stays off. */
const MOST_FAILURES = 3;
/** Megabytes of JavaScript objects; the words of the files lie outside of them. */
const MEMORY = 512;
/** Milliseconds for which events of files are gathered; and how many are told one by one. */
const GATHER = 1_000;
const MOST_EVENTS = 500;

interface Waiting {
	resolve(result: SearchResult): void;
	reject(error: Error): void;
}

export class Retrieval {
	private readonly start: (script: string, options: IndexOptions) => IndexThread;
	private embedder: Embedder | undefined;
	private thread: IndexThread | undefined;
	private readonly waiting = new Map<number, Waiting>();
	private readonly listeners = new Set<(state: IndexState) => void>();
	private readonly changed = new Set<string>();
	/** Of what the thread asked for. */
	private end = new AbortController();
	private gathering: NodeJS.Timeout | undefined;
	/** Problems that the log has already. */
	private readonly told = new Set<string>();
	private lastId = 0;
	private failures = 0;
	private current: IndexState | undefined;

	constructor(private readonly options: RetrievalOptions) {
		this.start = options.start ?? startWorker;
	}

	/** Undefined until somebody needs the index. */
	get state(): IndexState | undefined {
		return this.current;
	}

	/** Whether there is anything to search. */
	get hasFolders(): boolean {
		return this.options.scope().folders.length > 0;
	}

	onDidChangeState(listener: (state: IndexState) => void): Subscription {
		this.listeners.add(listener);
		return { dispose: () => this.listeners.delete(listener) };
	}

	/** Builds the index in the background, or brings it up to date. */
	prepare(): void {
		if (this.thread === undefined && this.failures < MOST_FAILURES) {
			this.thread = this.started();
			this.thread.postMessage({ type: 'scope', scope: this.options.scope() });
		}
	}

	/** Other folders or other rules. */
	configure(): void {
		this.thread?.postMessage({ type: 'scope', scope: this.options.scope() });
	}

	/** A file, by its absolute path, was changed, made or deleted; nothing happens while there is no index. */
	noteChange(file: string): void {
		if (this.thread === undefined || !this.isOfIndex(file)) {
			return;
		}
		this.changed.add(file);
		this.gathering ??= setTimeout(() => this.tellChanges(), GATHER);
	}

	/**
	 * The chunks of the workspace that answer best, the best first; builds the index where there is none.
	 * @throws AbortError; Error with a reason where the worker cannot be had
	 */
	async search(question: string, count: number, signal: AbortSignal): Promise<SearchResult> {
		throwIfAborted(signal);
		this.prepare();
		const { thread } = this;
		if (thread === undefined) {
			throw new Error(
				this.options.translate(
					'The workspace cannot be searched: its index failed repeatedly. Reload the window.',
				),
			);
		}
		const id = ++this.lastId;
		const onAbort = () => {
			this.waiting.get(id)?.reject(abortError());
			thread.postMessage({ type: 'cancel', id });
		};
		signal.addEventListener('abort', onAbort, { once: true });
		try {
			const answered = new Promise<SearchResult>((resolve, reject) => {
				this.waiting.set(id, { resolve, reject });
			});
			thread.postMessage({ type: 'search', id, question, count: count + SPARE });
			const { chunks, isPartial } = await answered;
			const allowed = chunks.filter(({ file }) => this.options.excluded(file) === undefined);
			return { chunks: allowed.slice(0, count), isPartial };
		} finally {
			this.waiting.delete(id);
			signal.removeEventListener('abort', onAbort);
		}
	}

	/** Another embedding model, or none. */
	async restart(): Promise<void> {
		if (this.thread !== undefined) {
			await this.stop(this.options.translate('The embedding model was changed. Ask again.'));
			this.prepare();
		}
	}

	/** Ends the worker and forgets what it knew; the next search begins anew. */
	async forget(): Promise<void> {
		await this.stop(this.options.translate('The index of the workspace was deleted. Ask again.'));
		this.current = undefined;
	}

	async dispose(): Promise<void> {
		this.failures = MOST_FAILURES;
		this.listeners.clear();
		await this.stop('');
	}

	private isOfIndex(file: string): boolean {
		return this.options.scope().folders.some(({ folder }) => {
			const below = path.relative(folder, file).split(path.sep).join('/');
			return !below.startsWith('../') && mayBeIndexed(below);
		});
	}

	private tellChanges(): void {
		this.gathering = undefined;
		const files = [...this.changed];
		this.changed.clear();
		if (files.length > MOST_EVENTS) {
			this.configure();
		} else {
			this.thread?.postMessage({ type: 'changed', files });
		}
	}

	private started(): IndexThread {
		const { script, file } = this.options;
		this.embedder = this.options.embedder?.();
		const thread = this.start(script, {
			file,
			// They are built into the worker's folder.
			grammars: path.dirname(script),
			model: this.embedder?.model,
		});
		thread.on('message', (message) => this.receive(thread, message));
		thread.on('error', (error) => this.failed(thread, error.message));
		thread.on('exit', (code) => this.failed(thread, `it ended with code ${code}`));
		return thread;
	}

	private receive(thread: IndexThread, message: FromIndex): void {
		switch (message.type) {
			case 'state':
				this.current = message.state;
				this.tellProblems(message.state);
				for (const listener of this.listeners) {
					listener(message.state);
				}
				break;
			case 'found':
				this.waiting.get(message.id)?.resolve(message);
				break;
			case 'failed':
				this.waiting.get(message.id)?.reject(new Error(message.message));
				break;
			case 'embed':
				void this.embed(thread, message.id, message.text);
				break;
			case 'problem':
				this.options.log.warn(message.message);
				break;
		}
	}

	/** Each once. */
	private tellProblems(state: IndexState): void {
		const { leftOut = 0 } = state.type === 'ready' ? state.figures : {};
		const room = leftOut === 0 ? [] : [`${leftOut} files are not indexed: there is no room for so many`];
		for (const problem of state.type === 'ready' ? [...state.problems, ...room] : []) {
			if (!this.told.has(problem)) {
				this.told.add(problem);
				this.options.log.warn(`The index of the workspace is not whole: ${problem}`);
			}
		}
	}

	private async embed(thread: IndexThread, id: number, text: string): Promise<void> {
		const vector = await this.embedder?.embed(text, this.end.signal).catch(() => undefined);
		if (thread === this.thread) {
			thread.postMessage({ type: 'embedded', id, vector });
		}
	}

	private failed(thread: IndexThread, reason: string): void {
		if (thread !== this.thread) {
			return;
		}
		this.failures++;
		this.options.log.warn(`The index of the workspace stopped: ${reason}`);
		void this.stop(this.options.translate('The workspace could not be searched: {0}. Ask again.', reason));
	}

	/** Nobody waits in vain. */
	private async stop(reason: string): Promise<void> {
		const { thread } = this;
		this.thread = undefined;
		clearTimeout(this.gathering);
		this.gathering = undefined;
		this.changed.clear();
		this.end.abort();
		this.end = new AbortController();
		for (const { reject } of this.waiting.values()) {
			reject(new Error(reason));
		}
		this.waiting.clear();
		await thread?.terminate();
	}
}

function startWorker(script: string, options: IndexOptions): IndexThread {
	const worker = new Worker(script, {
		workerData: options,
		resourceLimits: { maxOldGenerationSizeMb: MEMORY },
	});
	// An index is nothing that a process waits for at its end.
	worker.unref();
	return worker;
}
