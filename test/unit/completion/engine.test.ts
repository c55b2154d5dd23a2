/** The order of the sources, the latest request wins, cancellation reaches the model, and text is byte-exact. */
import * as assert from 'node:assert/strict';
import { systemClock } from '../../../src/completion/clock';
import type { DocumentFacts } from '../../../src/completion/cursor';
import type { Outcome } from '../../../src/completion/outcome';
import { type CompletionTrace, TraceWriter } from '../../../src/completion/trace';
import { ModelUnavailable } from '../../../src/inference/model';
import { ANSWERED, brief, completion, house, LONG, microtasks } from '../../support/completionHouse';
import { settle } from '../../support/fakeClock';
import { deferred, fakeDescription } from '../../support/fakeModel';
import { cursorIn, marked } from '../../support/marked';

describe('engine: sources', () => {
	it('asks the model, after the debounce', async () => {
		const { model, clock, ask } = house();
		model.onFill = () => '1;\nconst c';
		const outcome = ask(cursorIn('const a = b█'));
		await clock.pass(74);
		assert.equal(model.fills.length, 0);
		await clock.pass(1);
		assert.equal(model.fills.length, 1);
		assert.equal(brief(await outcome), 'model: 1;');
	});

	it('the second time from the cache, at once', async () => {
		const { model, get, ask } = house();
		model.onFill = () => '1;';
		await get(cursorIn('const a = █'));
		assert.equal(brief(await ask(cursorIn('const a = █'))), 'cache: 1;');
		assert.equal(model.fills.length, 1);
	});

	it('what is known is there in the same turn of the event loop: no timer, no message', async () => {
		const { model, get, ask } = house();
		model.onFill = () => 'call(a);';
		await get(cursorIn('const a = █'));
		for (const source of ['const a = █', 'const a = ca█', 'const a = call(█)']) {
			let answered: Outcome | undefined;
			void ask(cursorIn(source)).then((outcome) => {
				answered = outcome;
			});
			assert.equal(await microtasks(() => answered !== undefined), true, source);
		}
	});

	it('a generation that is joined is there as soon as it has landed', async () => {
		const { model, clock, ask } = house();
		const gate = deferred();
		model.onFill = () => ({ steps: ['ca', gate.promise, 'll();'] });
		const first = new AbortController();
		void ask(cursorIn('const a = █'), first.signal);
		await clock.pass(80);
		first.abort();
		await settle();
		let answered: Outcome | undefined;
		void ask(cursorIn('const a = cal█')).then((outcome) => {
			answered = outcome;
		});
		assert.equal(await microtasks(() => answered !== undefined), false);
		gate.resolve();
		assert.equal(await microtasks(() => answered !== undefined), true);
	});

	it('typed along, at once', async () => {
		const { model, get, ask } = house();
		model.onFill = () => 'call(a, b);';
		await get(cursorIn('const a = █'));
		assert.equal(brief(await ask(cursorIn('const a = ca█'))), 'ahead: ll(a, b);');
		assert.equal(brief(await ask(cursorIn('const a = call(a, b)█'))), 'ahead: ;');
		assert.equal(model.fills.length, 1);
	});

	it('typed along through a bracket that the editor closes', async () => {
		const { model, get, ask } = house();
		model.onFill = () => 'call(a, b);';
		await get(cursorIn('const a = █'));
		const outcome = await ask(cursorIn('const a = call(█)'));
		assert.equal(brief(outcome), 'ahead: a, b);');
		assert.equal(outcome.type === 'text' && outcome.covers, 1);
	});

	it('typed otherwise: the model again', async () => {
		const { model, get } = house();
		model.onFill = ({ typed }) => (typed.endsWith('x') ? 'yz' : 'call();');
		await get(cursorIn('const a = █'));
		assert.equal(brief(await get(cursorIn('const a = x█'))), 'model: yz');
		assert.equal(model.fills.length, 2);
	});

	it('another text after the cursor is another place', async () => {
		const { model, get } = house();
		model.onFill = () => '1;';
		await get(cursorIn('const a = █\nb'));
		assert.equal(brief(await get(cursorIn('const a = █\nc'))), 'model: 1;');
	});

	it('another document is another place', async () => {
		const { model, get } = house();
		model.onFill = () => '1;';
		await get(cursorIn('const a = █'));
		assert.equal(brief(await get(cursorIn('const a = █', { uri: 'file:///other.ts' }))), 'model: 1;');
	});

	it('knows where there was nothing', async () => {
		const { model, get, ask } = house();
		await get(cursorIn('const a = 1█'));
		assert.equal(brief(await ask(cursorIn('const a = 1█'))), 'nothing-to-add');
		assert.equal(model.fills.length, 1);
	});

	it('joins a generation that agrees with what was typed', async () => {
		const { model, clock, ask } = house();
		const gate = deferred();
		model.onFill = () => ({ steps: ['ca', gate.promise, 'll();'] });
		const first = new AbortController();
		const one = ask(cursorIn('const a = █'), first.signal);
		await clock.pass(80);
		first.abort();
		assert.equal(brief(await one), 'cancelled');
		const two = ask(cursorIn('const a = cal█'));
		await settle();
		gate.resolve();
		assert.equal(brief(await two), 'flight: l();');
		assert.equal(model.fills.length, 1);
		assert.equal(model.fills[0]?.wasAborted, false);
	});

	it('joins it on the next line, also in a file that is longer than its window', async () => {
		const { model, ask } = house();
		const gate = deferred();
		model.onFill = () => ({ steps: ['one();', '\n', gate.promise, 'two();', '\n', '\n', 'never'] });
		const above = Array.from({ length: 5_000 }, (_, line) => `const name${line} = call(${line});\n`).join('');
		const written = 'const asLongAsOneOfTheLines = ';
		const first = ask(cursorIn(`${above}${written}█`));
		await settle();
		assert.equal(brief(await first), 'model: one();');
		const next = ask(cursorIn(`${above}${written}one();\n█`));
		await settle();
		gate.resolve();
		assert.equal(brief(await next), 'flight: two();');
		assert.equal(model.fills.length, 1);
	});

	it('leaves a generation as soon as it disagrees', async () => {
		const { model, clock, ask } = house();
		const gate = deferred();
		model.onFill = ({ typed }) =>
			typed.endsWith('cal') ? 'endar();' : { steps: [gate.promise, 'cookie', deferred().promise] };
		const first = new AbortController();
		void ask(cursorIn('const a = █'), first.signal);
		await clock.pass(80);
		first.abort();
		const two = ask(cursorIn('const a = cal█'));
		await settle();
		assert.equal(model.fills[0]?.wasAborted, false);
		gate.resolve();
		await settle();
		assert.equal(model.fills[0]?.wasAborted, true);
		await clock.pass(LONG);
		assert.equal(brief(await two), 'model: endar();');
	});
});

