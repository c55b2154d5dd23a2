/** Whole judgements of adapters of chat, over a model that plays both sides. */
import assert from 'node:assert/strict';
import type { JudgedChat } from '../../../../../src/finetune/instruct/testChats';
import { type JudgeChatsOptions, judgeChats } from '../../../../../src/finetune/judge/chat/judgeChats';
import type { Checker } from '../../../../../src/finetune/judge/checkWorker';
import { isJudgement } from '../../../../../src/finetune/judge/judgementFile';
import type { PlaceToCheck } from '../../../../../src/finetune/judge/textCheck';
import { isAbort } from '../../../../../src/inference/cancel';
import { FakeModel } from '../../../../support/fakeModel';
import { translate } from '../../panel/runs';

const never = new AbortController().signal;
const TRUTH = 'It posts the entry:\n\n```ts\nledger.post(entry);\n```';
const POOR = 'It does something:\n\n```ts\nthing.run(it);\n```';

function chat(index: number, changes: Partial<JudgedChat> = {}, answer = TRUTH): JudgedChat {
	return {
		file: `shop/f${index % 40}.ts`,
		kind: 'functions',
		messages: [
			{ role: 'system', content: 'Rules.' },
			{ role: 'user', content: `What does number ${index} do?` },
			{ role: 'assistant', content: answer },
		],
		...changes,
	};
}

const chatsOf = (count: number) => Array.from({ length: count }, (_, index) => chat(index));
const general = [chat(0, { file: 'general/0' }, 'The capital is Paris.')];

/** Finds nothing. */
const calm: Checker = {
	check: async ({ texts }) => ({ secrets: texts.map(() => []), isValid: texts.map(() => true) }),
};

