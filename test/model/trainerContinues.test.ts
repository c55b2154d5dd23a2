/** Runs that begin with the weights of an earlier adapter: the same to begin with, better at the end, refused where they do not fit. */
import * as assert from 'node:assert/strict';
import type { RunOrder } from '../../src/finetune/job/messages';
import { RunFailure } from '../../src/finetune/training/runFailure';
import { randomModelFile } from '../support/engines';
import { numbersOf, orderOf, TRAINER_MODEL, train, trainToEnd } from '../support/trainerRun';

/** A learning rate that changes nothing that can be seen. */
const STILL = { learningRate: 1e-8, weightDecay: 0 };

describe('a run that goes on from an adapter', function () {
	this.timeout(60_000);
	const basePath = randomModelFile(TRAINER_MODEL);
	let first: {
		readonly order: RunOrder;
		readonly adapter: string;
		readonly before: number;
		readonly after: number;
	};

	before(async () => {
		const order = await orderOf({}, basePath);
		const { result } = await trainToEnd(order);
		first = {
			order,
			adapter: result.adapterPath,
			before: result.before.loss,
			after: result.after.loss,
		};
		assert.ok(first.after < first.before - 0.05, `${first.before} ${first.after}`);
	});

	const onwards = async (settings: Parameters<typeof orderOf>[0], from = first.adapter, base = basePath) => ({
		...(await orderOf(settings, base)),
		from,
	});

	it('does at its first step what the adapter did, and compares itself with the base', async () => {
		const { result } = await trainToEnd(await onwards(STILL));
		assert.equal(result.before.loss, first.before);
		assert.ok(Math.abs(result.after.loss - first.after) < 1e-4, `${result.after.loss} ${first.after}`);
		const [old, fresh] = [numbersOf(first.adapter), numbersOf(result.adapterPath)];
		for (const [index, [name, a, b]] of old.entries()) {
			const [sameName, sameA, sameB] = fresh[index] ?? assert.fail(name);
			assert.equal(sameName, name);
			for (const [values, others] of [
				[a, sameA],
				[b, sameB],
			] as const) {
				assert.ok(values.every((value, at) => Math.abs(value - (others[at] ?? Number.NaN)) < 1e-5));
			}
		}
	});

	it('folds in another alpha', async () => {
		const { result } = await trainToEnd(await onwards({ ...STILL, alpha: 32 }));
		assert.ok(Math.abs(result.after.loss - first.after) < 1e-4, `${result.after.loss} ${first.after}`);
	});

	it('learns on', async () => {
		const { result } = await trainToEnd(await onwards({ learningRate: 3e-3 }));
		assert.ok(result.after.loss < first.after, `${result.after.loss} ${first.after}`);
	});

	it('begins matrices that the adapter does not have as in any run', async () => {
		const few = await trainToEnd(await orderOf({ targets: ['q', 'v'] }, basePath));
		const { result } = await trainToEnd(await onwards(STILL, few.result.adapterPath));
		assert.ok(Math.abs(result.after.loss - few.result.after.loss) < 1e-4);
		assert.ok(numbersOf(result.adapterPath).length > numbersOf(few.result.adapterPath).length);
	});

	it('refuses what does not fit, and names it', async () => {
		const other = randomModelFile({ ...TRAINER_MODEL, seed: 7 });
		for (const [order, reason] of [
			[await onwards({ rank: 8 }), /no pair of rank 4/],
			[await onwards({ targets: ['q'] }), /has no pair/],
			[await onwards({}, '/nowhere/lost.gguf'), /lost\.gguf/],
			[await onwards({}, first.adapter, other), /it was trained for .*, not for this one/],
		] as const) {
			const { error } = await train(order);
			assert.ok(error instanceof RunFailure && error.code === 'adapter', String(error));
			assert.match(error.message, reason);
			assert.match(error.message, /Start a fine-tune that begins anew\.$/);
		}
	});
});