describe('engine: accepting', () => {
	it('asks ahead, and the editor joins without a wait', async () => {
		const { model, engine, get, ask } = house();
		const gate = deferred();
		model.onFill = ({ typed }) => (typed.endsWith('one') ? { steps: [gate.promise, '.two'] } : 'one');
		const cursor = cursorIn('const a = █');
		const outcome = await get(cursor);
		assert.ok(outcome.type === 'text');
		engine.accepted(cursor, outcome);
		await settle();
		assert.equal(model.fills.length, 2);
		// A background flight would wait behind chat, and the editor that joins it with it.
		assert.equal(model.fills[1]?.request.priority, 'interactive');
		const next = ask(cursorIn('const a = one█'));
		await settle();
		gate.resolve();
		assert.equal(brief(await next), 'flight: .two');
		assert.equal(model.fills.length, 2);
	});

	it('nobody asks: it is written to its end, and nothing more is asked for', async () => {
		const { model, clock, engine, get } = house();
		model.onFill = ({ typed }) => (typed.endsWith('one') ? '.two' : 'one');
		const cursor = cursorIn('const a = █');
		const outcome = await get(cursor);
		assert.ok(outcome.type === 'text');
		engine.accepted(cursor, outcome);
		await clock.pass(LONG);
		assert.deepEqual(
			model.fills.map(({ request }) => request.typed),
			['const a = ', 'const a = one'],
		);
		assert.equal(model.running, 0);
	});

	it('no debounce right after', async () => {
		const { model, engine, get, ask } = house();
		model.onFill = ({ typed }) => (typed.endsWith('other') ? '()' : 'one');
		const cursor = cursorIn('const a = █');
		const outcome = await get(cursor);
		assert.ok(outcome.type === 'text');
		// Of another model nothing is known: but for the acceptance it would be waited.
		model.change({ type: 'ready', model: { ...fakeDescription, path: '/models/other.gguf' } });
		engine.accepted(cursor, outcome);
		assert.equal(brief(await ask(cursorIn('const b = other█'))), 'model: ()');
	});
});

