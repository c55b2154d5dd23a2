/** What follows a suggestion is known before it is accepted, and costs nobody a wait. */
import * as assert from 'node:assert/strict';
import { afterInsertion } from '../../../src/completion/cursor';
import type { Outcome } from '../../../src/completion/outcome';
import { ANSWERED, brief, house, LONG, microtasks } from '../../support/completionHouse';
import { settle } from '../../support/fakeClock';
import { deferred } from '../../support/fakeModel';
import { cursorIn } from '../../support/marked';

const typedOf = ({ request }: { readonly request: { readonly typed: string } }) => request.typed;

describe('look-ahead', () => {
	it('after Tab the next suggestion is there in the same turn', async () => {
		const { model, clock, engine, get, ask } = house();
		model.onFill = ({ typed }) => (typed.endsWith('one') ? '.two' : 'one');
		const cursor = cursorIn('const a = █');
		const outcome = await get(cursor);
		assert.ok(outcome.type === 'text');
		await clock.pass(LONG);
		assert.deepEqual(model.fills.map(typedOf), ['const a = ', 'const a = one']);
		assert.equal(model.fills[1]?.request.priority, 'background');
		engine.accepted(cursor, outcome);
		let next: Outcome | undefined;
		void ask(cursorIn('const a = one█')).then((answer) => {
			next = answer;
		});
		assert.ok(await microtasks(() => next !== undefined));
		assert.equal(next === undefined ? '' : brief(next), 'cache: .two');
		assert.equal(model.fills.length, 2);
	});

	it('after Tab the prompt that is read then is that behind the text', async () => {
		const { model, clock, engine, get } = house();
		model.onFill = ({ typed }) => (typed.endsWith('one') ? '.two' : 'one');
		const cursor = cursorIn('const a = █');
		const outcome = await get(cursor);
		assert.ok(outcome.type === 'text');
		engine.accepted(cursor, outcome);
		await clock.pass(LONG);
		assert.equal(model.prefills.at(-1)?.request.typed, 'const a = one');
	});

	it('nothing is asked ahead once the face did not even ask', async () => {
		const { model, clock, engine, get } = house();
		model.onFill = () => 'one';
		await get(cursorIn('const a = █'));
		engine.decline('suggestion-open');
		await clock.pass(LONG);
		assert.equal(model.fills.length, 1);
	});

	it('waits until the suggestion has stood for a moment', async () => {
		const { model, clock, get } = house();
		model.onFill = () => 'one';
		await get(cursorIn('const a = █'));
		await clock.pass(ANSWERED);
		assert.equal(model.fills.length, 1);
		await clock.pass(LONG);
		assert.ok(model.fills.length > 1);
	});

	it('a line that is finished leads to the next line, indented alike', async () => {
		const { model, clock, get, ask } = house();
		model.onFill = ({ typed }) => (typed.endsWith('\n\t') ? 'b();' : 'one();');
		await get(cursorIn('f() {\n\ta = █\n}'));
		await clock.pass(LONG);
		assert.equal(brief(await ask(cursorIn('f() {\n\ta = one();\n\t█\n}'))), 'cache: b();');
		assert.equal(model.fills.length, 2);
	});

	it('of several lines, accepting the first leaves the others known, in the same turn', async () => {
		const { model, get, ask } = house();
		model.onFill = () => '\n\ta();\n\tb();\n}';
		await get(cursorIn('f() {█'));
		let next: Outcome | undefined;
		// As VS Code accepts a line: with its end.
		void ask(cursorIn('f() {\n\ta();\n█')).then((answer) => {
			next = answer;
		});
		assert.ok(await microtasks(() => next !== undefined));
		assert.equal(next === undefined ? '' : brief(next), 'ahead: \tb();\n}');
	});

	it('goes on while somebody types what is suggested', async () => {
		const { model, clock, get, ask } = house();
		const gate = deferred();
		model.onFill = ({ typed }) => (typed.endsWith('one') ? { steps: [gate.promise, '.two'] } : 'one');
		await get(cursorIn('const a = █'));
		await clock.pass(LONG);
		assert.equal(brief(await ask(cursorIn('const a = o█'))), 'ahead: ne');
		await clock.pass(LONG);
		assert.equal(model.fills[1]?.wasAborted, false);
		gate.resolve();
		await settle();
		assert.equal(brief(await ask(cursorIn('const a = one█'))), 'cache: .two');
	});

	it('a key that disagrees ends it at once, and its own answer waits for nothing', async () => {
		const { model, clock, get, ask } = house();
		model.onFill = ({ typed }) =>
			typed.endsWith('one') ? { steps: [deferred().promise] } : typed.endsWith('x') ? 'yz' : 'one';
		await get(cursorIn('const a = █'));
		await clock.pass(LONG);
		assert.equal(model.running, 1);
		const other = ask(cursorIn('const a = x█'));
		await settle();
		assert.equal(model.fills[1]?.wasAborted, true);
		await clock.pass(ANSWERED);
		assert.equal(brief(await other), 'model: yz');
		assert.equal(model.mostRunning, 1);
	});

	it('nothing is asked ahead where nothing is offered', async () => {
		const { model, clock, get, engine } = house();
		model.onFill = () => 'one';
		await get(cursorIn('const a = █'));
		engine.pause.pause(60_000);
		await clock.pass(LONG);
		assert.equal(model.fills.length, 1);
	});

	it('the figures of a generation that a rule ended are told, once', async () => {
		const { model, clock, get, ask } = house();
		const gate = deferred();
		const prompt = { promptTokens: 100, reusedTokens: 97, prefillMilliseconds: 8 };
		model.onFill = () => ({ prompt, steps: ['ca', gate.promise, 'll', '(a);', '\n', 'never'] });
		const controller = new AbortController();
		const first = ask(cursorIn('const a = █'), controller.signal);
		await clock.pass(80);
		controller.abort();
		assert.equal(brief(await first), 'cancelled');
		const joined = get(cursorIn('const a = c█'));
		gate.resolve();
		const outcome = await joined;
		assert.equal(brief(outcome), 'flight: all(a);');
		assert.ok(outcome.type === 'text' && outcome.statistics !== undefined);
		const { promptTokens, reusedTokens, prefillMilliseconds, generatedTokens } = outcome.statistics;
		assert.deepEqual([promptTokens, reusedTokens, prefillMilliseconds, generatedTokens], [100, 97, 8, 4]);
		const again = await ask(cursorIn('const a = ca█'));
		assert.ok(again.type === 'text' && again.statistics === undefined);
	});
});

