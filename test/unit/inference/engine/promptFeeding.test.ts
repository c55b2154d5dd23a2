/** Prompts that are fed before anybody asks, on a scripted lane: in chunks, aborted, and out of the way. */
import * as assert from 'node:assert/strict';
import { isAbort } from '../../../../src/inference/cancel';
import { Gate } from '../../../../src/inference/engine/gate';
import { generate } from '../../../../src/inference/engine/generation';
import { prefill } from '../../../../src/inference/engine/promptFeeding';
import type { GenerationEvent, Priority } from '../../../../src/inference/model';
import { EOT, FakeLane, prompt } from '../../../support/fakeLane';

const never = new AbortController().signal;
const LONG = prompt('x'.repeat(300));

describe('prompt feeding', () => {
	let gate: Gate;
	beforeEach(() => {
		gate = new Gate();
	});

	const feed = (lane: FakeLane, tokens: readonly number[], signal = never) =>
		prefill(lane, gate, { prompt: tokens, chunk: 128 }, signal);

	async function answer(lane: FakeLane, tokens: readonly number[], priority: Priority) {
		const generation = {
			prompt: tokens,
			maxTokens: 9,
			temperature: 0,
			priority,
			alternative: 0,
			guesses: false,
			stopTokens: new Set([EOT]),
			stopTexts: [],
			chunk: 128,
		};
		let text = '';
		let prefilled: Extract<GenerationEvent, { type: 'prefilled' }> | undefined;
		const detokenize = (tokens: readonly number[]) => String.fromCodePoint(...tokens);
		for await (const event of generate(lane, gate, generation, detokenize, never)) {
			text += event.type === 'text' ? event.text : '';
			prefilled ??= event.type === 'prefilled' ? event : undefined;
		}
		return { text, reusedTokens: prefilled?.reusedTokens };
	}

	it('feeds all but the last token, which the answer begins with', async () => {
		const lane = new FakeLane('hello');
		const { milliseconds, ...said } = await feed(lane, LONG);
		assert.deepEqual(said, { type: 'prefilled', promptTokens: 300, reusedTokens: 0 });
		assert.ok(milliseconds >= 0);
		assert.deepEqual(lane.chunks, [128, 128, 43]);
		assert.equal(lane.sampled, 0);
		assert.equal((await feed(lane, LONG)).reusedTokens, 299);
		assert.deepEqual(await answer(lane, LONG, 'interactive'), { text: 'hello', reusedTokens: 299 });
		assert.deepEqual(lane.chunks, [128, 128, 43]);
	});

	it('keeps what was fed when it is aborted', async () => {
		const lane = new FakeLane('hello');
		const controller = new AbortController();
		lane.onFeed = async () => {
			if (lane.chunks.length === 1) {
				controller.abort();
			}
		};
		await assert.rejects(feed(lane, LONG, controller.signal), isAbort);
		assert.equal((await feed(lane, LONG)).reusedTokens, 256);
	});

	it('ends after the chunk during which an interactive request comes', async () => {
		const lane = new FakeLane('hello');
		let answered: Promise<unknown> = Promise.resolve();
		lane.onFeed = async () => {
			lane.onFeed = async () => undefined;
			answered = answer(lane, LONG, 'interactive').then((result) => {
				assert.deepEqual(result, { text: 'hello', reusedTokens: 128 });
			});
		};
		await assert.rejects(feed(lane, LONG), isAbort);
		assert.deepEqual(lane.chunks, [128]);
		await answered;
	});

	it('does nothing to the lane when an interactive request overtakes it', async () => {
		const lane = new FakeLane('hello');
		const background = answer(lane, prompt('other'), 'background');
		const feeding = feed(lane, LONG);
		const [interactive] = await Promise.all([
			answer(lane, LONG, 'interactive'),
			assert.rejects(feeding, isAbort),
			background,
		]);
		assert.deepEqual(interactive, { text: 'hello', reusedTokens: 0 });
	});

	it('waits for its turn while an interactive request runs elsewhere', async () => {
		const order: string[] = [];
		const completion = answer(new FakeLane('abc'), LONG, 'interactive').then(() => order.push('answer'));
		await Promise.all([completion, feed(new FakeLane(''), LONG).then(() => order.push('prefill'))]);
		assert.deepEqual(order, ['answer', 'prefill']);
	});
});
