/** The doctor's real completion: what is asked, and what its figures mean. */
import * as assert from 'node:assert/strict';
import { english } from '../../../../src/finetune/job/english';
import { type Trial, trial } from '../../../../src/inference/doctor/trial';
import { completionFinding, reuseFinding } from '../../../../src/inference/doctor/trialChecks';
import type { GenerationStatistics } from '../../../../src/inference/model';
import { FakeModel } from '../../../support/fakeModel';

const statistics: GenerationStatistics = {
	promptTokens: 300,
	reusedTokens: 0,
	generatedTokens: 20,
	prefillMilliseconds: 50,
	decodeMilliseconds: 200,
};
const whole: Trial = { text: 'left : right;', firstText: 60, statistics };
const speeds = { decodeTokensPerSecond: 110 };
const signal = new AbortController().signal;

describe('doctor: trial', () => {
	it('asks for a known text, and keeps its figures', async () => {
		const model = new FakeModel();
		model.onFill = () => ({
			steps: ['left', ' : right', { type: 'end', reason: 'end-of-text', statistics }],
		});
		const answer = await trial(model, 'l', false, signal);
		assert.equal(answer.type, 'trial');
		assert.equal(answer.type === 'trial' && answer.trial.text, 'left : right');
		assert.deepEqual(answer.type === 'trial' && answer.trial.statistics, statistics);
		assert.ok(answer.type === 'trial' && (answer.trial.firstText ?? -1) >= 0);
		const request = model.fills[0]?.request;
		assert.ok(request?.typed.endsWith('l'));
		assert.equal(request?.priority, 'interactive');
	});

	it('hands on that the model cannot', async () => {
		const model = new FakeModel();
		model.onFill = () => ({ steps: [{ type: 'unsupported', reason: 'It cannot.' }] });
		assert.deepEqual(await trial(model, '', false, signal), { type: 'unsupported', reason: 'It cannot.' });
	});
});

describe('doctor: a completion', () => {
	const judged = (changes: Partial<Trial>) =>
		completionFinding({ type: 'trial', trial: { ...whole, ...changes } }, speeds, english);

	it('is fine: its speed is told beside that of the load', () => {
		const found = judged({});
		assert.equal(found.grade, 'ok');
		assert.match(
			found.measured,
			/after 60 ms \(300 of 300.*in 50 ms\), then 20 tokens at 100 a second; 110 at load/,
		);
	});

	it('is much slower than at load', () => {
		const found = judged({ statistics: { ...statistics, decodeMilliseconds: 1_000 } });
		assert.equal(found.grade, 'attention');
		assert.match(found.measured, /at 20 a second.*Much slower/);
	});

	it('is too short for a speed', () => {
		assert.equal(
			judged({ statistics: { ...statistics, generatedTokens: 2, decodeMilliseconds: 1_000 } }).grade,
			'ok',
		);
	});

	it('is nothing', () => {
		assert.equal(judged({ text: '', firstText: undefined }).grade, 'attention');
	});

	it('is noise, which is not repeated', () => {
		const repeated = judged({ text: '!!!!!!!!!!!!' });
		assert.equal(repeated.grade, 'wrong');
		assert.ok(!repeated.measured.includes('!!'));
		assert.equal(judged({ text: 'left \uFFFD right' }).grade, 'wrong');
		assert.equal(judged({ text: 'left\u200B : right' }).grade, 'wrong');
	});

	it('cannot be had', () => {
		const found = completionFinding({ type: 'unsupported', reason: 'It cannot.' }, speeds, english);
		assert.deepEqual([found.grade, found.measured], ['wrong', 'It cannot.']);
	});
});

describe('doctor: the next keystroke', () => {
	const judged = (reusedTokens: number) =>
		reuseFinding({ ...whole, statistics: { ...statistics, reusedTokens } }, english);

	it('finds its prompt known, or reads it again', () => {
		assert.equal(judged(298).grade, 'ok');
		assert.match(judged(298).measured, /298 of 300/);
		assert.equal(judged(12).grade, 'attention');
	});
});
