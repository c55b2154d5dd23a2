/** The editor's side of the syntax worker: it waits a little, and lives on without it. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { SyntaxShapes, type SyntaxThread } from '../../../../src/completion/syntax/shapes';
import type { SyntaxAnswer, SyntaxQuestion } from '../../../../src/completion/syntax/verdict';
import { isAbort } from '../../../../src/inference/cancel';
import { GRAMMARS } from '../../../../src/inference/syntax/languages';
import { FakeClock, settle } from '../../../support/fakeClock';
import { cursorIn } from '../../../support/marked';
import { root } from '../../../support/root';
import { silentLog } from '../../../support/silentLog';

/** A thread that answers when a test says so. */
class FakeThread implements SyntaxThread {
	readonly questions: SyntaxQuestion[] = [];
	isTerminated = false;
	private readonly messages: ((answer: SyntaxAnswer) => void)[] = [];
	private readonly errors: ((error: Error) => void)[] = [];

	postMessage(question: SyntaxQuestion): void {
		this.questions.push(question);
	}
	on(event: 'message', listener: (answer: SyntaxAnswer) => void): void;
	on(event: 'error', listener: (error: Error) => void): void;
	on(event: 'exit', listener: (code: number) => void): void;
	on(
		event: string,
		listener: ((answer: SyntaxAnswer) => void) & ((error: Error) => void) & ((code: number) => void),
	): void {
		if (event === 'message') {
			this.messages.push(listener);
		} else if (event === 'error') {
			this.errors.push(listener);
		}
	}
	async terminate(): Promise<number> {
		this.isTerminated = true;
		return 0;
	}
	answer(answer: SyntaxAnswer): void {
		for (const listener of this.messages) {
			listener(answer);
		}
	}
	crash(): void {
		for (const listener of this.errors) {
			listener(new Error('memory access out of bounds'));
		}
	}
}

function house() {
	const threads: FakeThread[] = [];
	const warnings: string[] = [];
	const clock = new FakeClock();
	const shapes = new SyntaxShapes({
		folder: '/dist',
		clock,
		log: { ...silentLog, warn: (message) => warnings.push(message) },
		start: () => {
			const thread = new FakeThread();
			threads.push(thread);
			return thread;
		},
	});
	return { shapes, clock, threads, warnings };
}

const signal = new AbortController().signal;
const cursor = cursorIn('if (a) {\n\t█\n}');

