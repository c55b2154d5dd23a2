/** What the user is told of runs can be said in other languages: every sentence passes through the translation. */

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { enough } from '../../../../src/finetune/dataset/split';
import { crashRemedy, describeCrash } from '../../../../src/finetune/job/crash';
import { english } from '../../../../src/finetune/job/english';
import { obstacleOf } from '../../../../src/finetune/job/obstacle';
import { describeHolder, RunLock } from '../../../../src/finetune/job/runLock';
import { RunRecord } from '../../../../src/finetune/job/runRecord';
import { diskProblem } from '../../../../src/finetune/panel/diskProblem';
import type { Translate } from '../../../../src/inference/statusText';
import { progressAt } from '../../../support/fakeTrainer';
import { shown } from '../panel/runs';

/** A language in which everything is in brackets. */
const foreign: Translate = (message, ...values) => `[${english(message, ...values)}]`;

describe('finetune/job/english', () => {
	it('fills in the values', () => {
		assert.equal(english('{0} of {1}: {0}', 1, 'all'), '1 of all: 1');
		assert.equal(english('a price of $& {1}', 'x', '$&'), 'a price of $& $&');
	});

	it('a crash is told in the language of the window', () => {
		const record = new RunRecord();
		record.add({ at: 0, message: { type: 'phase', phase: 'training', detail: '' } });
		assert.equal(record.doing(foreign), '[training]');
		record.add({ at: 0, message: progressAt(12) });
		const doing = record.doing(foreign);
		const end = { cause: 'was ended by SIGKILL', isSignal: true, lastWords: undefined };
		assert.equal(
			describeCrash(end, doing, crashRemedy(end, doing, 10, foreign), foreign),
			'[The trainer was ended by SIGKILL while it was [training (step 12 of 300)].]' +
				' [The last checkpoint is from step 10; resume the run to go on from there.]' +
				' [If memory ran out, close other programs, or set familiar.finetune.sequenceLength lower.]',
		);
	});

	it('refusals too', async () => {
		const whole = /^\[[^[\]]+\]$/;
		for (const holder of [
			{ run: 'a', pid: process.pid, isOrphan: false },
			{ run: 'a', pid: 1, isOrphan: true },
			{ run: 'a', pid: 1, isOrphan: false },
			{ run: undefined, pid: undefined, isOrphan: false },
		]) {
			assert.match(describeHolder(holder, foreign), whole);
		}
		for (const count of [0, 1, 2]) {
			const verdict = enough(count, foreign);
			assert.ok(verdict.type === 'refused');
			assert.match(verdict.reason, whole);
		}
		const { order } = shown();
		assert.match((await obstacleOf(order, undefined, true, foreign))?.reason ?? '', whole);
		const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
		assert.match(String(diskProblem(full, '/runs', foreign)), /^Error: \[.*\/runs: no space\..*\]$/);
		const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
		try {
			const lock = await RunLock.take(path.join(folder, 'lock'), 'a');
			await assert.rejects(RunLock.take(path.join(folder, 'lock'), 'b', foreign), { message: whole });
			await lock.release();
		} finally {
			fs.rmSync(folder, { recursive: true, force: true });
		}
	});
});
