/** When the trainer is told to make room, on a clock of the test. */
import assert from 'node:assert/strict';
import { Yielding } from '../../../../src/finetune/job/yielding';
import { FakeClock } from '../../../support/fakeClock';

describe('finetune/job/yielding', () => {
	let clock: FakeClock;
	let sent: string[];
	let yielding: Yielding;
	beforeEach(() => {
		clock = new FakeClock();
		sent = [];
		yielding = new Yielding(
			(busy) => sent.push(`${clock.now()} ${busy}`),
			(milliseconds, signal) => clock.sleep(milliseconds, signal),
		);
	});
	afterEach(() => yielding.dispose());

	it('says so at once, and once for requests that overlap', () => {
		yielding.serving(true);
		yielding.serving(true);
		assert.deepEqual(sent, ['0 true']);
	});

	it('lets go after 1.5 s of quiet', async () => {
		yielding.serving(true);
		await clock.pass(1_000);
		yielding.serving(false);
		await clock.pass(1_499);
		assert.deepEqual(sent, ['0 true']);
		await clock.pass(1);
		assert.deepEqual(sent, ['0 true', '2500 false']);
		assert.equal(clock.sleeping, 0);
	});

	it('starts the quiet anew with every request', async () => {
		for (let request = 0; request < 5; request++) {
			yielding.serving(true);
			yielding.serving(false);
			await clock.pass(1_000);
		}
		assert.deepEqual(sent, ['0 true']);
		await clock.pass(500);
		assert.deepEqual(sent, ['0 true', '5500 false']);
		yielding.serving(true);
		assert.equal(sent.at(-1), '5500 true', 'and can say it again');
	});

	it('reminds every 10 s while it lasts, and not after', async () => {
		yielding.serving(true);
		await clock.pass(25_000);
		yielding.serving(false);
		await clock.pass(60_000);
		assert.deepEqual(sent, ['0 true', '10000 true', '20000 true', '26500 false']);
	});

	it('says nothing about an end without a beginning, nor after its own', async () => {
		yielding.serving(false);
		await clock.pass(5_000);
		yielding.serving(true);
		yielding.dispose();
		await clock.pass(60_000);
		assert.deepEqual(sent, ['5000 true']);
		assert.equal(clock.sleeping, 0);
	});
});