describe('engine: the wait', () => {
	/** Answers after so many milliseconds. */
	function answering(milliseconds: number) {
		const made = house();
		made.model.onFill = () => ({
			steps: [made.clock.sleep(milliseconds, new AbortController().signal), 'text'],
		});
		return {
			...made,
			/** Milliseconds until the model was asked. */
			async waited(source: string): Promise<number> {
				const { length } = made.model.fills;
				const controller = new AbortController();
				const outcome = made.ask(cursorIn(source), controller.signal);
				let waited = 0;
				while (made.model.fills.length === length && waited < LONG) {
					await settle();
					if (made.model.fills.length === length) {
						await made.clock.pass(1);
						waited++;
					}
				}
				controller.abort();
				await outcome;
				await made.clock.pass(LONG);
				return waited;
			},
		};
	}

	it('is none with a model that was quick, in the midst of a word', async () => {
		const { get, waited } = answering(30);
		await get(cursorIn('const a = █'));
		assert.equal(await waited('const b = word█'), 0);
	});

	it('is as long as the setting allows with one that was slow, and none on a new line', async () => {
		const { get, waited } = answering(300);
		await get(cursorIn('const a = █'));
		assert.equal(await waited('const b = word█'), 75);
		assert.equal(await waited('f();\n█\n}'), 0);
	});

	it('is as long again with another model, which may be slow', async () => {
		const { model, get, waited } = answering(30);
		await get(cursorIn('const a = █'));
		model.change({ type: 'ready', model: { ...fakeDescription, path: '/models/other.gguf' } });
		assert.equal(await waited('const b = word█'), 75);
	});

	it('follows the rhythm of the requests', async () => {
		const { clock, engine, ask, waited } = answering(300);
		engine.configure({ ...completion, debounce: 5_000 });
		void ask(cursorIn('w█'));
		await clock.pass(100);
		assert.equal(await waited('wo█'), 75);
	});

	it('grows when a quick model becomes slow, also where no answer is waited for to its end', async () => {
		const { model, clock, ask, get, waited } = answering(1);
		await get(cursorIn('const a = █'));
		assert.equal(await waited('const b = word█'), 0);
		model.onFill = () => ({ steps: [deferred().promise] });
		const controller = new AbortController();
		void ask(cursorIn('const c = word█'), controller.signal);
		await clock.pass(LONG);
		controller.abort();
		await clock.pass(LONG);
		assert.equal(await waited('const d = word█'), 75);
	});

	it('is none when asked by hand', async () => {
		const { model, byHand } = house();
		model.onFill = () => 'text';
		const outcome = await byHand(cursorIn('word█'));
		assert.equal(brief(outcome), 'model: text');
	});
});

