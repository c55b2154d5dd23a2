/** The trace of a request: what each stage took and may take, whose model it was, and which rule left nothing. */
import * as assert from 'node:assert/strict';
import { STAGE_BUDGETS } from '../../../src/completion/budgets';
import type { Trigger } from '../../../src/completion/gate';
import { isOver, TraceWriter } from '../../../src/completion/trace';
import { settings } from '../../../src/manifest';
import { brief, completion, house } from '../../support/completionHouse';
import { settle } from '../../support/fakeClock';
import { deferred, fakeDescription } from '../../support/fakeModel';
import { cursorIn } from '../../support/marked';
import { recordingLog } from '../../support/silentLog';

/** One request to its end, with its trace. */
async function traced(
	{ engine, clock }: Pick<ReturnType<typeof house>, 'engine' | 'clock'>,
	source: string,
	trigger: Trigger = 'manual',
) {
	const trace = new TraceWriter(clock);
	const asked = engine.complete(cursorIn(source), trigger, trace, new AbortController().signal);
	await settle();
	await clock.pass(100);
	return { trace, outcome: brief(await asked) };
}

describe('trace', () => {
	it('gives each stage the time since the one before, and what it may take', () => {
		let now = 5;
		const trace = new TraceWriter({ now: () => now });
		now = 7;
		trace.end('document');
		now = 60;
		trace.end('debounce', { budget: 50 });
		now = 107;
		trace.end('generation', { ago: 7 });
		trace.end('cleaning');
		assert.deepEqual(trace.stages, [
			{ stage: 'document', milliseconds: 2, budget: STAGE_BUDGETS.document },
			{ stage: 'debounce', milliseconds: 53, budget: 50 },
			{ stage: 'generation', milliseconds: 40, budget: STAGE_BUDGETS.generation },
			{ stage: 'cleaning', milliseconds: 7, budget: STAGE_BUDGETS.cleaning },
		]);
		assert.deepEqual(trace.stages.map(isOver), [false, true, false, false]);
	});

	it('takes the budget of the debounce from its setting', async () => {
		const made = house({ settings: { ...completion, debounce: 40 } });
		made.model.onFill = () => '1;';
		const { trace } = await traced(made, 'const a = b█', 'automatic');
		const budget = trace.stages.find(({ stage }) => stage === 'debounce')?.budget;
		assert.equal(budget, 40);
		assert.equal(STAGE_BUDGETS.debounce, settings.completionDebounce.default);
	});

	it('tells the cleaning from the generation', async () => {
		const shapes = {
			at: async () => undefined,
			end: async () => {
				await made.clock.sleep(12, new AbortController().signal);
				return undefined;
			},
		};
		const made = house({ shapes });
		const gate = deferred();
		made.model.onFill = () => ({ steps: [gate.promise, '1;'] });
		const trace = new TraceWriter(made.clock);
		const asked = made.engine.complete(cursorIn('a = █'), 'manual', trace, new AbortController().signal);
		await made.clock.pass(70);
		gate.resolve();
		await settle();
		await made.clock.pass(12);
		assert.equal(brief(await asked), 'model: 1;');
		assert.deepEqual(
			trace.stages
				.filter(({ milliseconds }) => milliseconds > 0)
				.map(({ stage, milliseconds }) => [stage, milliseconds]),
			[
				['generation', 70],
				['cleaning', 12],
			],
		);
	});

	it('the log names what took more than it may, and nothing else', async () => {
		const log = recordingLog();
		const made = house({ log });
		const gate = deferred();
		made.model.onFill = () => ({ steps: [gate.promise, '1;'] });
		const trace = new TraceWriter(made.clock);
		const asked = made.engine.complete(cursorIn('a = █'), 'manual', trace, new AbortController().signal);
		await made.clock.pass(STAGE_BUDGETS.generation + 50);
		gate.resolve();
		await asked;
		await traced(made, 'a = █');
		assert.deepEqual(log.lines, [
			'trace completion: model, 2 characters, 650 ms; generation took 650 of 600 ms',
			'trace completion: cache, 2 characters, 0 ms',
		]);
	});

	it('names the model also where nothing was asked', async () => {
		const made = house({ settings: { ...completion, enabled: false } });
		const { trace, outcome } = await traced(made, 'a = █', 'automatic');
		assert.deepEqual([outcome, trace.model], ['disabled', fakeDescription]);
		made.model.change({ type: 'none' });
		assert.equal((await traced(made, 'a = █')).trace.model, undefined);
	});

	it('names the rule that left nothing and the text before it, also when that is known already', async () => {
		const made = house();
		made.model.onFill = () => 'const a = b();';
		const dropped = { rule: 'what-precedes', text: 'const a = b();' };
		for (const raw of ['const a = b();', undefined]) {
			const { trace, outcome } = await traced(made, 'const a = b();\n█');
			assert.deepEqual([outcome, trace.raw, trace.dropped], ['only-repeats', raw, dropped]);
		}
		assert.equal(made.model.fills.length, 1);
	});

	it('names the rule that ended the generation before there was anything', async () => {
		const made = house();
		made.model.onFill = () => '<|endoftext|>b';
		const { trace, outcome } = await traced(made, 'a = █');
		assert.deepEqual([outcome, trace.dropped], ['not-text', { rule: 'special-tokens', text: undefined }]);
	});

	it('names the fitting into the line where that left nothing', async () => {
		const made = house();
		made.model.onFill = () => 'b)';
		const { trace, outcome } = await traced(made, 'call(a, █b)');
		assert.deepEqual([outcome, trace.dropped], ['only-repeats', { rule: 'rest-of-the-line', text: 'b)' }]);
	});

	it('names the doubt of the model as a rule', async () => {
		const made = house();
		made.model.onFill = () => ({ steps: [{ type: 'text', text: '1;', logProbability: -9, tokens: 1 }] });
		const { trace, outcome } = await traced(made, 'const a = █', 'automatic');
		assert.deepEqual([outcome, trace.dropped], ['unsure', { rule: 'unsure', text: '1;' }]);
	});

	it('names the syntax as one, too', async () => {
		const made = house({ shapes: { at: async () => undefined, end: async () => 0 } });
		made.model.onFill = () => '1;';
		const { trace, outcome } = await traced(made, 'const a = █');
		assert.deepEqual([outcome, trace.dropped], ['nothing-to-add', { rule: 'unbalanced-syntax', text: '1;' }]);
	});

	it('says nothing was dropped where there is a text', async () => {
		const made = house();
		made.model.onFill = () => '1;\nconst c';
		const { trace, outcome } = await traced(made, 'const a = █');
		assert.deepEqual([outcome, trace.rules, trace.dropped], ['model: 1;', ['extent'], undefined]);
	});
});