describe('hot streak', () => {
	it('the line below is taken along, and is there after Tab and Enter', async () => {
		const { model, get, ask } = house();
		model.onFill = () => ({
			steps: ['one();', '\n', '\t', 'two', '();', '\n', '\t', 'three();', '\n', '}', '\n', 'never'],
		});
		assert.equal(brief(await get(cursorIn('f() {\n\ta = █'))), 'model: one();');
		await settle();
		assert.equal(brief(await ask(cursorIn('f() {\n\ta = one();\n\t█'))), 'cache: two();\n\tthree();\n}');
		assert.equal(model.fills.length, 1);
		assert.ok(model.fills[0]?.given.includes('never') === false);
	});

	it('the shown text does not wait for it', async () => {
		const { model, ask } = house();
		model.onFill = () => ({ steps: ['one();', '\n', deferred().promise, 'two();'] });
		const outcome = ask(cursorIn('a = █'));
		await settle();
		assert.equal(brief(await outcome), 'model: one();');
		assert.equal(model.running, 1);
	});

	it('goes on while somebody accepts the text and presses Enter, and is joined', async () => {
		const { model, clock, engine, get, ask } = house();
		const gate = deferred();
		model.onFill = () => ({ steps: ['one();', '\n', gate.promise, 'two();', '\n', '\n', 'never'] });
		const cursor = cursorIn('a = █');
		const outcome = await get(cursor);
		assert.ok(outcome.type === 'text');
		engine.accepted(cursor, outcome);
		assert.equal(brief(await ask(cursorIn('a = one();█'))), 'line-complete');
		await clock.pass(LONG);
		assert.equal(model.running, 1);
		const next = ask(cursorIn('a = one();\n█'));
		await settle();
		gate.resolve();
		const joined = await next;
		assert.equal(brief(joined), 'flight: two();');
		assert.equal(model.fills.length, 1);
		// Whoever got the first text was told what the generation took.
		assert.ok(outcome.statistics !== undefined && joined.type === 'text');
		assert.equal(joined.statistics, undefined);
	});

	it('ends within its limit', async () => {
		const { model, get } = house();
		model.onFill = () => ({
			steps: ['one();', '\n', ...Array.from({ length: 200 }, (_, index) => `a${index} + `)],
		});
		await get(cursorIn('a = █'));
		await settle();
		assert.equal(model.fills[0]?.isOver, true);
		assert.ok((model.fills[0]?.given.length ?? 200) < 60);
	});

	it('another key than the text ends it', async () => {
		const { model, clock, get, ask } = house();
		model.onFill = ({ typed }) =>
			typed.endsWith('x') ? 'yz' : { steps: ['one();', '\n', deferred().promise] };
		const cursor = cursorIn('a = █');
		await get(cursor);
		const other = ask(afterInsertion(cursor, 'x', 0));
		await settle();
		assert.equal(model.fills[0]?.wasAborted, true);
		await clock.pass(ANSWERED);
		assert.equal(brief(await other), 'model: yz');
	});
});
