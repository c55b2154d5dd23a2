/** Whole judgements over a model that plays both sides: what is measured, in which order, and within which time. */
import assert from 'node:assert/strict';
import type { Checker } from '../../../../src/finetune/judge/checkWorker';
import { type JudgeOptions, judge } from '../../../../src/finetune/judge/judge';
import type { JudgedSpan } from '../../../../src/finetune/judge/judgement';
import { isJudgement } from '../../../../src/finetune/judge/judgementFile';
import type { PlaceToCheck } from '../../../../src/finetune/judge/textCheck';
import { isAbort } from '../../../../src/inference/cancel';
import { FakeModel } from '../../../support/fakeModel';
import { translate } from '../panel/runs';

const never = new AbortController().signal;
const TRUTH = 'return total(first);';

function span(index: number, changes: Partial<JudgedSpan> = {}): JudgedSpan {
	return {
		file: `shop/f${index % 40}.ts`,
		kind: 'tail',
		repository: undefined,
		path: `f${index % 40}.ts`,
		files: [],
		prefix: 'x'.repeat(200),
		typed: '',
		middle: TRUTH,
		suffix: `\n${'y'.repeat(400)}`,
		ends: true,
		maxPromptTokens: 500,
		...changes,
	};
}

const spansOf = (count: number) => Array.from({ length: count }, (_, index) => span(index));

/** Finds nothing. */
const calm: Checker = {
	check: async ({ texts }) => ({ secrets: texts.map(() => []), isValid: texts.map(() => true) }),
};

