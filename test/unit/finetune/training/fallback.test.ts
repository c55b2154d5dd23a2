/** Where a run is trained when the first choice has too little memory. */
import assert from 'node:assert/strict';
import { OutOfMemory } from '../../../../src/finetune/ggml/device';
import type { FromTrainer } from '../../../../src/finetune/job/messages';
import { type Place, trainWhereItFits } from '../../../../src/finetune/training/fallback';
import { RunFailure } from '../../../../src/finetune/training/runFailure';

const gpu: Place = { description: 'NVIDIA T400' };
const cpu: Place = { description: 'Intel Xeon' };

/** Tries with these errors in turn; a run that meets none succeeds. */
async function tries(standIn: Place | undefined, ...errors: readonly unknown[]) {
	const said: FromTrainer[] = [];
	const tried: (readonly [string, boolean])[] = [];
	const outcome = await trainWhereItFits(
		gpu,
		standIn,
		async (where, isStandIn) => {
			tried.push([where.description, isStandIn]);
			const error = errors[tried.length - 1];
			if (error !== undefined) {
				throw error;
			}
			return `trained on ${where.description}`;
		},
		(message) => said.push(message),
	).catch((error: unknown) => error);
	return { said, tried, outcome };
}

describe('finetune/training/fallback', () => {
	const refused = new RunFailure(
		'memory',
		'Fine-tuning needs about 9.0 GB of memory, and 2.0 GB are free. Or set familiar.model.backend to cpu.',
	);
	const out = new OutOfMemory('NVIDIA T400 has too little memory left.');

	it('trains on the first choice, and says nothing, where that has memory', async () => {
		const { said, tried, outcome } = await tries(cpu);
		assert.deepEqual([said, tried, outcome], [[], [['NVIDIA T400', false]], 'trained on NVIDIA T400']);
	});

	for (const [name, error] of [
		['refuses the run before it is loaded', refused],
		['has no memory left while it loads', out],
	] as const) {
		it(`trains on the CPU where the GPU ${name}, and says why`, async () => {
			const { said, tried, outcome } = await tries(cpu, error);
			assert.equal(outcome, 'trained on Intel Xeon');
			assert.deepEqual(tried, [
				['NVIDIA T400', false],
				['Intel Xeon', true],
			]);
			const text = `NVIDIA T400 has too little memory for this run: it trains on Intel Xeon instead, which takes longer. ${error.message.replace(' Or set familiar.model.backend to cpu.', '')}`;
			assert.deepEqual(said, [{ type: 'log', level: 'note', text }]);
		});
	}

	it('refuses where neither has memory, naming both', async () => {
		const { outcome } = await tries(
			cpu,
			out,
			new RunFailure('memory', 'Fine-tuning needs about 9.0 GB of memory, and 4.0 GB are free.'),
		);
		assert.ok(outcome instanceof RunFailure);
		assert.equal(outcome.code, 'memory');
		assert.equal(
			outcome.message,
			'Neither NVIDIA T400 nor Intel Xeon has memory enough. Fine-tuning needs about 9.0 GB of memory, and 4.0 GB are free.',
		);
	});

	it('leaves everything else as it is, on either', async () => {
		const other = new RunFailure('dataset', 'There is nothing to learn from.');
		assert.equal((await tries(cpu, other)).outcome, other);
		const second = await tries(cpu, refused, other);
		assert.deepEqual([second.outcome, second.tried.length], [other, 2]);
	});

	it('goes nowhere else where there is nothing else', async () => {
		for (const error of [refused, out]) {
			const { said, tried, outcome } = await tries(undefined, error);
			assert.deepEqual([said, tried.length, outcome], [[], 1, error]);
		}
	});
});
