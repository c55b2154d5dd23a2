/** Scores of middles are llama.cpp's own of the same tokens, and the trainer's on what it held out, base and adapter. */
import * as assert from 'node:assert/strict';
import type { Sample } from '../../src/finetune/dataset/sample';
import type { LlamaEngine } from '../../src/inference/engine/llama';
import type { Adapter, EncodedFill, FillToEncode } from '../../src/inference/model';
import { answer, codeOf, fillOf, loadEngine, never, starter } from '../support/engines';
import { LlamaLogits } from '../support/llamaLogits';
import { logProbability } from '../support/referenceModel';
import { orderOf, trainToEnd } from '../support/trainerRun';
import { datasetOf } from '../support/trainingData';

/** Places in made-up code: what stands there can be learned. */
function place(index: number, changes: Partial<FillToEncode> = {}): FillToEncode {
	const { maxTokens: _, leftToRight: __, priority: ___, ...pieces } = fillOf({ path: `src/f${index}.ts` });
	return {
		...pieces,
		prefix: `${codeOf(index % 5)}export function area${index}(shape: Shape): number {\n`,
		typed: index % 2 === 0 ? '' : '\tret',
		suffix: '\n}\n',
		maxPromptTokens: 200,
		middle: index % 2 === 0 ? '\treturn shape.width * shape.height;' : 'urn shape.width * shape.height;',
		ends: index % 3 !== 0,
		...changes,
	};
}

const places = Array.from({ length: 12 }, (_, index) => place(index));

describe('scoreFills', function () {
	this.timeout(120_000);
	let engine: LlamaEngine;
	before(async () => {
		({ engine } = await loadEngine(starter));
	});
	after(() => engine.dispose());

	async function use(...adapters: readonly Adapter[]): Promise<void> {
		assert.deepEqual(await engine.useAdapters(adapters, never), { type: 'adapters', adapters });
	}

	async function scores(fills: readonly FillToEncode[]): Promise<readonly (readonly number[])[]> {
		const answer = await engine.scoreFills({ fills, priority: 'background' }, never);
		assert.ok(answer.type === 'scored', JSON.stringify(answer));
		return answer.fills.map(({ logProbabilities }) => logProbabilities);
	}

	async function encode(fills: readonly FillToEncode[]): Promise<readonly EncodedFill[]> {
		const encoded = await engine.encode({ fills, plains: [] }, never);
		assert.ok(encoded.type === 'encoded');
		return encoded.fills;
	}

	/** Nats per token. */
	async function loss(): Promise<number> {
		const all = (await scores(places)).flat();
		return -all.reduce((sum, one) => sum + one, 0) / all.length;
	}

	it('gives each token of the middle what llama.cpp gives it, and nothing else', async () => {
		const fills = places.slice(0, 4);
		const found = await scores(fills);
		const llama = await LlamaLogits.open();
		try {
			for (const [index, { tokens, middleStart }] of (await encode(fills)).entries()) {
				const logits = await llama.logits(starter, tokens);
				const expected = tokens
					.slice(middleStart)
					.map((token, at) => logProbability(logits[middleStart + at - 1] ?? new Float64Array(), token));
				assert.equal(found[index]?.length, expected.length);
				for (const [at, value] of expected.entries()) {
					// Keys and values are of 16 bits where it serves, what is computed with of 8.
					assert.ok(Math.abs(value - (found[index]?.[at] ?? Number.NaN)) < 0.1, `${index}.${at}: ${value}`);
				}
			}
		} finally {
			await llama.dispose();
		}
	});

	it('is the loss that the trainer finds on the same samples, before and after', async () => {
		const samples = (await encode(places)).map(
			({ tokens, middleStart }, index): Sample => ({
				tokens: Int32Array.from(tokens),
				weights: Float32Array.from(tokens, (_, at) => (at < middleStart ? 0 : 1)),
				file: index,
			}),
		);
		const order = await orderOf(
			{ learningRate: 5e-3, sequenceLength: 256, epochs: 2 },
			starter,
			datasetOf(starter, samples, samples),
		);
		const { result } = await trainToEnd(order);
		const before = await loss();
		assert.ok(Math.abs(before - result.before.loss) < 0.02 * before, `${before}, ${result.before.loss}`);
		await use({ path: result.adapterPath, scale: 1 });
		const after = await loss();
		assert.ok(Math.abs(after - result.after.loss) < 0.02 * before, `${after}, ${result.after.loss}`);
		assert.ok(after < 0.8 * before, `${before} → ${after}`);
		// A judge compares with it: in a context of its own, it is the base model.
		await use({ path: result.adapterPath, scale: 0 });
		assert.ok(Math.abs((await loss()) - before) < 1e-6);
		await use();
		assert.ok(Math.abs((await loss()) - before) < 1e-6);
	});

	it('lets somebody who waits at the cursor go first', async () => {
		const many = Array.from({ length: 100 }, (_, index) => place(index));
		const order: string[] = [];
		await Promise.all([
			scores(many).then(() => order.push('scored')),
			answer(engine.fill(fillOf({ path: 'a.ts', prefix: codeOf(20), maxTokens: 4 }), never)).then(() =>
				order.push('filled'),
			),
		]);
		assert.deepEqual(order, ['filled', 'scored']);
	});
});
