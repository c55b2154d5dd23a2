/** How fast a download is, and what is said of it. */
import * as assert from 'node:assert/strict';
import { english } from '../../../../src/finetune/job/english';
import { Pace } from '../../../../src/inference/models/pace';
import { progressText } from '../../../../src/inference/models/progressText';

describe('inference/models/pace', () => {
	it('knows nothing in the first second, and then the speed and what is left', () => {
		const pace = new Pace();
		pace.note(0, 0);
		pace.note(500, 500);
		assert.equal(pace.bytesPerSecond, undefined);
		assert.equal(pace.secondsLeft(10_000), undefined);
		pace.note(2_000, 2_000);
		assert.equal(pace.bytesPerSecond, 1_000);
		assert.equal(pace.secondsLeft(10_000), 8);
	});

	it('looks back ten seconds, not to the beginning', () => {
		const pace = new Pace();
		for (let second = 0; second <= 60; second++) {
			pace.note(second < 30 ? 0 : (second - 30) * 100, second * 1_000);
		}
		assert.equal(pace.bytesPerSecond, 100);
	});

	it('forgets what was before it began anew', () => {
		const pace = new Pace();
		pace.note(5_000, 0);
		pace.note(0, 1_000);
		pace.note(1_000, 3_000);
		assert.equal(pace.bytesPerSecond, 500);
		assert.equal(new Pace().secondsLeft(1), undefined);
	});

	it('says no time where nothing comes', () => {
		const pace = new Pace();
		pace.note(5, 0);
		pace.note(5, 2_000);
		assert.equal(pace.secondsLeft(10), undefined);
	});

	it('is said in words', () => {
		const progress = { phase: 'downloading', bytes: 1.2e9, total: 4.7e9 } as const;
		const text = (...rest: readonly [number | undefined, number | undefined]) =>
			progressText(progress, ...rest, english);
		assert.equal(text(35e6, 100), '1.2 GB of 4.7 GB, 35 MB a second, 2 min left');
		assert.equal(text(35e6, 9.2), '1.2 GB of 4.7 GB, 35 MB a second, 10 s left');
		assert.equal(text(undefined, undefined), '1.2 GB of 4.7 GB');
		assert.equal(text(1e6, 7_200), '1.2 GB of 4.7 GB, 1 MB a second, 2 h left');
		const other = (phase: 'queued' | 'elsewhere' | 'checking' | 'broken') =>
			progressText({ phase, bytes: 1e6, total: undefined }, 5, 5, english);
		assert.equal(other('queued'), 'waits for other downloads');
		assert.equal(other('elsewhere'), '1 MB of ?, by another window');
		assert.equal(other('broken'), '1 MB of ?, the connection broke: trying again');
		assert.equal(other('checking'), '1 MB of ?, checking what is here');
	});
});
