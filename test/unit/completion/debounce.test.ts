/** How long is waited before the model is asked: by what was typed, how fast, and what an answer costs. */
import * as assert from 'node:assert/strict';
import { AnswerTime } from '../../../src/completion/answerTime';
import { Debounce, pauseAfter } from '../../../src/completion/debounce';
import { isAbort } from '../../../src/inference/cancel';
import { settings } from '../../../src/manifest';
import { readTraces, type Trace, TypedDocument } from '../../bench/typist';
import { FakeClock, settle } from '../../support/fakeClock';
import { cursorIn } from '../../support/marked';

describe('debounce: how long', () => {
	const slow = Number.POSITIVE_INFINITY;
	/** The line up to the cursor, milliseconds between keys and of an answer, milliseconds waited. */
	const cases: readonly [line: string, interval: number, answerTime: number, expected: number][] = [
		// In the midst of a word, in any alphabet.
		['const na', 200, slow, 200],
		['const größ', 200, slow, 200],
		['名', 200, slow, 200],
		['$', 200, slow, 200],
		['x1', 200, slow, 200],
		// Neither a word nor an invitation.
		['return ', 200, slow, 50],
		['a +', 200, slow, 50],
		['a + ', 200, slow, 50],
		['call()', 200, slow, 50],
		["'", 200, slow, 50],
		['a =', 200, slow, 50],
		['a,', 200, slow, 50],
		// An invitation: a bracket, a member, the next of a list, a value, a new line.
		['call(', 400, slow, 0],
		['a[', 400, slow, 0],
		['if (a) {', 400, slow, 0],
		['this.', 400, slow, 0],
		['pointer->', 400, slow, 0],
		['std::', 400, slow, 0],
		['call(a, ', 400, slow, 0],
		['a = ', 400, slow, 0],
		['a: ', 400, slow, 0],
		['(a) => ', 400, slow, 0],
		['', 400, slow, 0],
		['\t\t', 400, slow, 0],
		// The rhythm.
		['const na', 100, slow, 75],
		['const na', 400, slow, 450],
		['a + ', 100, slow, 0],
		['a + ', 400, slow, 150],
		// The model: a quick one is asked at once, and nobody waits much longer than for the answer.
		['const na', 200, 30, 0],
		['const na', 200, 100, 75],
		['const na', 200, 200, 200],
		['const na', 200, 900, 200],
		['a + ', 200, 100, 0],
	];
	for (const [line, interval, answerTime, expected] of cases) {
		it(`${expected} ms: ${JSON.stringify(line)}, keys ${interval} ms, answers ${answerTime} ms`, () => {
			assert.equal(pauseAfter({ line, isTakingBack: false, interval, answerTime }), expected);
		});
	}

	it('whoever takes back types on, whatever stands there then', () => {
		for (const line of ['call(', 'a + ', '', 'na']) {
			assert.equal(pauseAfter({ line, isTakingBack: true, interval: 200, answerTime: slow }), 200, line);
		}
	});
});

describe('debounce: the wait', () => {
	const never = new AbortController().signal;
	const inWord = cursorIn('const na█');

	function waiting() {
		const clock = new FakeClock();
		const answerTime = new AnswerTime();
		return { clock, answerTime, debounce: new Debounce(clock, answerTime) };
	}

	it('is for what is left', async () => {
		const { clock, debounce } = waiting();
		await clock.pass(30);
		let isOver = false;
		void debounce.wait(inWord, 75, 0, never).then(() => {
			isOver = true;
		});
		await clock.pass(44);
		assert.equal(isOver, false);
		await clock.pass(1);
		assert.equal(isOver, true);
	});

	it('is shorter than the most where it may be', async () => {
		const { clock, debounce } = waiting();
		const wait = debounce.wait(cursorIn('a + █'), 5_000, 0, never);
		assert.equal(clock.sleeping, 1);
		await clock.pass(50);
		await wait;
	});

	it('is none where the most is 0, the time has passed, or a text was just accepted', async () => {
		const { clock, debounce } = waiting();
		await debounce.wait(inWord, 0, 0, never);
		await clock.pass(100);
		await debounce.wait(inWord, 75, 0, never);
		debounce.skip();
		await debounce.wait(inWord, 75, clock.now(), never);
		await clock.pass(500);
		const wait = debounce.wait(inWord, 75, clock.now(), never);
		assert.equal(clock.sleeping, 1);
		await clock.pass(75);
		await wait;
	});

	it('ends with the signal, and leaves nothing behind', async () => {
		const { clock, debounce } = waiting();
		const controller = new AbortController();
		const wait = debounce.wait(inWord, 75, 0, controller.signal);
		controller.abort();
		await assert.rejects(wait, isAbort);
		assert.equal(clock.sleeping, 0);
	});

	it('follows the rhythm and the model', async () => {
		const { clock, answerTime, debounce } = waiting();
		for (const text of ['c', 'ca', 'cal']) {
			debounce.observe(cursorIn(`${text}█`));
			await clock.pass(120);
		}
		const wait = debounce.wait(inWord, 5_000, clock.now(), never);
		await clock.pass(99);
		assert.equal(clock.sleeping, 1);
		await clock.pass(1);
		assert.equal(clock.sleeping, 0);
		await wait;
		answerTime.landed(30);
		await debounce.wait(inWord, 5_000, clock.now(), never);
	});
});

