/** What is learned from where there is no time for all, what the base thinks of it, and what it writes itself. */
import * as assert from 'node:assert/strict';
import { BaseLoss, type ScoreFills } from '../../../../src/finetune/dataset/baseLoss';
import { replay } from '../../../../src/finetune/dataset/replay';
import { selected } from '../../../../src/finetune/dataset/selection';
import { isAbort } from '../../../../src/inference/cancel';
import { FakeModel } from '../../../support/fakeModel';

const never = new AbortController().signal;

describe('selection', () => {
	const scored = Array.from({ length: 200 }, (_, index) => ({ tokens: 10, loss: ((index * 37) % 200) / 50 }));
	const lossesOf = (kept: ReadonlySet<number>) => [...kept].map((index) => scored[index]?.loss ?? -1);

	it('keeps all while there is time for them', () => {
		assert.equal(selected(scored, 2_000, 1).size, 200);
		assert.equal(selected(scored, Number.POSITIVE_INFINITY, 1).size, 200);
	});

	it('leaves out what is known and what is noise, then what there is no time for', () => {
		const kept = lossesOf(selected(scored, 1_900, 1));
		assert.equal(kept.length, 136);
		assert.ok(Math.min(...kept) >= 1.2 && Math.max(...kept) < 3.92);
		const few = selected(scored, 500, 1);
		assert.equal(few.size, 50);
		assert.deepEqual(selected(scored, 500, 1), few);
		assert.notDeepEqual(selected(scored, 500, 2), few);
	});

	it('prefers what was scored, and judges nothing by a few', () => {
		const mixed = scored.map((one, index) => (index % 2 === 0 ? one : { tokens: 10, loss: undefined }));
		const kept = [...selected(mixed, 680, 1)];
		assert.equal(kept.filter((index) => index % 2 === 0).length, 68);
		const few = scored.map((one, index) => (index < 40 ? one : { tokens: 10, loss: undefined }));
		assert.equal(selected(few, 500, 1).size, 200);
	});
});

describe('base loss', () => {
	const fill = {
		repository: undefined,
		path: 'a.ts',
		files: [],
		prefix: '',
		typed: '',
		suffix: '',
		maxPromptTokens: 100,
		middle: 'x',
		ends: true,
	};
	const fills = Array.from({ length: 100 }, (_, index) => ({ ...fill, path: `${index}.ts` }));
	const scoreFills: ScoreFills = async (request) => ({
		type: 'scored',
		fills: request.fills.map(({ path }) => ({ logProbabilities: [-1 - Number.parseInt(path, 10), 0] })),
	});
	const options = { scoreFills, tokens: 1_000, tokensPerSecond: 100, seconds: 10, seed: 1, now: () => 0 };

	it('is the mean over the tokens of a middle, asked for in the background', async () => {
		const priorities = new Set<string>();
		const loss = new BaseLoss({
			...options,
			scoreFills: (request, signal) => {
				priorities.add(request.priority);
				return scoreFills(request, signal);
			},
		});
		assert.deepEqual(
			await loss.of(fills, never),
			fills.map((_, index) => (index + 1) / 2),
		);
		assert.deepEqual([...priorities], ['background']);
	});

	it('is asked for as often as there is time, whatever the order', async () => {
		const losses = await new BaseLoss({ ...options, tokens: 4_000 }).of(fills, never);
		const asked = losses.flatMap((loss, index) => (loss === undefined ? [] : [index]));
		assert.ok(asked.length > 12 && asked.length < 40, `${asked.length}`);
		assert.ok(asked.some((index) => index < 20) && asked.some((index) => index > 80));
	});

	it('ends with its time, and where the model cannot tell', async () => {
		let time = 0;
		const slow = new BaseLoss({ ...options, now: () => (time += 6_000) });
		assert.equal((await slow.of(fills, never)).filter((loss) => loss !== undefined).length, 16);
		let asked = 0;
		const unable = new BaseLoss({
			...options,
			scoreFills: async () => {
				asked++;
				return { type: 'unsupported', reason: 'It cannot.' };
			},
		});
		assert.ok((await unable.of(fills, never)).every((loss) => loss === undefined));
		assert.equal(asked, 1);
	});
});

describe('replay', () => {
	const options = { count: 0, longest: 256, seed: 1, seconds: 200, decodeTokensPerSecond: 100, now: () => 0 };
	const talking = () => {
		const model = new FakeModel();
		let calls = 0;
		model.onFill = () => `something${calls++} of its own (${calls * 31});\n`.repeat(2);
		return model;
	};

	it('is at least a hundred texts that the model continues by itself, drawn, in the background', async () => {
		const model = talking();
		const { texts, skipped } = await replay(model, options, never);
		assert.deepEqual([texts.length, skipped], [100, undefined]);
		assert.equal(new Set(texts).size, 100);
		for (const { request } of model.fills) {
			assert.equal(request.continues, true);
			assert.equal(request.priority, 'background');
			assert.ok((request.temperature ?? 0) > 0.5 && request.suffix === '' && request.files.length === 0);
		}
		assert.ok(texts.every((text) => model.fills.some(({ request }) => text.startsWith(request.prefix))));
		assert.equal((await replay(talking(), { ...options, count: 140 }, never)).texts.length, 140);
		assert.equal((await replay(talking(), { ...options, count: 900 }, never)).texts.length, 156);
	});

	it('is skipped where it would take too long, and where the model cannot', async () => {
		const model = talking();
		assert.deepEqual(await replay(model, { ...options, seconds: 100 }, never), {
			texts: [],
			skipped: 'slow',
		});
		assert.equal(model.fills.length, 0);
		let time = 0;
		const late = await replay(talking(), { ...options, now: () => (time += 10_000) }, never);
		assert.deepEqual(late, { texts: [], skipped: 'slow' });
		model.onFill = () => ({ steps: [{ type: 'unsupported', reason: 'No.' }] });
		assert.deepEqual(await replay(model, options, never), { texts: [], skipped: 'unsupported' });
	});

	it('takes no loops, nothing twice, and nothing empty', async () => {
		for (const said of ['', 'again and again;\n'.repeat(30), 'the same text as before, word for word;']) {
			const model = new FakeModel();
			model.onFill = () => said;
			assert.deepEqual((await replay(model, options, never)).texts, []);
		}
	});

	it('ends when it is cancelled', async () => {
		const controller = new AbortController();
		const model = talking();
		const { onFill } = model;
		model.onFill = (request) => {
			if (model.fills.length === 5) {
				controller.abort();
			}
			return onFill(request);
		};
		await assert.rejects(replay(model, options, controller.signal), isAbort);
		assert.ok(model.fills.length < 8);
	});
});
