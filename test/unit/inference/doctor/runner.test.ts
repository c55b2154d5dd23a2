/** The doctor's checks run one after the other; those that hang or fail have a line that says so. */
import * as assert from 'node:assert/strict';
import { english } from '../../../../src/finetune/job/english';
import { isAbort } from '../../../../src/inference/cancel';
import { type Check, ok } from '../../../../src/inference/doctor/check';
import { runChecks } from '../../../../src/inference/doctor/runner';
import { deferred } from '../../../support/fakeModel';

function check(name: string, run: Check['run'], limit?: number): Check {
	return limit === undefined ? { name, run } : { name, run, limit };
}

const fine = (name: string) => check(name, async () => [ok(name, 'well')]);

describe('doctor: runner', () => {
	const options = { translate: english, onStart: () => undefined };
	const never = new AbortController().signal;

	it('asks one after the other, and says which', async () => {
		const events: string[] = [];
		const noted = (name: string) =>
			check(name, async () => {
				events.push(`${name} begins`);
				await Promise.resolve();
				events.push(`${name} ends`);
				return [ok(name, 'well')];
			});
		const findings = await runChecks(
			[noted('one'), noted('two')],
			{ translate: english, onStart: ({ name }, index) => events.push(`${index} ${name}`) },
			never,
		);
		assert.deepEqual(events, ['0 one', 'one begins', 'one ends', '1 two', 'two begins', 'two ends']);
		assert.deepEqual(
			findings.map(({ name }) => name),
			['one', 'two'],
		);
	});

	it('reports one that hangs, tells it to end, and goes on', async () => {
		let wasEnded = false;
		const hanging = check(
			'hanging',
			(signal) => {
				signal.addEventListener('abort', () => {
					wasEnded = true;
				});
				return new Promise(() => undefined);
			},
			20,
		);
		const [hung, next] = await runChecks([hanging, fine('next')], options, never);
		assert.equal(hung?.grade, 'wrong');
		assert.match(hung?.measured ?? '', /did not answer within/);
		assert.equal(next?.grade, 'ok');
		assert.ok(wasEnded);
	});

	it('reports what one throws, and goes on', async () => {
		const failing = check('failing', async () => {
			throw new Error('the disk is gone');
		});
		const [failed, next] = await runChecks([failing, fine('next')], options, never);
		assert.deepEqual([failed?.grade, failed?.measured], ['wrong', 'the disk is gone']);
		assert.equal(next?.grade, 'ok');
	});

	it('ends at once when it is cancelled, whatever the check does', async () => {
		const controller = new AbortController();
		const begun = deferred();
		let wasAsked = false;
		const stuck = check('stuck', () => {
			begun.resolve();
			return new Promise(() => undefined);
		});
		const later = check('later', async () => {
			wasAsked = true;
			return [];
		});
		const running = runChecks([stuck, later], options, controller.signal);
		await begun.promise;
		controller.abort();
		await assert.rejects(running, isAbort);
		assert.equal(wasAsked, false);
	});
});
