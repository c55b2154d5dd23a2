/** An adapter of chat, from conversations to the answers that it learned: on the starter, with the trainer itself. */
import * as assert from 'node:assert/strict';
import { roleOf } from '../../src/finetune/adapters/roleOf';
import { buildChatDataset, judgedChat } from '../../src/finetune/instruct/build';
import type { Pair } from '../../src/finetune/instruct/pair';
import { ChatSides } from '../../src/finetune/judge/chat/chatSides';
import { BASE, type Loss } from '../../src/finetune/judge/losses';
import type { LlamaEngine } from '../../src/inference/engine/llama';
import type { Model, ModelDescription } from '../../src/inference/model';
import { answer, chatOf, codeOf, fillOf, loadEngine, never, starter } from '../support/engines';
import { orderOf, trainToEnd } from '../support/trainerRun';

const SYSTEM = 'You are brief.';
const NAMES =
	'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi omega'.split(
		' ',
	);
const pairs: readonly Pair[] = NAMES.map((name, index) => ({
	kind: 'functions',
	question: `What does \`${name}Of\` do?`,
	answer: `Zorbles the ${name} twice.`,
	files: [`demo/${index}.ts`],
}));
const questionOf = (pair: Pair | undefined) =>
	[
		{ role: 'system', content: SYSTEM },
		{ role: 'user', content: pair?.question ?? '' },
	] as const;

function meanOf(losses: readonly (Loss | undefined)[]): number {
	const nats = losses.reduce((sum, loss) => sum + (loss?.sum ?? Number.NaN), 0);
	return nats / losses.reduce((sum, loss) => sum + (loss?.tokens ?? Number.NaN), 0);
}

describe('an adapter of chat', function () {
	this.timeout(240_000);
	let engine: LlamaEngine;
	let model: ModelDescription;
	let file: string;

	before(async () => {
		({ engine, model } = await loadEngine(starter));
		const port: Pick<Model, 'state' | 'encodeChats'> = {
			state: { type: 'ready', model },
			encodeChats: (request, signal) => engine.encodeChats(request, signal),
		};
		const built = await buildChatDataset(
			{ train: pairs, validation: pairs.slice(0, 4) },
			port,
			{ system: SYSTEM, repositories: ['demo'], seed: 1, longest: 128 },
			() => undefined,
			never,
		);
		const order = await orderOf(
			{ rank: 8, alpha: 16, learningRate: 5e-3, epochs: 12, rowsPerStep: 2, sequenceLength: 128, threads: 2 },
			starter,
			built,
		);
		const { result } = await trainToEnd(order);
		assert.ok(result.after.loss < result.before.loss / 2, `${result.before.loss} → ${result.after.loss}`);
		file = result.adapterPath;
	});
	after(() => engine.dispose());

	it('says that it is one', () => {
		assert.equal(roleOf(file), 'chat');
		assert.equal(roleOf(starter), 'completion');
		assert.equal(roleOf('/nowhere.gguf'), 'completion');
	});

	it('finds the answers likelier, their ends among them, than the base does', async () => {
		const chats = pairs.map((pair) => judgedChat(pair, SYSTEM));
		const sides = new ChatSides(engine, file, 256);
		const base = await sides.losses(BASE, chats, never);
		const learned = await sides.losses(1, chats, never);
		await engine.useChatAdapters([], never);
		assert.equal(base.length, pairs.length);
		assert.ok(meanOf(learned) < meanOf(base) / 2, `${meanOf(base)} → ${meanOf(learned)}`);
		const ends = async (adapters: readonly { readonly path: string; readonly scale: number }[]) => {
			const request = { chats, maxTokens: 256, adapters };
			const scored = await engine.scoreChats(request, never);
			assert.ok(scored.type === 'chatScores');
			return scored.chats.reduce((sum, logs) => sum + (logs.at(-1) ?? Number.NaN), 0) / scored.chats.length;
		};
		const [before, after] = [await ends([]), await ends([{ path: file, scale: 1 }])];
		assert.ok(after > before && after > Math.log(0.5), `${before} → ${after}`);
	});

	it('answers as it was taught and ends, while completion goes on with the base', async () => {
		const request = fillOf({
			path: 'a.ts',
			prefix: codeOf(20),
			typed: 'const v',
			suffix: codeOf(5),
			maxTokens: 12,
		});
		const completed = (await answer(engine.fill(request, never))).text;
		const ask = () =>
			answer(engine.chat(chatOf('', { messages: questionOf(pairs[3]), maxTokens: 24 }), never));
		const base = await ask();
		assert.deepEqual(await engine.useChatAdapters([{ path: file, scale: 1 }], never), {
			type: 'adapters',
			adapters: [{ path: file, scale: 1 }],
		});
		const { text, end } = await ask();
		assert.match(text, /^Zorbles the /);
		assert.equal(end.reason, 'end-of-text');
		assert.notEqual(base.text, text);
		assert.equal((await answer(engine.fill(request, never))).text, completed);
		await engine.useChatAdapters([], never);
		assert.equal((await ask()).text, base.text);
		await engine.useAdapters([{ path: file, scale: 1 }], never);
		assert.equal((await ask()).text, base.text, "completion's adapter is not chat's");
		await engine.useAdapters([], never);
	});
});