describe('finetune/judge/chat/judgeChats', () => {
	let model: FakeModel;
	/** Nats per token by strength, and what is answered. */
	let loss: (strength: number, isGeneral: boolean) => number;
	let say: (strength: number) => string;
	const strength = () => model.chatAdapterCalls.at(-1)?.[0]?.scale ?? Number.NaN;

	beforeEach(() => {
		model = new FakeModel();
		loss = (strength, isGeneral) => (isGeneral ? 1 : 2 - strength);
		say = (strength) => (strength === 0 ? POOR : TRUTH);
		model.onScoreChat = (messages) => -loss(strength(), messages.at(-1)?.content === 'The capital is Paris.');
		model.onChat = () => ({ steps: say(strength()).match(/[\s\S]{1,8}/g) ?? [] });
	});

	function run(changes: Partial<JudgeChatsOptions> = {}, signal = never) {
		return judgeChats(
			{
				model,
				adapterPath: '/a.gguf',
				chats: { validation: chatsOf(20), test: chatsOf(120), train: [] },
				general,
				checker: calm,
				maxTokens: 4_096,
				budget: Number.POSITIVE_INFINITY,
				onProgress: () => undefined,
				translate,
				...changes,
			},
			signal,
		);
	}

	it('passes what answers better, and keeps what was found', async () => {
		const found = await run();
		assert.equal(found.decision, 'pass', JSON.stringify(found.answers));
		assert.ok(isJudgement(JSON.parse(JSON.stringify(found))));
		assert.deepEqual([found.role, found.spans, found.files, found.strength], ['chat', 120, 40, 1]);
		assert.deepEqual(found.loss, { base: 2, adapter: 1, difference: { value: -1, low: -1, high: -1 } });
		assert.deepEqual([found.exact.base, found.exact.adapter], [0, 1]);
		assert.equal(found.similarity.adapter, 1);
		assert.deepEqual([found.identifiers?.base, found.identifiers?.adapter], [0, 1]);
		assert.deepEqual([found.syntax?.adapter, found.premature.adapter, found.leaks], [1, 0, []]);
		const [example] = found.examples;
		assert.deepEqual(
			[example?.kind, example?.truth, example?.base, example?.adapter],
			['functions', TRUTH, POOR, TRUTH],
		);
		assert.match(example?.prefix ?? '', /^What does number \d+ do\?$/);
	});

	it('turns down what is worse', async () => {
		loss = (strength) => 2 + strength;
		say = (strength) => (strength === 0 ? TRUTH : 'No');
		const { decision, answers, strength: chosen } = await run();
		assert.equal(decision, 'fail');
		assert.equal(chosen, 0.5);
		const failed = answers.flatMap(({ question, answer }) => (answer === 'failed' ? [question] : []));
		assert.deepEqual(failed, ['loss', 'similarity', 'identifiers', 'syntax', 'length', 'general']);
	});

	it('turns down what predicts better, but by next to nothing', async () => {
		loss = (strength) => 2 - 0.004 * strength;
		const { decision, answers } = await run();
		assert.equal(decision, 'fail');
		assert.match(answers[0]?.reason ?? '', /lower by 0\.2 % .*: less than the 1 %/);
	});

	it('turns down what goes on without an end, or says nothing', async () => {
		const unended = async () => {
			const { answers, premature } = await run();
			return [answers.find(({ question }) => question === 'premature')?.answer, premature.adapter];
		};
		model.onChat = () => ({ steps: [TRUTH], endReason: strength() === 0 ? 'end-of-text' : 'length' });
		assert.deepEqual(await unended(), ['failed', 1]);
		model.onChat = () => (strength() === 0 ? TRUTH : '');
		assert.deepEqual(await unended(), ['failed', 1]);
		// Of a truth that is longer than anybody waits for, nobody knows where its answer ends.
		const test = Array.from({ length: 120 }, (_, index) => chat(index, {}, TRUTH.repeat(20)));
		model.onChat = () => ({ steps: [TRUTH], endReason: 'length' });
		const { premature } = await run({ chats: { validation: [], test, train: [] } });
		assert.deepEqual([premature.base, premature.adapter], [0, 0]);
		assert.equal(model.chats.at(-1)?.request.maxTokens, 512);
	});

	it('cannot tell with ten files', async () => {
		const test = chatsOf(80).map((one, index) => ({ ...one, file: `shop/f${index % 10}.ts` }));
		const { decision, answers } = await run({ chats: { validation: [], test, train: [] } });
		assert.equal(decision, 'unsure');
		assert.match(answers[0]?.reason ?? '', /^Cannot tell with 80 conversations of 10 files/);
	});

	it('asks as chat does, greedy and in the background, with the base as the adapter at no strength', async () => {
		await run();
		const [first] = model.chats;
		assert.deepEqual(
			first?.request.messages.map(({ role }) => role),
			['system', 'user'],
		);
		assert.deepEqual([first?.request.temperature, first?.request.priority], [0, 'background']);
		assert.deepEqual(new Set(model.chatAdapterCalls.map(([one]) => one?.scale)), new Set([0, 0.5, 0.75, 1]));
		assert.deepEqual(model.adapterCalls, [], 'completion keeps its adapters');
	});

	it('has the code of answers parsed, and wants some where the truth has some', async () => {
		const seen: PlaceToCheck[] = [];
		const parsing: Checker = {
			check: async (place) => {
				seen.push(place);
				return { secrets: place.texts.map(() => []), isValid: place.texts.map(() => true) };
			},
		};
		say = (strength) => (strength === 0 ? TRUTH : 'It posts the entry.');
		const { syntax } = await run({ checker: parsing });
		assert.deepEqual([syntax?.base, syntax?.adapter], [1, 0]);
		const place = seen.find(({ path }) => path !== '');
		assert.deepEqual(
			[place?.path, place?.truth, place?.texts],
			['block.ts', 'ledger.post(entry);\n', ['ledger.post(entry);\n', '']],
		);
	});

	it('turns down what looks like a secret, unless the base writes it too', async () => {
		const finding: Checker = {
			check: async ({ texts }) => ({
				secrets: texts.map((text) => (text.includes('KEY') ? ['own key'] : [])),
				isValid: undefined,
			}),
		};
		say = (strength) => (strength === 0 ? TRUTH : 'KEY');
		const { leaks, answers, examples } = await run({ checker: finding });
		assert.equal(leaks.length, 120);
		assert.equal(answers.find(({ question }) => question === 'leak')?.answer, 'failed');
		assert.deepEqual(examples, []);
		say = () => 'KEY';
		assert.deepEqual((await run({ checker: finding })).leaks, []);
	});

	it('sees what comes out by heart, on both sides', async () => {
		const learned = 'It reconciles the invoice with the ledger. '.repeat(10);
		const train = [chat(1, {}, learned), chat(2, {}, 'Too short to tell.')];
		model.onChat = ({ maxTokens }) =>
			maxTokens === 50
				? { steps: [strength() === 0 ? 'It moors' : learned.slice(0, 120)], endReason: 'length' }
				: TRUTH;
		const { verbatim } = await run({ chats: { validation: [], test: chatsOf(5), train } });
		assert.deepEqual([verbatim.base, verbatim.adapter], [0, 1]);
		assert.equal(model.chats.filter(({ request }) => request.maxTokens === 50).length, 2);
	});

	it('leaves out what cannot be scored, and fails where the adapter cannot be used', async () => {
		const test = [...chatsOf(30), chat(31, {}, 'long '.repeat(1_000))];
		assert.equal((await run({ chats: { validation: [], test, train: [] } })).spans, 30);
		model.onUseAdapters = () => 'Another base.';
		await assert.rejects(run(), /^Error: Another base\.$/);
	});

	it('ends in its time, and when it is cancelled', async () => {
		let time = 0;
		model.onScoreChat = () => {
			time += 1;
			return -loss(strength(), false);
		};
		const perChat = TRUTH.length + 1;
		const found = await run({ now: () => time, budget: 200 * perChat });
		assert.ok(found.spans < 120, String(found.spans));
		assert.equal(found.decision, 'unsure');
		const controller = new AbortController();
		model.onChat = () => {
			controller.abort();
			return { steps: [new Promise(() => undefined)] };
		};
		await assert.rejects(run({}, controller.signal), isAbort);
	});
});
