/** A start that takes long says what it waits for, again and again; one that ends says what each stage took. */
import * as assert from 'node:assert/strict';
import { Stages } from '../../../src/inference/stages';
import { FakeClock } from '../../support/fakeClock';

describe('stages', () => {
	function start() {
		const clock = new FakeClock();
		const lines: string[] = [];
		const stages = new Stages({
			what: 'small.gguf is not ready',
			warn: (line) => lines.push(line),
			now: () => clock.now(),
			wait: (milliseconds, signal) => clock.sleep(milliseconds, signal),
		});
		return { clock, lines, stages };
	}

	it('say what each took, and nothing where all goes well', async () => {
		const { clock, lines, stages } = start();
		assert.equal(stages.present, 'nothing has begun');
		stages.enter('looking');
		await clock.pass(4);
		stages.enter('loading');
		await clock.pass(1_400);
		stages.enter('loading');
		await clock.pass(100);
		assert.equal(stages.end(), 'looking 4 ms, loading 1.5 s');
		await clock.pass(100_000);
		assert.deepEqual([lines, clock.sleeping], [[], 0]);
	});

	it('name the one that does not end, how far it has come, and what was before, less and less often', async () => {
		const { clock, lines, stages } = start();
		stages.enter('waiting for another window');
		await clock.pass(9_000);
		assert.deepEqual(lines, []);
		stages.enter('loading');
		stages.note('40 %');
		await clock.pass(1_000);
		const before = 'Before: waiting for another window 9.0 s.';
		assert.deepEqual(lines, [`small.gguf is not ready after 10.0 s: loading (40 %) for 1.0 s. ${before}`]);
		await clock.pass(170_000);
		assert.deepEqual(
			lines.map((line) => /after (\S+) s/.exec(line)?.[1]),
			['10.0', '30.0', '60.0', '120.0', '180.0'],
		);
		stages.end();
		await clock.pass(600_000);
		assert.equal(lines.length, 5);
	});
});
