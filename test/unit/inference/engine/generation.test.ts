/** One generation against a scripted lane: reuse, chunks, ends, aborts, and consumers that leave. */
import * as assert from 'node:assert/strict';
import { isAbort } from '../../../../src/inference/cancel';
import { Gate } from '../../../../src/inference/engine/gate';
import { type Generation, generate } from '../../../../src/inference/engine/generation';
import type { Lane } from '../../../../src/inference/engine/lane';
import type { GenerationEvent } from '../../../../src/inference/model';
import { EOT, FakeLane, prompt } from '../../../support/fakeLane';
import { NO_PIECES } from '../../../support/noPieces';

const never = new AbortController().signal;
function run(lane: Lane, changes: Partial<Generation> = {}, signal = never, gate = new Gate()) {
	const generation: Generation = {
		prompt: prompt('x'.repeat(300)),
		maxTokens: 100,
		temperature: 0,
		priority: 'interactive',
		alternative: 0,
		guesses: false,
		stopTokens: new Set([EOT]),
		stopTexts: [],
		chunk: 128,
		...changes,
	};
	return generate(lane, gate, generation, (tokens) => String.fromCodePoint(...tokens), signal);
}

async function collect(events: AsyncIterable<GenerationEvent>) {
	let text = '';
	let end: GenerationEvent | undefined;
	for await (const event of events) {
		if (event.type === 'text') {
			text += event.text;
		} else {
			end = event;
		}
	}
	assert.equal(end?.type, 'end');
	return { text, end: end.type === 'end' ? end : assert.fail() };
}

