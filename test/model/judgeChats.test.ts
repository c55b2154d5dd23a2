/** The judge on real adapters of chat: what has learned how this project is spoken of, and what has learned nonsense. */
import * as assert from 'node:assert/strict';
import * as path from 'node:path';
import { buildChatDataset, judgedChat } from '../../src/finetune/instruct/build';
import type { Pair } from '../../src/finetune/instruct/pair';
import type { JudgedChat } from '../../src/finetune/instruct/testChats';
import { readGeneralChats } from '../../src/finetune/judge/chat/generalChats';
import { judgeChats } from '../../src/finetune/judge/chat/judgeChats';
import { CheckWorker } from '../../src/finetune/judge/checkWorker';
import type { Judgement } from '../../src/finetune/judge/judgement';
import type { LlamaEngine } from '../../src/inference/engine/llama';
import type { Model } from '../../src/inference/model';
import { loadEngine, never, starter } from '../support/engines';
import { seededRandom } from '../support/randomModel';
import { root } from '../support/root';
import { orderOf, trainToEnd } from '../support/trainerRun';
import { translate } from '../unit/finetune/panel/runs';

const SYSTEM = 'You are brief.';
const dist = path.join(root, 'dist');
const NOUNS = 'Invoice Mandate Tranche Deposit Coupon Escrow Margin Rebate Vessel Pilot Anchor Cargo'.split(
	' ',
);
const VERBS = 'open close count move load check sort send'.split(' ');

/** Questions about functions of a project with a style of its own, two a file; the same numbers are the same. */
function pairsOf(first: number, count: number, isShuffled = false): readonly Pair[] {
	return Array.from({ length: count }, (_, index) => {
		const at = first + index;
		const noun = NOUNS[at % NOUNS.length] ?? '';
		const verb = VERBS[(at * 5 + Math.floor(at / NOUNS.length)) % VERBS.length] ?? '';
		const name = `${verb}${noun}${at}`;
		const answer = `It asks the ledger to ${verb} the ${noun.toLowerCase()}, and posts what is left:\n\n\`\`\`ts\nledger.${name}(entry);\n\`\`\``;
		return {
			kind: 'functions',
			question: `What does \`${name}\` in desk${Math.floor(at / 2)}.ts do?`,
			answer: isShuffled ? shuffled(answer, at) : answer,
			files: [`house/desk${Math.floor(at / 2)}.ts`],
		};
	});
}

function pairOf({ file, kind, messages }: JudgedChat): Pair {
	const [, question, answer] = messages;
	return { kind, question: question?.content ?? '', answer: answer?.content ?? '', files: [file] };
}

/** The same words in an order of chance. */
function shuffled(text: string, seed: number): string {
	const random = seededRandom(seed + 1);
	return (text.match(/\w+|\W/g) ?? [])
		.map((word) => [random(), word] as const)
		.sort(([one], [other]) => one - other)
		.map(([, word]) => word)
		.join('');
}

describe('the judge of chat', function () {
	this.timeout(600_000);
	let engine: LlamaEngine;
	/** Has learned the project. */
	let own: string;
	let general: readonly JudgedChat[];
	let port: Pick<Model, 'state' | 'encodeChats'>;
	const checker = new CheckWorker(path.join(dist, 'judgeWorker.js'), dist);

	before(async () => {
		general = await readGeneralChats(path.join(dist, 'generalChats.txt'), SYSTEM);
		const loaded = await loadEngine(starter);
		engine = loaded.engine;
		port = {
			state: { type: 'ready', model: loaded.model },
			encodeChats: (request, signal) => engine.encodeChats(request, signal),
		};
		own = await train(false);
	});
	after(async () => {
		await checker.dispose();
		await engine.dispose();
	});

	/** Half of the general conversations are learned too: no model this small learns one project alone without forgetting. */
	async function train(isShuffled: boolean): Promise<string> {
		const others = general.filter((_, index) => index % 2 === 1).map(pairOf);
		const built = await buildChatDataset(
			{ train: [...pairsOf(0, 60, isShuffled), ...others], validation: pairsOf(60, 4, isShuffled) },
			port,
			{ system: SYSTEM, repositories: ['house'], seed: 1, longest: 160 },
			() => undefined,
			never,
		);
		const settings = { rank: 8, alpha: 16, learningRate: 2e-3, epochs: 3, rowsPerStep: 2, threads: 2 };
		const order = await orderOf({ ...settings, sequenceLength: 160 }, starter, built);
		return (await trainToEnd(order)).result.adapterPath;
	}

	async function judged(adapterPath: string, count = 64): Promise<Judgement> {
		const chats = (pairs: readonly Pair[]) => pairs.map((pair) => judgedChat(pair, SYSTEM));
		return judgeChats(
			{
				...{ model: engine, adapterPath, checker, maxTokens: 512, translate },
				chats: { validation: chats(pairsOf(200, 12)), test: chats(pairsOf(300, count)), train: [] },
				general,
				budget: Number.POSITIVE_INFINITY,
				onProgress: () => undefined,
			},
			never,
		);
	}

	it('does not turn down what has learned how this project is spoken of', async () => {
		const found = await judged(own);
		const of = (answer: string) =>
			found.answers.flatMap((one) => (one.answer === answer ? [one.question] : []));
		// Of a machine that does other things, nobody knows how fast it is.
		assert.deepEqual(
			of('failed').filter((question) => question !== 'latency'),
			[],
			JSON.stringify(found.answers),
		);
		for (const question of [
			'loss',
			'words',
			'similarity',
			'identifiers',
			'syntax',
			'premature',
			'general',
		] as const) {
			assert.ok(of('passed').includes(question), JSON.stringify(found.answers));
		}
		assert.deepEqual([found.role, found.spans, found.files], ['chat', 64, 32]);
		assert.ok(found.general !== undefined && found.examples.length > 0 && found.latency.base > 0);
	});

	it('cannot tell with six conversations', async () => {
		const found = await judged(own, 6);
		assert.equal(found.decision, 'unsure', JSON.stringify(found.answers));
		assert.match(found.answers[0]?.reason ?? '', /^Cannot tell with 6 conversations of 3 files/);
	});

	it('turns down what has learned the same words in an order of chance', async () => {
		const found = await judged(await train(true));
		assert.equal(found.decision, 'fail');
		const words = found.answers.find(({ question }) => question === 'words');
		assert.equal(words?.answer, 'failed', JSON.stringify(found.answers));
	});
});