describe('engine: cancellation', () => {
	it('during the debounce: the model is never asked', async () => {
		const { model, clock, ask } = house();
		const controller = new AbortController();
		const outcome = ask(cursorIn('const a = █'), controller.signal);
		controller.abort();
		assert.equal(brief(await outcome), 'cancelled');
		await clock.pass(LONG);
		assert.equal(model.fills.length, 0);
	});

	it('before the start', async () => {
		const { model, ask } = house();
		assert.equal(brief(await ask(cursorIn('const a = █'), AbortSignal.abort())), 'cancelled');
		assert.equal(model.fills.length, 0);
	});

	it('during a generation: it answers at once, and reaches the model when nobody joins', async () => {
		const { model, clock, ask } = house();
		model.onFill = () => ({ steps: ['a', deferred().promise] });
		const controller = new AbortController();
		const outcome = ask(cursorIn('const a = █'), controller.signal);
		await clock.pass(80);
		controller.abort();
		assert.equal(brief(await outcome), 'cancelled');
		assert.equal(model.running, 1);
		await clock.pass(119);
		assert.equal(model.running, 1);
		await clock.pass(1);
		assert.equal(model.fills[0]?.wasAborted, true);
		assert.equal(model.running, 0);
	});

	it('a stream that ends silently when cancelled is not taken for a text', async () => {
		const { model, clock, ask, get } = house();
		let asked = 0;
		model.onFill = () =>
			++asked === 1 ? { steps: ['half', deferred().promise], endsSilently: true } : 'whole';
		const controller = new AbortController();
		void ask(cursorIn('const a = █'), controller.signal);
		await clock.pass(80);
		controller.abort();
		await clock.pass(LONG);
		assert.equal(brief(await get(cursorIn('const a = █'))), 'model: whole');
	});

	it('the latest request wins', async () => {
		const { model, clock, ask } = house();
		model.onFill = ({ typed }) => `${typed.at(-1)}!`;
		const outcomes = ['a', 'b', 'c'].map((letter) => ask(cursorIn(`x = ${letter}█`)));
		await clock.pass(ANSWERED);
		assert.deepEqual((await Promise.all(outcomes)).map(brief), ['superseded', 'superseded', 'model: c!']);
		assert.equal(model.fills.length, 1);
	});

	it('waits until the model is done with the one before', async () => {
		const { model, clock, ask } = house();
		const hold = deferred();
		let asked = 0;
		model.onFill = () => (++asked === 1 ? { steps: [deferred().promise], holdsOn: hold.promise } : 'b');
		void ask(cursorIn('x = a█'));
		await clock.pass(80);
		const outcome = ask(cursorIn('y = █'));
		await clock.pass(LONG);
		assert.equal(model.fills.length, 1);
		hold.resolve();
		assert.equal(brief(await outcome), 'model: b');
		assert.equal(model.mostRunning, 1);
	});

	it('a filter that ends the stream ends the generation', async () => {
		const { model, get } = house();
		model.onFill = () => ({ steps: ['1', '\n', 'never', 'seen'] });
		assert.equal(brief(await get(cursorIn('call(█)'))), 'model: 1');
		assert.deepEqual(model.fills[0]?.given, ['1', '\n']);
		assert.equal(model.running, 0);
	});

	it('100 keystrokes: at most one request in the model, and the last text gets its answer', async () => {
		const { model, clock, engine } = house();
		const text =
			'const total = items.map((item) => item.price * item.count).reduce((sum, x) => sum + x, 0) + shipping';
		model.onFill = ({ typed }) => ({
			steps: [new Promise((resolve) => setImmediate(resolve)), ...`<${typed.length}>`],
			holdsOn: settle(),
		});
		let controller = new AbortController();
		let outcome: Promise<Outcome> | undefined;
		const count = Math.min(100, text.length);
		for (let length = 1; length <= count; length++) {
			controller.abort();
			controller = new AbortController();
			outcome = engine.complete(
				cursorIn(`${text.slice(0, length)}█`),
				'automatic',
				new TraceWriter(systemClock),
				controller.signal,
			);
			// Sometimes faster than the debounce, sometimes slower.
			await clock.pass(length % 3 === 0 ? 90 : 10);
		}
		await clock.pass(LONG);
		assert.ok(outcome !== undefined);
		assert.equal(brief(await outcome), `model: <${count}>`);
		assert.equal(model.mostRunning, 1);
		assert.equal(model.running, 0);
		assert.equal(clock.sleeping, 0);
		assert.ok(model.fills.length > 10);
	});
});

