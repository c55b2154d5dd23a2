/** What is said of an adapter in use: enough commits, once a week, until silenced; a worse acceptance once. */

import assert from 'node:assert/strict';
import { Aftercare, ENOUGH_COMMITS, PAUSE, type Patient } from '../../../../src/finetune/report/aftercare';
import { translate } from '../panel/runs';
import { memory } from './memory';

const counts = { adapter: '', model: 'm', shown: 1_000, accepted: 300, checked: 0, kept: 0 };
const worse = {
	base: counts,
	adapter: { ...counts, adapter: 'a', accepted: 200 },
	difference: { value: -0.1, low: -0.14, high: -0.06 },
};

function patient(commits: number, more: Partial<Patient> = {}): Patient {
	return {
		id: 'a.gguf',
		name: 'shop',
		commits: [{ repository: 'shop', commits }],
		acceptance: undefined,
		canContinue: true,
		...more,
	};
}

describe('finetune/report/aftercare', () => {
	let said: { readonly text: string; readonly buttons: readonly string[] }[] = [];
	let answer: string | undefined;
	let now = 1_000_000_000_000;
	let kept = memory();
	// Each time anew: what is remembered is on disk.
	const care = () =>
		new Aftercare({
			memory: kept,
			ask: async (text, ...buttons) => {
				said.push({ text, buttons });
				return answer;
			},
			translate,
			now: () => now,
		});

	beforeEach(() => {
		said = [];
		answer = undefined;
		now = 1_000_000_000_000;
		kept = memory();
	});

	it('tells of commits when there are enough of them, and once a week', async () => {
		assert.equal(await care().remark(patient(ENOUGH_COMMITS - 1)), undefined);
		assert.equal(said.length, 0);
		answer = 'Continue Training…';
		const two = patient(0, {
			commits: [
				{ repository: 'shop', commits: 30 },
				{ repository: 'tools', commits: 7 },
			],
		});
		assert.equal(await care().remark(two), 'continue');
		assert.match(said[0]?.text ?? '', /^37 commits since the adapter shop was trained/);
		now += PAUSE - 1;
		assert.equal(await care().remark(two), undefined);
		assert.equal(said.length, 1);
		now += 1;
		answer = 'Show Report';
		assert.equal(await care().remark(two), 'report');
		// Another adapter is another matter.
		assert.equal(await care().remark({ ...two, id: 'b.gguf' }), 'report');
		assert.equal(said.length, 3);
	});

	it('is silent for good where the user said so', async () => {
		answer = "Don't Ask Again";
		assert.equal(await care().remark(patient(50)), undefined);
		now += 10 * PAUSE;
		await care().remark(patient(500));
		assert.equal(said.length, 1);
		answer = 'Roll Back';
		assert.equal(await care().remark(patient(500, { acceptance: worse })), 'rollBack');
	});

	it('says one thing a week of one adapter', async () => {
		await care().remark(patient(50));
		await care().remark(patient(50, { acceptance: worse }));
		assert.equal(said.length, 1);
		now += PAUSE;
		await care().remark(patient(50, { acceptance: worse }));
		assert.match(said[1]?.text ?? '', /you accepted/);
		await care().remark(patient(50, { acceptance: worse }));
		assert.equal(said.length, 2);
	});

	it('does not offer to go on from what no run can begin with', async () => {
		await care().remark(patient(50, { canContinue: false }));
		assert.deepEqual(said, []);
	});

	it('suggests to roll back what is accepted less, once, and nothing else in the same breath', async () => {
		assert.equal(await care().remark(patient(50, { acceptance: worse })), undefined);
		assert.equal(said.length, 1);
		assert.match(
			said[0]?.text ?? '',
			/With the adapter shop you accepted 20 % of 1000 .* without it 30 % of 1000/,
		);
		assert.deepEqual(said[0]?.buttons, ['Roll Back', 'Show Report']);
		now += PAUSE;
		await care().remark(patient(0, { acceptance: worse }));
		assert.equal(said.length, 1);
		const chance = { ...worse, difference: { value: -0.1, low: -0.2, high: 0.01 } };
		await care().remark(patient(0, { id: 'b.gguf', acceptance: chance }));
		assert.equal(said.length, 1);
	});

	it('takes what is damaged for nothing, and remembers so many adapters', async () => {
		await kept.update('familiar.adapterRemarks', [{ id: 1 }]);
		for (let index = 0; index < 80; index++) {
			await care().remark(patient(50, { id: `${index}.gguf` }));
		}
		assert.equal(said.length, 80);
		assert.equal(kept.get<readonly unknown[]>('familiar.adapterRemarks', []).length, 64);
	});
});
