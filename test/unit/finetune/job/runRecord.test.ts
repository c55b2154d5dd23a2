/** What the trainer says as one picture: a run that begins anew stands at its beginning. */
import assert from 'node:assert/strict';
import { RunRecord } from '../../../../src/finetune/job/runRecord';
import { evaluationAt, progressAt } from '../../../support/fakeTrainer';

describe('finetune/job/runRecord', () => {
	const standing = {
		id: 'id',
		name: 'name',
		state: 'running',
		pausedFor: undefined,
		isEnding: false,
		isSilent: false,
		problem: undefined,
	} as const;

	it('forgets what a run had reached that begins anew, and not that of one that goes on', () => {
		const record = new RunRecord();
		const add = (...messages: readonly Parameters<RunRecord['add']>[0]['message'][]) => {
			for (const message of messages) {
				record.add({ at: 0, message });
			}
			return record.view(standing);
		};
		const evaluation = (step: number) => ({ type: 'evaluation', evaluation: evaluationAt(step, 2) }) as const;
		add(evaluation(0), progressAt(11, 3), progressAt(12, 2), evaluation(12));
		const before = add({ type: 'checkpoint', step: 12, path: '/x' }, evaluation(12));
		assert.deepEqual([before.checkpointStep, before.progress?.step], [12, 12]);
		const anew = add(evaluation(0));
		assert.deepEqual([anew.checkpointStep, anew.progress], [undefined, undefined]);
		assert.deepEqual(
			anew.evaluations.map(({ step }) => step),
			[0],
		);
		const later = add(progressAt(1, 4));
		assert.deepEqual(later.losses, [{ step: 1, loss: 4 }]);
		assert.equal(later.progress?.step, 1);
	});
});
