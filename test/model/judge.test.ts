/** The judge on real adapters of the starter: ten files tell nothing, and what has learned nonsense is worse for certain. */
import * as assert from 'node:assert/strict';
import type { Loss } from '../../src/finetune/judge/losses';
import { compare, type Pair } from '../../src/finetune/judge/statistics';
import { HOUSES, placesIn } from '../support/houseCode';
import { JudgedAdapters } from '../support/judgedAdapters';

describe('judge', function () {
	// A machine that does other things takes minutes for what a quiet one does in half of one.
	this.timeout(600_000);
	let adapters: JudgedAdapters;
	let own: string;
	const test = placesIn(HOUSES.bank, 1_000, 10);
	before(async () => {
		adapters = await JudgedAdapters.open();
		own = await adapters.train(placesIn(HOUSES.bank, 0, 6));
	});
	after(() => adapters.dispose());

	it('cannot tell with ten files, though they speak for it', async () => {
		const most = { validation: 7, general: 20, written: 4 };
		const found = await adapters.judge(own, placesIn(HOUSES.bank, 2_000, 2), test, { most });
		assert.equal(found.decision, 'unsure', JSON.stringify(found.answers));
		assert.deepEqual([found.spans, found.files], [70, 10]);
		assert.match(found.answers[0]?.reason ?? '', /^Cannot tell with 70 places of 10 files/);
		assert.ok(found.loss.difference.high < 0, JSON.stringify(found.loss));
		assert.ok(found.power > 0 && found.power <= 1);
		assert.equal(found.strengths.length, 3);
		assert.ok(found.general !== undefined && found.general.base > 0);
		assert.ok(found.syntax !== undefined && found.latency.base > 0);
		const words = found.answers.find(({ question }) => question === 'words');
		assert.equal(words?.answer, 'passed', JSON.stringify(found.words));
		assert.ok(found.words !== undefined && found.words.code > found.words.scrambled);
	});

	it('prefers what has learned this repository to what has learned another', async () => {
		const other = await adapters.train(placesIn(HOUSES.harbour, 0, 6));
		const { difference } = compare(
			pairsOf(await adapters.losses(test, own), await adapters.losses(test, other)),
		);
		assert.ok(difference.low > 0, JSON.stringify(difference));
	});

	it('sees that nonsense was learned', async () => {
		const nonsense = await adapters.train(placesIn(HOUSES.harbour, 0, 6, true), { epochs: 2 });
		const { difference } = compare(
			pairsOf(await adapters.baseLosses(test, nonsense), await adapters.losses(test, nonsense)),
		);
		assert.ok(difference.low > 0, JSON.stringify(difference));
	});

	it('turns down what has learned the words of this repository in an order of chance', async () => {
		const shuffled = await adapters.train(placesIn(HOUSES.bank, 0, 6, true), { epochs: 2 });
		const most = { validation: 7, general: 20, written: 4 };
		const found = await adapters.judge(shuffled, placesIn(HOUSES.bank, 2_000, 2), test, { most });
		assert.equal(found.decision, 'fail', JSON.stringify(found.answers));
		// It even predicts the code better: what gives it away is that it predicts nonsense better still.
		const failed = found.answers.flatMap(({ question, answer }) => (answer === 'failed' ? [question] : []));
		assert.ok(failed.includes('words'), JSON.stringify(found.words));
	});

	/** Losses of the first and of the second at each place. */
	function pairsOf(first: readonly Loss[], second: readonly Loss[]): readonly Pair[] {
		return test.map(({ file }, index) => ({
			cluster: file,
			base: first[index]?.sum ?? Number.NaN,
			adapter: second[index]?.sum ?? Number.NaN,
			weight: first[index]?.tokens ?? Number.NaN,
		}));
	}
});
