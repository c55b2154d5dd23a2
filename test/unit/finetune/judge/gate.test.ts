/** The gate as a table: what passes, what fails, and what nobody can tell. */
import assert from 'node:assert/strict';
import { answersOf, decisionOf, type Findings } from '../../../../src/finetune/judge/gate';
import type { Compared, Question } from '../../../../src/finetune/judge/judgement';
import { translate } from '../panel/runs';

const compared = (base: number, value: number, low: number, high: number): Compared => ({
	base,
	adapter: base + value,
	difference: { value, low, high },
});

/** An adapter that is better in every way. */
const good: Findings = {
	spans: 400,
	files: 60,
	written: 300,
	timed: 40,
	power: 0.9,
	loss: compared(1, -0.2, -0.25, -0.15),
	exact: compared(0.3, 0.05, 0.01, 0.09),
	identifiers: compared(0.5, 0.05, 0.01, 0.09),
	premature: compared(0.1, -0.01, -0.03, 0.01),
	length: compared(0.9, 0.02, 0, 0.04),
	general: compared(1, 0.01, 0, 0.02),
	latency: compared(10, 0.5, 0.2, 0.8),
	leaks: [],
};

type Row = readonly [
	what: string,
	changes: Partial<Findings>,
	question: Question,
	answer: string,
	decision: string,
];

const rows: readonly Row[] = [
	['better', {}, 'loss', 'passed', 'pass'],
	['too few spans', { spans: 199 }, 'loss', 'unsure', 'unsure'],
	['too few files', { files: 29 }, 'loss', 'unsure', 'unsure'],
	[
		'no gain that is certain, of a weak test',
		{ loss: compared(1, -0.1, -0.3, 0.1), power: 0.4 },
		'loss',
		'unsure',
		'unsure',
	],
	[
		'no gain that is certain, of a strong test',
		{ loss: compared(1, -0.01, -0.03, 0.01), power: 0.99 },
		'loss',
		'failed',
		'fail',
	],
	['worse', { loss: compared(1, 0.1, -0.1, 0.3), power: 0.4 }, 'loss', 'failed', 'fail'],
	['as exact as before', { exact: compared(0.3, 0, -0.029, 0.029) }, 'exact', 'passed', 'pass'],
	['perhaps less exact', { exact: compared(0.3, -0.01, -0.04, 0.02) }, 'exact', 'unsure', 'unsure'],
	['less exact', { exact: compared(0.3, -0.03, -0.06, 0.01) }, 'exact', 'failed', 'fail'],
	[
		'a little less exact, for certain',
		{ exact: compared(0.3, -0.025, -0.04, -0.01) },
		'exact',
		'failed',
		'fail',
	],
	[
		'less exact at few places',
		{ exact: compared(0.3, -0.2, -0.3, -0.1), written: 199 },
		'exact',
		'unsure',
		'unsure',
	],
	['other names', { identifiers: compared(0.5, -0.05, -0.08, -0.02) }, 'identifiers', 'failed', 'fail'],
	['ends early', { premature: compared(0.1, 0.031, 0, 0.06) }, 'premature', 'failed', 'fail'],
	['ends a little earlier', { premature: compared(0.1, 0.03, 0, 0.06) }, 'premature', 'passed', 'pass'],
	['wordy', { length: compared(1, 0.26, 0.2, 0.3) }, 'length', 'failed', 'fail'],
	['terse', { length: compared(1, -0.21, -0.3, -0.1) }, 'length', 'failed', 'fail'],
	['wordy at few places', { length: compared(1, 0.9, 0.2, 1.5), written: 199 }, 'length', 'unsure', 'unsure'],
	[
		'as long as the truth, where the base is terse',
		{ length: compared(0.5, 0.5, 0.4, 0.6) },
		'length',
		'passed',
		'pass',
	],
	[
		'early at few places',
		{ premature: compared(0.1, 0.3, 0.1, 0.5), written: 20 },
		'premature',
		'unsure',
		'unsure',
	],
	['at the limits of length', { length: compared(1, 0.25, 0.2, 0.3) }, 'length', 'passed', 'pass'],
	['silent', { length: compared(1, -1, -1, -1) }, 'length', 'failed', 'fail'],
	['forgetful', { general: compared(2, 0.041, 0, 0.1) }, 'general', 'failed', 'fail'],
	['hardly forgetful', { general: compared(2, 0.04, 0, 0.1) }, 'general', 'passed', 'pass'],
	['of unknown memory', { general: undefined }, 'general', 'unsure', 'unsure'],
	['a secret', { leaks: [{ rule: 'token', file: 'a.ts' }] }, 'leak', 'failed', 'fail'],
	['slow', { latency: compared(10, 1.6, 1.55, 1.7) }, 'latency', 'failed', 'fail'],
	['slow on a busy machine', { latency: compared(10, 1.6, 0.2, 3) }, 'latency', 'unsure', 'unsure'],
	['slower by 15 %', { latency: compared(10, 1.5, 1.4, 1.6) }, 'latency', 'passed', 'pass'],
	['slower by a millisecond', { latency: compared(2, 1, 0.9, 1.1) }, 'latency', 'passed', 'pass'],
	['never timed', { timed: 0 }, 'latency', 'unsure', 'unsure'],
	[
		'unsure of one, failed in another',
		{ spans: 10, leaks: [{ rule: 'token', file: 'a' }] },
		'leak',
		'failed',
		'fail',
	],
];

describe('finetune/judge/gate', () => {
	for (const [what, changes, question, answer, decision] of rows) {
		it(`${what}: ${answer}, ${decision}`, () => {
			const answers = answersOf({ ...good, ...changes }, translate);
			assert.equal(answers.find((one) => one.question === question)?.answer, answer);
			assert.equal(decisionOf(answers), decision);
		});
	}

	it('answers every question once, in their order, with figure and threshold', () => {
		const answers = answersOf({ ...good, spans: 70, files: 10, power: 0.34 }, translate);
		assert.deepEqual(
			answers.map(({ question }) => question),
			['loss', 'exact', 'identifiers', 'premature', 'length', 'general', 'leak', 'latency'],
		);
		assert.match(
			answers[0]?.reason ?? '',
			/^Cannot tell with 70 spans of 10 files: at least 200 of 30 are needed\. .* −0\.200 \(−0\.250 to −0\.150\).* 34 %/,
		);
		assert.equal(answers[5]?.reason, 'Loss on general code +1.0 %; at most +2 % are allowed.');
		assert.match(answers[7]?.reason ?? '', /\+0\.50; at most \+1\.50/);
	});
});