describe('engine: reasons', () => {
	const cases: readonly [
		expected: string,
		source: string,
		facts?: Partial<DocumentFacts>,
		trigger?: 'manual',
	][] = [
		['language-off', 'a = █', { languageId: 'markdown' }],
		['model', 'a = █', { languageId: 'markdown' }, 'manual'],
		['not-a-document', 'a = █', { scheme: 'output', isWritable: undefined }, 'manual'],
		['not-a-document', 'a = █', { scheme: 'vscode-scm', isWritable: undefined }],
		['not-a-document', 'a = █', { scheme: 'unknown', isWritable: undefined }],
		['read-only', 'a = █', { scheme: 'git', isWritable: false }, 'manual'],
		['model', 'a = █', { scheme: 'untitled', isWritable: undefined }],
		['model', 'a = █', { scheme: 'vscode-notebook-cell', isWritable: undefined }],
		['model', 'a = █', { scheme: 'vscode-vfs', isWritable: true }],
		['secret-file', 'a = █', { fullPath: '/repository/.env' }, 'manual'],
		['secret-file', 'a = █', { fullPath: '/home/me/.ssh/config' }],
		['line-too-long', `${'a'.repeat(2_001)}█`, {}, 'manual'],
		['line-too-long', `█${' '.repeat(200_000)}`],
		['empty-file', '█'],
		['model', '█', {}, 'manual'],
		['middle-of-line', 'a█b'],
		['middle-of-line', 'a = █ + b'],
		['model', 'a = █ + b', {}, 'manual'],
		['line-complete', 'a = 1;█'],
		['model', 'for (let i = 0;█', {}],
	];
	for (const [expected, source, facts, trigger = 'automatic'] of cases) {
		it(`${expected}: ${JSON.stringify(source.slice(0, 20))} ${JSON.stringify(facts ?? {})} ${trigger}`, async () => {
			const { model, clock, engine } = house();
			model.onFill = () => 'text';
			const outcome = engine.complete(
				cursorIn(source, facts),
				trigger,
				new TraceWriter(systemClock),
				new AbortController().signal,
			);
			await clock.pass(ANSWERED);
			assert.equal(brief(await outcome).replace(/:.*/, ''), expected);
			assert.equal(model.fills.length, expected === 'model' ? 1 : 0);
		});
	}

	it('disabled, and enabled again', async () => {
		const { model, engine, get } = house();
		model.onFill = () => 'text';
		engine.configure({ ...completion, enabled: false });
		assert.equal(brief(await get(cursorIn('a = █'))), 'disabled');
		engine.configure(completion);
		assert.equal(brief(await get(cursorIn('a = █'))), 'model: text');
	});

	it('only by hand', async () => {
		const { model, engine, get, byHand } = house();
		model.onFill = () => 'text';
		engine.configure({ ...completion, trigger: 'manual' });
		assert.equal(brief(await get(cursorIn('a = █'))), 'manual-only');
		const outcome = await byHand(cursorIn('a = █'));
		assert.equal(brief(outcome), 'model: text');
	});

	it('a file that is left out, also by hand, with the rule', async () => {
		const { model, byHand } = house();
		const cursor = cursorIn('a = █', { fullPath: '/repository/left-out.ts' });
		const outcome = await byHand(cursor);
		assert.equal(brief(outcome), 'excluded');
		assert.equal(outcome.type === 'nothing' && outcome.detail, 'A rule says so.');
		assert.equal(model.fills.length, 0);
	});

	it('on battery, where that is wished', async () => {
		const { model, power, engine, get, byHand } = house();
		model.onFill = () => 'text';
		power.isOnBattery = true;
		assert.equal(brief(await get(cursorIn('a = █'))), 'model: text');
		engine.configure({ ...completion, pauseOnBattery: true });
		assert.equal(brief(await get(cursorIn('a = █'))), 'on-battery');
		const outcome = await byHand(cursorIn('a = █'));
		assert.equal(brief(outcome), 'model: text');
		power.isOnBattery = false;
		assert.equal(brief(await get(cursorIn('b = █'))), 'model: text');
	});

	it('paused until the time is over', async () => {
		const { model, clock, engine, get } = house();
		model.onFill = () => 'text';
		engine.pause.pause(60_000);
		assert.equal(brief(await get(cursorIn('a = █'))), 'paused');
		await clock.pass(60_000);
		assert.equal(brief(await get(cursorIn('a = █'))), 'model: text');
	});

	it('a model that is not ready', async () => {
		const { model, get } = house();
		const problem = { code: 'model-missing', message: 'There is no file.', remedies: [] };
		model.change({ type: 'none' });
		assert.equal(brief(await get(cursorIn('a = █'))), 'model-none');
		model.change({ type: 'starting' });
		assert.equal(brief(await get(cursorIn('a = █'))), 'model-starting');
		model.change({ type: 'loading', path: '/m', progress: 0.5 });
		assert.equal(brief(await get(cursorIn('a = █'))), 'model-loading');
		model.change({ type: 'failed', problem });
		const outcome = await get(cursorIn('a = █'));
		assert.equal(brief(outcome), 'model-failed');
		assert.equal(outcome.type === 'nothing' && outcome.detail, 'There is no file.');
	});

	it('a model that cannot fill in the middle, unless left to right is on', async () => {
		const { model, engine, get } = house();
		model.onFill = () => 'text';
		const fill = { type: 'unsupported', reason: 'No tokens for it.' } as const;
		model.change({ type: 'ready', model: { ...fakeDescription, fill } });
		const outcome = await get(cursorIn('a = █'));
		assert.equal(brief(outcome), 'cannot-fill');
		assert.equal(
			outcome.type === 'nothing' && outcome.detail,
			'No tokens for it. Left-to-right completion can be turned on in the settings.',
		);
		engine.configure({ ...completion, leftToRight: true });
		assert.equal(brief(await get(cursorIn('a = █'))), 'model: text');
		assert.equal(model.fills[0]?.request.leftToRight, true);
	});

	it('a model that says it cannot', async () => {
		const { model, get } = house();
		model.onFill = () => ({ steps: [{ type: 'unsupported', reason: 'Not this one.' }] });
		const outcome = await get(cursorIn('a = █'));
		assert.equal(brief(outcome), 'cannot-fill');
		assert.equal(
			outcome.type === 'nothing' && outcome.detail,
			'Not this one. Left-to-right completion can be turned on in the settings.',
		);
	});

	it('a model that goes away', async () => {
		const { model, get } = house();
		model.onFill = () => ({
			steps: ['a', new ModelUnavailable({ code: 'host-crashed', message: 'It crashed.', remedies: [] })],
		});
		const outcome = await get(cursorIn('a = █'));
		assert.equal(brief(outcome), 'model-unavailable');
		assert.equal(outcome.type === 'nothing' && outcome.detail, 'It crashed.');
	});

	it('anything else is the face’s to catch, and the next request works', async () => {
		const { model, clock, engine, ask, get } = house();
		model.onFill = () => ({ steps: [new Error('broken')] });
		const outcome = ask(cursorIn('a = █'));
		const rejected = assert.rejects(outcome, /broken/);
		await clock.pass(LONG);
		await rejected;
		assert.equal(engine.lastOutcome?.type === 'nothing' && engine.lastOutcome.reason, 'fault');
		model.onFill = () => 'text';
		assert.equal(brief(await get(cursorIn('a = █'))), 'model: text');
	});

	it('tells listeners, and not of cancelled requests', async () => {
		const { model, clock, engine, ask } = house();
		model.onFill = () => 'text';
		const heard: string[] = [];
		const subscription = engine.onDidComplete((outcome) => heard.push(brief(outcome)));
		const controller = new AbortController();
		void ask(cursorIn('b = █'), controller.signal);
		controller.abort();
		void ask(cursorIn('c = █'));
		void ask(cursorIn('a = █'));
		await clock.pass(LONG);
		assert.deepEqual(heard, ['model: text']);
		assert.equal(brief(engine.lastOutcome ?? assert.fail()), 'model: text');
		subscription.dispose();
	});

	it('another adapter: nothing old is shown', async () => {
		const { model, get } = house();
		model.onFill = () => 'old';
		await get(cursorIn('a = █'));
		model.change({ type: 'ready', model: { ...fakeDescription, adapters: [{ path: '/a.gguf', scale: 1 }] } });
		model.onFill = () => 'new';
		assert.equal(brief(await get(cursorIn('a = █'))), 'model: new');
	});

	it('a restarted host with the same model keeps what is known', async () => {
		const { model, get } = house();
		model.onFill = () => 'old';
		await get(cursorIn('a = █'));
		model.change({ type: 'starting' });
		model.change({ type: 'ready', model: fakeDescription });
		assert.equal(brief(await get(cursorIn('a = █'))), 'cache: old');
	});

	it('disposed: what runs ends', async () => {
		const { model, clock, engine, ask } = house();
		model.onFill = () => ({ steps: [deferred().promise] });
		const outcome = ask(cursorIn('a = █'));
		await clock.pass(80);
		engine.dispose();
		assert.equal(brief(await outcome), 'superseded');
		await settle();
		assert.equal(model.running, 0);
	});
});

