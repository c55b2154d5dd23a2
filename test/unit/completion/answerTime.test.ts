/** How long the model takes: what landed counts, and what was ended early only where it says something. */
import * as assert from 'node:assert/strict';
import { AnswerTime } from '../../../src/completion/answerTime';

describe('answer time', () => {
	it('is not known at first, which counts as slow', () => {
		const answers = new AnswerTime();
		answers.aborted(50);
		assert.equal(answers.milliseconds, Number.POSITIVE_INFINITY);
	});

	it('is the first answer, then follows the newer ones', () => {
		const answers = new AnswerTime();
		answers.landed(100);
		assert.equal(answers.milliseconds, 100);
		answers.landed(210);
		assert.equal(Math.round(answers.milliseconds), 120);
		for (let answer = 0; answer < 40; answer++) {
			answers.landed(210);
		}
		assert.equal(Math.round(answers.milliseconds), 210);
	});

	it('grows with generations that were ended later than answers usually come, not with earlier ones', () => {
		const answers = new AnswerTime();
		answers.landed(100);
		answers.aborted(60);
		assert.equal(answers.milliseconds, 100);
		answers.aborted(210);
		assert.equal(Math.round(answers.milliseconds), 120);
	});

	it('begins anew with another model', () => {
		const answers = new AnswerTime();
		answers.landed(100);
		answers.reset();
		assert.equal(answers.milliseconds, Number.POSITIVE_INFINITY);
	});
});