describe('debounce: the typing traces', () => {
	/** What VS Code waits after a keystroke before it asks a provider. */
	const EDITOR = 50;
	/** The setting's default, and what was waited after every key before the wait adapted. */
	const MOST = settings.completionDebounce.default;
	const FIXED = 75;

	interface Replayed {
		/** Milliseconds that were waited before each question to the model. */
		readonly waits: readonly number[];
		/** Answers that came before the next key. */
		readonly shown: number;
		/** Milliseconds in which an answer stood there before the next key. */
		readonly visible: number;
	}

	/** `wait` resolves when the model is to be asked; the signal says that the next key came. */
	async function replay(
		trace: Trace,
		answer: number,
		clock: FakeClock,
		wait: (document: TypedDocument, signal: AbortSignal) => Promise<void>,
	): Promise<Replayed> {
		const document = new TypedDocument(trace);
		const waits: number[] = [];
		let shown = 0;
		let visible = 0;
		for (const [index, edit] of trace.edits.entries()) {
			document.apply(edit);
			const gap = (trace.edits[index + 1]?.at ?? edit.at) - edit.at;
			if (edit.moves !== true && gap > EDITOR) {
				await clock.pass(EDITOR);
				const key = new AbortController();
				const asked = clock.now();
				wait(document, key.signal).then(
					() => {
						const waited = clock.now() - asked;
						waits.push(waited);
						const rest = gap - EDITOR - waited - answer;
						shown += rest > 0 ? 1 : 0;
						visible += Math.max(0, rest);
					},
					(error: unknown) => assert.ok(isAbort(error)),
				);
				await clock.pass(gap - EDITOR - 1);
				key.abort();
				await clock.pass(1);
			} else {
				await clock.pass(gap);
			}
		}
		await settle();
		return { waits, shown, visible };
	}

	async function adaptive(trace: Trace, answer: number): Promise<Replayed> {
		const clock = new FakeClock();
		const answerTime = new AnswerTime();
		answerTime.landed(answer);
		const debounce = new Debounce(clock, answerTime);
		return replay(trace, answer, clock, (document, signal) => {
			const cursor = document.cursor();
			debounce.observe(cursor);
			return debounce.wait(cursor, MOST, clock.now(), signal);
		});
	}

	function fixed(trace: Trace, answer: number): Promise<Replayed> {
		const clock = new FakeClock();
		return replay(trace, answer, clock, (_, signal) => clock.sleep(FIXED, signal));
	}

	const traces = readTraces();

	for (const trace of traces) {
		it(`${trace.name}: a quick model is asked at once and shows more`, async () => {
			const [before, after] = [await fixed(trace, 30), await adaptive(trace, 30)];
			assert.ok(after.waits.every((wait) => wait === 0));
			assert.ok(after.shown > 1.4 * before.shown, `${after.shown} instead of ${before.shown}`);
			assert.ok(after.visible > 1.4 * before.visible, `${after.visible} ms instead of ${before.visible}`);
		});

		it(`${trace.name}: a slow model is asked less often and shows more`, async () => {
			const [before, after] = [await fixed(trace, 400), await adaptive(trace, 400)];
			assert.ok(
				after.waits.length < 0.75 * before.waits.length,
				`${after.waits.length} of ${before.waits.length}`,
			);
			assert.ok(after.visible > before.visible, `${after.visible} ms instead of ${before.visible}`);
		});
	}
});
