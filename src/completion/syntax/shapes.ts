/** Asks the syntax worker how much to ask for; waits a few milliseconds, and lives on without it. */

import * as path from 'node:path';
import { Worker } from 'node:worker_threads';
import { throwIfAborted } from '../../inference/cancel';
import type { Log } from '../../inference/model';
import { grammarOf } from '../../inference/syntax/languages';
import { STAGE_BUDGETS } from '../budgets';
import { type Clock, systemClock } from '../clock';
import type { Cursor } from '../cursor';
import { blockShape, type Shape, type Shapes } from '../shape';
import type { SyntaxAnswer, SyntaxQuestion, Verdict } from './verdict';
import { windowAt } from './window';

/** Questions in the worker's queue: who comes later would not be answered in time. */
const MOST_WAITING = 4;
/** After so many failures the worker stays off: a grammar that crashes would do so at every keystroke. */
const MOST_FAILURES = 3;
/** Megabytes of JavaScript objects; trees live outside of them. */
const MEMORY = 128;

/** What is used of a `Worker`. */
export interface SyntaxThread {
	postMessage(question: SyntaxQuestion): void;
	on(event: 'message', listener: (answer: SyntaxAnswer) => void): void;
	on(event: 'error', listener: (error: Error) => void): void;
	on(event: 'exit', listener: (code: number) => void): void;
	terminate(): Promise<number>;
}

interface SyntaxShapesOptions {
	/** Absolute path of the folder with the worker and the grammars. */
	readonly folder: string;
	readonly log: Log;
	/** Default: the system's. */
	readonly clock?: Clock;
	/** Default: the built worker in `folder`. */
	readonly start?: (folder: string) => SyntaxThread;
}

/** A question without its number. */
type Asked =
	| Omit<Extract<SyntaxQuestion, { type: 'at' }>, 'id'>
	| Omit<Extract<SyntaxQuestion, { type: 'end' }>, 'id'>;

export class SyntaxShapes implements Shapes {
	private readonly clock: Clock;
	private readonly start: (folder: string) => SyntaxThread;
	private thread: SyntaxThread | undefined;
	private readonly waiting = new Map<number, (answer: SyntaxAnswer | undefined) => void>();
	private lastId = 0;
	private failures = 0;

	constructor(private readonly options: SyntaxShapesOptions) {
		this.clock = options.clock ?? systemClock;
		this.start = options.start ?? startWorker;
	}

	async at(cursor: Cursor, signal: AbortSignal): Promise<Shape | undefined> {
		throwIfAborted(signal);
		const grammar = grammarOf(cursor.languageId);
		if (grammar === undefined) {
			return undefined;
		}
		const answer = await this.ask(
			{ type: 'at', window: windowAt(cursor, grammar) },
			STAGE_BUDGETS.syntax,
			signal,
		);
		return answer?.type === 'at' && answer.verdict !== undefined
			? shapeOf(cursor, answer.verdict)
			: undefined;
	}

	async end(cursor: Cursor, text: string, signal: AbortSignal): Promise<number | undefined> {
		throwIfAborted(signal);
		const grammar = grammarOf(cursor.languageId);
		if (grammar === undefined) {
			return undefined;
		}
		const answer = await this.ask(
			{ type: 'end', window: windowAt(cursor, grammar), text },
			STAGE_BUDGETS.cleaning,
			signal,
		);
		return answer?.type === 'end' ? answer.end : undefined;
	}

	dispose(): void {
		this.failures = MOST_FAILURES;
		this.stop();
	}

	/** undefined where the answer does not come in time. A late one is not lost: the next tree is made from its tree. */
	private async ask(
		question: Asked,
		milliseconds: number,
		signal: AbortSignal,
	): Promise<SyntaxAnswer | undefined> {
		if (this.failures >= MOST_FAILURES || this.waiting.size >= MOST_WAITING) {
			return undefined;
		}
		const id = ++this.lastId;
		const answered = new Promise<SyntaxAnswer | undefined>((resolve) => this.waiting.set(id, resolve));
		const over = new AbortController();
		try {
			this.thread ??= this.started();
			this.thread.postMessage({ ...question, id });
			const late = this.clock
				.sleep(milliseconds, AbortSignal.any([signal, over.signal]))
				.then(() => undefined);
			return await Promise.race([answered, late]);
		} finally {
			over.abort();
		}
	}

	private started(): SyntaxThread {
		const thread = this.start(this.options.folder);
		thread.on('message', (answer) => {
			this.waiting.get(answer.id)?.(answer);
			this.waiting.delete(answer.id);
			if (answer.type === 'failed') {
				this.failed(thread, answer.message);
			}
		});
		thread.on('error', (error) => this.failed(thread, error.message));
		thread.on('exit', (code) => this.failed(thread, `it ended with code ${code}`));
		return thread;
	}

	private failed(thread: SyntaxThread, reason: string): void {
		if (thread !== this.thread) {
			return;
		}
		this.failures++;
		this.stop();
		if (this.failures === MOST_FAILURES) {
			this.options.log.warn(
				`Syntax trees are off until the window is reloaded, and indentation decides how much is suggested: ${reason}`,
			);
		}
	}

	/** Nobody waits in vain; the next question starts the thread again. */
	private stop(): void {
		const { thread } = this;
		this.thread = undefined;
		for (const resolve of this.waiting.values()) {
			resolve(undefined);
		}
		this.waiting.clear();
		thread?.terminate().catch((error: unknown) => {
			this.options.log.warn(`The syntax worker did not end: ${String(error)}`);
		});
	}
}

function startWorker(folder: string): SyntaxThread {
	const worker = new Worker(path.join(folder, 'syntaxWorker.js'), {
		workerData: folder,
		resourceLimits: { maxOldGenerationSizeMb: MEMORY },
	});
	// Trees are nothing that a process waits for at its end.
	worker.unref();
	return worker;
}

function shapeOf(cursor: Cursor, verdict: Verdict): Shape {
	if (verdict.type !== 'block') {
		return verdict;
	}
	const { type: _, ...block } = verdict;
	return blockShape(cursor, block);
}