describe('generation', () => {
	it('feeds the prompt in chunks, then streams the reply', async () => {
		const lane = new FakeLane('hello');
		const whole = prompt(`${'x'.repeat(299)}y`);
		const { text, end } = await collect(run(lane, { prompt: whole }));
		assert.equal(text, 'hello');
		assert.deepEqual(lane.held, [...whole, ...prompt('hello')]);
		assert.equal(end.reason, 'end-of-text');
		assert.deepEqual(lane.chunks, [128, 128, 43]);
		assert.deepEqual(
			[end.statistics.promptTokens, end.statistics.reusedTokens, end.statistics.generatedTokens],
			[300, 0, 5],
		);
	});

	const typedEnd = {
		tokens: prompt('yz'),
		characters: 2,
		text: 'yz',
		pieces: NO_PIECES,
	};

	it('shows nothing of the end of what was typed, nor counts what it is likely to be', async () => {
		const lane = new FakeLane('yzab');
		lane.knownTyped = () => 0;
		lane.typed = 2;
		const events: GenerationEvent[] = [];
		for await (const event of run(lane, { typedEnd })) {
			events.push(event);
		}
		const shown = events.flatMap((event) => (event.type === 'text' ? [event] : []));
		assert.deepEqual(
			shown.map(({ text, tokens, logProbability }) => [text, tokens, logProbability]),
			[
				['a', 1, -0.5],
				['b', 1, -0.5],
			],
		);
		assert.deepEqual(lane.held.slice(300), prompt('yzab'));
	});

	it('goes on from the end of what was typed where the lane cannot write it, nothing is the likeliest, or it is known', async () => {
		for (const [knownTyped, temperature] of [
			[undefined, 0],
			[() => 0, 0.5],
			[() => 2, 0],
		] as const) {
			const lane = new FakeLane('ab');
			lane.knownTyped = knownTyped;
			const { text, end } = await collect(run(lane, { typedEnd, temperature }));
			assert.equal(text, 'ab');
			assert.deepEqual(lane.held.slice(300), prompt('yzab'));
			assert.equal(end.statistics.promptTokens, 302);
		}
	});

	it('reuses what the lane holds, and evaluates at least the last token', async () => {
		const lane = new FakeLane('a');
		await collect(run(lane));
		lane.chunks.length = 0;
		const { end } = await collect(run(lane));
		assert.equal(end.statistics.reusedTokens, 299);
		assert.deepEqual(lane.chunks, []);
	});

	it('says what was reused before the first text, and before an end without any', async () => {
		for (const [reply, types] of [
			['ab', ['prefilled', 'text', 'text', 'end']],
			['', ['prefilled', 'end']],
		] as const) {
			const lane = new FakeLane(reply);
			await lane.feed(prompt('x'.repeat(100)));
			const events: GenerationEvent[] = [];
			for await (const event of run(lane)) {
				events.push(event);
			}
			assert.deepEqual(
				events.map((event) => event.type),
				types,
			);
			const [first] = events;
			assert.ok(first?.type === 'prefilled' && first.prefillMilliseconds >= 0);
			assert.deepEqual([first.promptTokens, first.reusedTokens], [300, 100]);
		}
	});

	it('says how probable each piece was, with the tokens that had to wait for it', async () => {
		const measured = async (lane: FakeLane) => {
			const pieces: (number | string | undefined)[][] = [];
			for await (const event of run(lane, { stopTexts: ['bcx'] })) {
				if (event.type === 'text') {
					pieces.push([event.text, event.tokens, event.logProbability]);
				}
			}
			return pieces;
		};
		assert.deepEqual(await measured(new FakeLane('abcde')), [
			['a', 1, -0.5],
			['bcd', 3, -1.5],
			['e', 1, -0.5],
		]);
		const silent = new FakeLane('a');
		silent.logProbability = undefined;
		assert.deepEqual(await measured(silent), [['a', undefined, undefined]]);
	});

	for (const [name, reply, changes, expected] of [
		['at the limit', 'abcdef', { maxTokens: 3 }, ['abc', 'length']],
		['at a stop token', 'ab\u0000c', {}, ['ab', 'end-of-text']],
		['at a stop text', 'ab\nUser: c', { stopTexts: ['\nUser:'] }, ['ab', 'end-of-text']],
		['when the context is full', 'abcdef', { prompt: prompt('x'.repeat(997)) }, ['abc', 'length']],
	] satisfies [string, string, Partial<Generation>, [string, string]][]) {
		it(`ends ${name}`, async () => {
			const { text, end } = await collect(run(new FakeLane(reply), changes));
			assert.deepEqual([text, end.reason], expected);
		});
	}

	it('aborts at once during a chunk, keeps what was fed, and frees the lane when the chunk is done', async () => {
		const lane = new FakeLane('hello');
		const controller = new AbortController();
		let finish: () => void = () => undefined;
		lane.onFeed = () =>
			new Promise((resolve) => {
				finish = resolve;
				controller.abort();
			});
		const gate = new Gate();
		await assert.rejects(collect(run(lane, {}, controller.signal, gate)), isAbort);
		assert.deepEqual(lane.held, []);
		lane.onFeed = async () => undefined;
		const next = collect(run(lane, {}, never, gate));
		finish();
		const { text, end } = await next;
		assert.equal(text, 'hello');
		assert.equal(end.statistics.reusedTokens, 128);
	});

	it('decodes one token ahead, and stops with it when the consumer leaves', async () => {
		const lane = new FakeLane('abcdef');
		for await (const event of run(lane)) {
			if (event.type !== 'prefilled') {
				assert.deepEqual(event, { type: 'text', text: 'a', logProbability: -0.5, tokens: 1 });
				break;
			}
		}
		assert.equal(lane.sampled, 2);
		await collect(run(lane));
		assert.equal(lane.closed, 2);
	});

	it('does nothing when the signal has fired before', async () => {
		const lane = new FakeLane('a');
		await assert.rejects(collect(run(lane, {}, AbortSignal.abort())), isAbort);
		assert.deepEqual(lane.chunks, []);
		await collect(run(lane));
	});

	it('lets background wait while an interactive request runs', async () => {
		const gate = new Gate();
		const chat = new FakeLane('chat');
		const completion = new FakeLane('completion');
		const order: string[] = [];
		const watch = async (name: string, events: AsyncIterable<GenerationEvent>) => {
			for await (const event of events) {
				order.push(`${name} ${event.type}`);
			}
		};
		const background = watch('chat', run(chat, { priority: 'background' }, never, gate));
		await watch('completion', run(completion, {}, never, gate));
		assert.equal(order.filter((entry) => entry.startsWith('chat')).length, 0);
		await background;
		assert.equal(order.at(-1), 'chat end');
	});

	it('frees the lane on abort although the consumer neither reads on nor leaves', async () => {
		const lane = new FakeLane('abcdef');
		const controller = new AbortController();
		const abandoned = run(lane, {}, controller.signal);
		assert.equal((await abandoned.next()).value?.type, 'prefilled');
		assert.equal((await abandoned.next()).value?.type, 'text');
		const next = collect(run(lane));
		controller.abort();
		assert.equal((await next).text, 'abcdef');
		assert.equal(lane.closed, 2);
		await assert.rejects(abandoned.next(), isAbort);
	});

	it('lets a background request on the same lane end before the interactive one that waits for it', async () => {
		const gate = new Gate();
		const lane = new FakeLane('abc');
		const other = new FakeLane('other');
		const order: string[] = [];
		const watch = async (name: string, events: AsyncIterable<GenerationEvent>) => {
			await collect(events);
			order.push(name);
		};
		await Promise.all([
			watch('prefetch', run(lane, { priority: 'background' }, never, gate)),
			watch('chat', run(other, { priority: 'background' }, never, gate)),
			watch('completion', run(lane, {}, never, gate)),
		]);
		assert.deepEqual(order, ['prefetch', 'completion', 'chat']);
	});
});