describe('finetune/judge/judge', () => {
	let model: FakeModel;
	/** Nats per token by strength, and what is written. */
	let loss: (strength: number, fill: { readonly path: string }) => number;
	let write: (strength: number) => string;
	const strength = () => model.adapterCalls.at(-1)?.[0]?.scale ?? Number.NaN;

	beforeEach(() => {
		model = new FakeModel();
		loss = (strength) => 2 - strength;
		write = (strength) => (strength === 0 ? 'return sum(first);' : TRUTH);
		model.onScore = (fill) => Array.from(fill.middle, () => -loss(strength(), fill));
		model.onFill = () => ({ steps: [...write(strength())] });
	});

	function run(changes: Partial<JudgeOptions> = {}, signal = never) {
		return judge(
			{
				model,
				adapterPath: '/a.gguf',
				spans: { validation: spansOf(30), test: spansOf(240), train: spansOf(5) },
				general: [span(0, { path: 'general.py', file: 'general.py' })],
				checker: calm,
				budget: Number.POSITIVE_INFINITY,
				onProgress: () => undefined,
				translate,
				...changes,
			},
			signal,
		);
	}

	it('passes what is better everywhere, and keeps what was found', async () => {
		loss = (strength, { path }) => (path === 'general.py' ? 1 : 2 - strength);
		const found = await run();
		assert.equal(found.decision, 'pass', JSON.stringify(found.answers));
		assert.ok(isJudgement(JSON.parse(JSON.stringify(found))));
		assert.deepEqual([found.spans, found.files, found.strength], [240, 40, 1]);
		assert.deepEqual(found.loss, { base: 2, adapter: 1, difference: { value: -1, low: -1, high: -1 } });
		assert.deepEqual([found.exact.base, found.exact.adapter], [0, 1]);
		assert.ok(found.exactP < 1e-9);
		assert.equal(found.general?.difference.value, 0);
		assert.deepEqual([found.syntax?.adapter, found.leaks, found.verbatim.adapter], [1, [], 0]);
		assert.deepEqual(found.examples.length, 4);
		assert.equal(found.examples[0]?.base, 'return sum(first);');
		assert.equal(found.examples[0]?.adapter, TRUTH);
	});

	it('takes the time of a token where none is guessed, on both sides', async () => {
		await run();
		const alone = model.fills.filter(({ request }) => request.guesses === false);
		assert.equal(alone.length, 80);
	});

	it('turns down what is worse', async () => {
		loss = (strength) => 2 + strength;
		write = (strength) => (strength === 0 ? TRUTH : 'ret');
		const { decision, answers, strength: chosen } = await run();
		assert.equal(decision, 'fail');
		assert.equal(chosen, 0.5);
		const failed = answers.flatMap(({ question, answer }) => (answer === 'failed' ? [question] : []));
		assert.deepEqual(failed, ['loss', 'exact', 'identifiers', 'premature', 'length', 'general']);
	});

	it('turns down what has learned the words of the code, and not the code', async () => {
		let nonsense = 0;
		loss = (strength, { path }) => (path === 'general.py' ? 1 : 2 - 0.1 * strength);
		model.onScore = (fill) => {
			// The same words in another order.
			const isMixed = fill.middle !== TRUTH && fill.path !== 'general.py';
			nonsense += Number(isMixed && [...fill.middle].sort().join('') === [...TRUTH].sort().join(''));
			return Array.from(fill.middle, () => -(isMixed ? 6 - strength() : loss(strength(), fill)));
		};
		const { decision, answers, words } = await run();
		assert.equal(decision, 'fail');
		assert.ok(nonsense >= 200, 'both sides saw the words');
		assert.deepEqual(
			answers.flatMap(({ question, answer }) => (answer === 'passed' ? [] : [question])),
			['words'],
		);
		assert.ok(Math.abs((words?.code ?? 0) - 0.05) < 1e-9, JSON.stringify(words));
		assert.ok(Math.abs((words?.scrambled ?? 0) - 1 / 6) < 1e-9, JSON.stringify(words));
		assert.ok(isJudgement(JSON.parse(JSON.stringify(await run()))));
	});

	it('turns down what is better by next to nothing, however certain that is', async () => {
		loss = (strength, { path }) => (path === 'general.py' ? 1 : 2 - 0.004 * strength);
		const { decision, answers } = await run();
		assert.equal(decision, 'fail');
		assert.match(answers[0]?.reason ?? '', /lower by 0\.2 % \(0\.2 to 0\.2\): less than the 1 % that make/);
	});

	it('cannot tell with ten files', async () => {
		const test = spansOf(70).map((one, index) => ({ ...one, file: `shop/f${index % 10}.ts` }));
		loss = (strength, { path }) => (path === 'general.py' ? 1 : 2 - strength);
		const { decision, answers } = await run({ spans: { validation: [], test, train: [] } });
		assert.equal(decision, 'unsure');
		assert.match(answers[0]?.reason ?? '', /^Cannot tell with 70 places of 10 files/);
	});

	it('chooses the strength on validation, and never looks at the test for it', async () => {
		loss = (strength) => 1 + (strength - 0.75) ** 2;
		const seen: string[] = [];
		model.onScore = (fill) => {
			seen.push(`${strength()} ${fill.prefix[0]}`);
			return [-loss(strength(), fill)];
		};
		const test = spansOf(200).map((one) => ({ ...one, prefix: 't' }));
		const found = await run({ spans: { validation: spansOf(30), test, train: [] } });
		assert.equal(found.strength, 0.75);
		assert.deepEqual(
			found.strengths.map((one) => one.strength),
			[0.5, 0.75, 1],
		);
		assert.deepEqual([...new Set(seen)].slice(0, 5), ['1 x', '0.75 x', '0.5 x', '0 t', '0.75 t']);
	});

	it('is at background priority, with the base as the adapter at no strength', async () => {
		await run();
		assert.deepEqual(new Set(model.fills.map(({ request }) => request.priority)), new Set(['background']));
		assert.deepEqual(
			new Set(model.adapterCalls.map((adapters) => adapters.map(({ path }) => path).join())),
			new Set(['/a.gguf']),
		);
		assert.deepEqual(new Set(model.adapterCalls.map(([one]) => one?.scale)), new Set([0, 0.5, 0.75, 1]));
	});

	it('asks for the places as they are, cut where the truth has its last line', async () => {
		write = () => `${TRUTH}\nand more`;
		const found = await run({ most: { written: 41 } });
		assert.equal(found.exact.base, 1);
		const [first] = model.fills;
		assert.deepEqual(
			[first?.request.maxTokens, first?.request.leftToRight, first?.request.suffix],
			[50, false, span(0).suffix],
		);
		// Beyond those whose time is taken, nobody waits for what is cut off.
		assert.equal(model.fills.at(41)?.given.join(''), `${TRUTH}\nand more`);
		assert.ok(model.fills.some(({ given }) => given.join('') === `${TRUTH}\n`));
	});

	it('turns down what looks like a secret, unless the base writes it too', async () => {
		const seen: PlaceToCheck[] = [];
		const finding: Checker = {
			check: async (place) => {
				seen.push(place);
				return {
					secrets: place.texts.map((text) => (text.includes('KEY') ? ['own key'] : [])),
					isValid: undefined,
				};
			},
		};
		write = (strength) => (strength === 0 ? TRUTH : 'KEY');
		const { leaks, answers, syntax, examples } = await run({ checker: finding });
		assert.ok(leaks.length >= 240);
		assert.deepEqual(leaks[0]?.rule, 'own key');
		assert.equal(answers.find(({ question }) => question === 'leak')?.answer, 'failed');
		assert.deepEqual([syntax, examples], [undefined, []]);
		assert.ok(
			seen.some(({ path }) => path === ''),
			'continuations of training text too',
		);
		write = () => 'KEY';
		assert.deepEqual((await run({ checker: finding })).leaks, []);
	});

	it('sees what comes out by heart, on both sides', async () => {
		const after = TRUTH + span(0).suffix;
		model.onFill = ({ continues }) => ({
			steps: continues === true && strength() !== 0 ? [after.slice(0, 150)] : ['no'],
			endReason: 'length',
		});
		const { verbatim } = await run();
		assert.deepEqual([verbatim.base, verbatim.adapter], [0, 1]);
		const asked = model.fills.find(({ request }) => request.continues === true)?.request;
		assert.deepEqual([asked?.prefix, asked?.suffix, asked?.maxTokens], ['x'.repeat(150), '', 50]);
	});

	it('ends in its time, with what was looked at', async () => {
		let time = 0;
		model.onScore = (fill) => {
			time += 10;
			return [-loss(strength(), fill)];
		};
		const progress: number[] = [];
		const found = await run({
			now: () => time,
			budget: 4_000,
			onProgress: (done, all) => progress.push(done / all),
		});
		// 600 for validation, and then until half of the time, 500 a block.
		assert.ok(found.spans >= 50 && found.spans < 150, String(found.spans));
		assert.equal(found.decision, 'unsure');
		assert.ok(progress.every((share, index) => share <= 1 && share >= (progress[index - 1] ?? 0)));
		assert.ok(found.milliseconds >= 2_000 && found.milliseconds < 4_000);
	});

	it('leaves out what cannot be scored, and fails where the adapter cannot be used', async () => {
		const score = model.scoreFills.bind(model);
		model.scoreFills = async (request) =>
			request.fills.some(({ middle }) => middle === 'long')
				? { type: 'unsupported', reason: 'Too long.' }
				: score(request);
		const test = [...spansOf(30), span(31, { middle: 'long' })];
		assert.equal((await run({ spans: { validation: [], test, train: [] } })).spans, 30);
		model.onUseAdapters = () => 'Another base.';
		await assert.rejects(run(), /^Error: Another base\.$/);
	});

	it('ends when it is cancelled', async () => {
		const controller = new AbortController();
		model.onFill = () => {
			controller.abort();
			return { steps: [new Promise(() => undefined)] };
		};
		await assert.rejects(run({}, controller.signal), isAbort);
	});
});