describe('syntax: asking the worker', () => {
	it('makes a shape of the verdict', async () => {
		const { shapes, threads } = house();
		const asked = shapes.at(cursor, signal);
		const verdict = { type: 'block', opens: false, isWhole: true, isInside: true } as const;
		threads[0]?.answer({ id: 1, type: 'at', verdict });
		assert.deepEqual(await asked, { type: 'block', opens: false, isWhole: true, column: 4, below: '}' });
	});
	it('hands the end of a text on', async () => {
		const { shapes, threads } = house();
		const asked = shapes.end(cursor, 'b();\n}', signal);
		threads[0]?.answer({ id: 1, type: 'end', end: 4 });
		assert.equal(await asked, 4);
	});
	it('starts nothing for a language without a grammar, nor before the first question', async () => {
		const { shapes, threads } = house();
		assert.equal(await shapes.at(cursorIn('a█', { languageId: 'lua' }), signal), undefined);
		assert.equal(await shapes.end(cursorIn('a█', { languageId: 'lua' }), 'b', signal), undefined);
		assert.equal(threads.length, 0);
	});
	it('waits 8 ms for a shape, 16 ms for an end', async () => {
		const { shapes, clock } = house();
		let shape: unknown = 'none yet';
		let end: unknown = 'none yet';
		shapes.at(cursor, signal).then((found) => {
			shape = found;
		});
		shapes.end(cursor, 'b', signal).then((found) => {
			end = found;
		});
		await clock.pass(7);
		assert.equal(shape, 'none yet');
		await clock.pass(1);
		assert.deepEqual([shape, end], [undefined, 'none yet']);
		await clock.pass(8);
		assert.equal(end, undefined);
	});
	it('is cancelled by its signal', async () => {
		const { shapes } = house();
		const controller = new AbortController();
		const asked = shapes.at(cursor, controller.signal);
		controller.abort();
		await assert.rejects(asked, isAbort);
		await assert.rejects(shapes.end(cursor, 'a', controller.signal), isAbort);
	});
	it('does not queue up behind a slow worker', async () => {
		const { shapes, clock, threads } = house();
		for (let times = 0; times < 6; times++) {
			const asked = shapes.at(cursor, signal);
			await clock.pass(8);
			assert.equal(await asked, undefined);
		}
		assert.equal(threads[0]?.questions.length, 4);
		threads[0]?.answer({ id: 1, type: 'at', verdict: undefined });
		const asked = shapes.at(cursor, signal);
		assert.equal(threads[0]?.questions.length, 5);
		threads[0]?.answer({ id: 5, type: 'at', verdict: { type: 'line' } });
		assert.deepEqual(await asked, { type: 'line' });
	});
	it('a crash settles who waits, and the next question starts the worker again', async () => {
		const { shapes, threads, warnings } = house();
		const asked = shapes.at(cursor, signal);
		threads[0]?.crash();
		assert.equal(await asked, undefined);
		assert.equal(threads[0]?.isTerminated, true);
		const again = shapes.at(cursor, signal);
		threads[1]?.answer({ id: 2, type: 'at', verdict: { type: 'line' } });
		assert.deepEqual(await again, { type: 'line' });
		assert.deepEqual(warnings, []);
	});
	it('stays off after three failures, and says so once', async () => {
		const { shapes, threads, warnings } = house();
		for (let times = 0; times < 5; times++) {
			const asked = shapes.at(cursor, signal);
			threads[times]?.answer({ id: times + 1, type: 'failed', message: 'no such file' });
			assert.equal(await asked, undefined);
		}
		assert.equal(threads.length, 3);
		assert.equal(warnings.length, 1);
		assert.match(warnings[0] ?? '', /no such file/);
	});
	it('is silent after its end', async () => {
		const { shapes, threads, warnings } = house();
		const asked = shapes.at(cursor, signal);
		shapes.dispose();
		assert.equal(await asked, undefined);
		threads[0]?.crash();
		await settle();
		assert.deepEqual([threads[0]?.isTerminated, warnings], [true, []]);
		assert.equal(await shapes.at(cursor, signal), undefined);
	});
});

describe('syntax: the built worker', function () {
	this.timeout(20_000);
	const folder = path.join(root, 'dist');

	it('has every grammar beside it', () => {
		const names = ['tree-sitter.wasm', ...GRAMMARS.map((grammar) => `tree-sitter-${grammar}.wasm`)];
		assert.deepEqual(
			names.filter((name) => !fs.existsSync(path.join(folder, name))),
			[],
		);
	});
	it('answers from its thread', async () => {
		const shapes = new SyntaxShapes({
			folder,
			log: silentLog,
			// However long the machine takes: what is tested is the worker.
			clock: { now: () => 0, sleep: () => new Promise(() => undefined) },
		});
		try {
			// A busy machine may take longer than the worker gives itself.
			const told = async <T>(ask: () => Promise<T | undefined>): Promise<T> => (await ask()) ?? told(ask);
			assert.deepEqual(await told(() => shapes.at(cursorIn('// a {█'), signal)), {
				type: 'line',
				within: 'comment',
			});
			assert.equal(await told(() => shapes.end(cursorIn('f(█);'), 'a)', signal)), 1);
			assert.equal((await told(() => shapes.at(cursor, signal))).type, 'block');
		} finally {
			shapes.dispose();
		}
	});
});