describe('engine: byte-exact', () => {
	const texts: readonly [name: string, text: string][] = [
		['emoji with joiners', '"👨‍👩‍👧‍👦 😀";'],
		['flags', '"🇩🇪🇯🇵";'],
		['combining characters', '"e\u0301 n\u0303 क्षि";'],
		['Hebrew', '"שלום עולם";'],
		['Arabic', '"مرحبا";'],
		['Chinese', '"你好，世界";'],
		['tabs', '"a\tb";'],
		['composed and decomposed stay as they are', '"\u00e9e\u0301";'],
	];
	for (const [name, text] of texts) {
		it(name, async () => {
			const { model, get } = house();
			// One UTF-16 unit a piece: the worst that a stream can do.
			model.onFill = () => ({ steps: text.split('') });
			assert.equal(brief(await get(cursorIn('const a = █'))), `model: ${text}`);
		});
	}

	it('CRLF: the prompt has line feeds, the document gets its own line ends', async () => {
		const { model, get } = house();
		model.onFill = () => '\n\ta();\n\tb();\n}';
		const outcome = await get(cursorIn('x();\nf() {█', { eol: '\r\n' }));
		assert.equal(outcome.type === 'text' && outcome.text, '\r\n\ta();\r\n\tb();\r\n}');
		assert.equal(model.fills[0]?.request.prefix, 'x();\n');
	});

	it('CRLF from the model is a line end', async () => {
		const { model, get } = house();
		model.onFill = () => ({ steps: ['\r', '\n\ta();\r', '\n}\r\n'] });
		assert.equal(brief(await get(cursorIn('f() {█'))), 'model: \n\ta();\n}');
	});

	it('typed along over an emoji', async () => {
		const { model, get, ask } = house();
		model.onFill = () => '"😀 ok";';
		await get(cursorIn('const a = █'));
		assert.equal(brief(await ask(cursorIn('const a = "😀█'))), 'ahead:  ok";');
	});

	it('accepting gives exactly the text that was meant', async () => {
		const { model, get } = house();
		const source = 'call("█")';
		model.onFill = () => '✓", b)';
		const outcome = await get(cursorIn(source));
		assert.ok(outcome.type === 'text');
		const { before, after } = marked(source);
		assert.equal(before + outcome.text + after.slice(outcome.covers), 'call("✓", b)');
	});

	it('names what fitted a text into the rest of its line, as it names the rules', async () => {
		const { engine, model, clock } = house();
		model.onFill = () => 'a, b)';
		const trace = new TraceWriter(clock);
		const outcome = engine.complete(cursorIn('call(█)'), 'manual', trace, new AbortController().signal);
		assert.equal(brief(await outcome), 'model: a, b');
		assert.deepEqual(trace.rules, ['rest-of-the-line']);
	});

	it('tells where the time of a request went, what was asked, and which rules spoke', async () => {
		const { engine, model, clock } = house();
		model.onFill = () => '1;\nconst c';
		const trace = new TraceWriter(clock);
		const outcome = engine.complete(cursorIn('const a = █'), 'manual', trace, new AbortController().signal);
		await clock.pass(LONG);
		await outcome;
		const told: CompletionTrace = trace;
		assert.deepEqual(
			told.stages.map(({ stage }) => stage),
			['gate', 'known-texts', 'syntax', 'model-busy', 'context', 'generation', 'cleaning'],
		);
		assert.equal(told.model?.name, fakeDescription.name);
		assert.equal(told.prompt?.typed, 'const a = ');
		assert.match(told.raw ?? '', /^1;/);
		assert.ok(told.rules.length > 0);
	});
});
