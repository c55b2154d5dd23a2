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
	named: 300,
	parsed: 0,
	timed: 40,
	power: 0.9,
	loss: compared(1, -0.2, -0.25, -0.15),
	exact: compared(0.3, 0.05, 0.01, 0.09),
	similarity: compared(0.4, 0.05, 0.01, 0.09),
	syntax: undefined,
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
	['too few files', { files: 14 }, 'loss', 'unsure', 'unsure'],
	['as many files as tell something', { files: 15 }, 'loss', 'passed', 'pass'],
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
	[
		'worse for certain, though at few places',
		{ loss: compared(1, 0.1, 0.02, 0.3), spans: 60, files: 7, power: 0.4 },
		'loss',
		'failed',
		'fail',
	],
	[
		'worse, at so few places that it says nothing',
		{ loss: compared(1, 0.1, 0.02, 0.3), spans: 40, files: 3, power: 0.4 },
		'loss',
		'unsure',
		'unsure',
	],
	[
		'a gain that is certain, and too small to matter',
		{ loss: compared(2, -0.004, -0.006, -0.002), power: 1 },
		'loss',
		'failed',
		'fail',
	],
	[
		'a gain that is too small to matter, of a test that is weak for others',
		{ loss: compared(1, -0.002, -0.009, 0.005), power: 0.4 },
		'loss',
		'failed',
		'fail',
	],
	[
		'a certain gain that may be too small to matter',
		{ loss: compared(2, -0.018, -0.03, -0.006), power: 1 },
		'loss',
		'unsure',
		'unsure',
	],
	[
		'a certain gain that is just enough',
		{ loss: compared(2, -0.02, -0.03, -0.01), power: 1 },
		'loss',
		'passed',
		'pass',
	],
	[
		'better at words in any order than at code',
		{ words: { code: 0.03, scrambled: 0.1, difference: { value: 0.07, low: 0.05, high: 0.09 } } },
		'words',
		'failed',
		'fail',
	],
	[
		'as good at words in any order as at code, as far as anybody can tell',
		{ words: { code: 0.03, scrambled: 0.04, difference: { value: 0.01, low: -0.01, high: 0.03 } } },
		'words',
		'passed',
		'pass',
	],
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
	[
		'as exact as far as few places tell',
		{ exact: compared(0.3, 0.01, -0.02, 0.04), written: 180 },
		'exact',
		'unsure',
		'unsure',
	],
	[
		'more exact for certain',
		{ exact: compared(0.3, 0.06, 0.01, 0.11), written: 180 },
		'exact',
		'passed',
		'pass',
	],
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
		'closer to the length of the truth than a wordy base',
		{ length: compared(1.9, -0.5, -0.6, -0.4) },
		'length',
		'passed',
		'pass',
	],
	[
		'further from the length of the truth than a wordy base',
		{ length: compared(1.9, 0.6, 0.4, 0.8) },
		'length',
		'failed',
		'fail',
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
	[
		'slow, at few places',
		{ latency: compared(10, 1.6, 1.55, 1.7), timed: 19 },
		'latency',
		'unsure',
		'unsure',
	],
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

/** One of chat that is better in every way, half of whose answers hold code. */
const goodChat: Findings = {
	...good,
	role: 'chat',
	spans: 120,
	files: 40,
	written: 100,
	named: 60,
	parsed: 60,
	syntax: compared(0.8, 0.05, 0.01, 0.09),
};

const chatRows: readonly Row[] = [
	['better', {}, 'loss', 'passed', 'pass'],
	['too few conversations', { spans: 59 }, 'loss', 'unsure', 'unsure'],
	['too few files', { files: 14 }, 'loss', 'unsure', 'unsure'],
	['as many files as tell something', { files: 15 }, 'loss', 'passed', 'pass'],
	[
		'further from the truth',
		{ similarity: compared(0.4, -0.05, -0.08, -0.02) },
		'similarity',
		'failed',
		'fail',
	],
	[
		'perhaps further from the truth',
		{ similarity: compared(0.4, -0.01, -0.04, 0.02) },
		'similarity',
		'unsure',
		'unsure',
	],
	['few answers', { written: 49 }, 'similarity', 'unsure', 'unsure'],
	['few answers, better for certain', { written: 59 }, 'similarity', 'passed', 'pass'],
	['other names', { identifiers: compared(0.5, -0.05, -0.08, -0.02) }, 'identifiers', 'failed', 'fail'],
	['broken code', { syntax: compared(0.8, -0.05, -0.08, -0.02) }, 'syntax', 'failed', 'fail'],
	['does not end', { premature: compared(0.1, 0.031, 0.01, 0.06) }, 'premature', 'failed', 'fail'],
	['forgetful', { general: compared(2, 0.041, 0, 0.1) }, 'general', 'failed', 'fail'],
	['a secret', { leaks: [{ rule: 'token', file: 'a.ts' }] }, 'leak', 'failed', 'fail'],
	['slow', { latency: compared(10, 1.6, 1.55, 1.7) }, 'latency', 'failed', 'fail'],
];

describe('finetune/judge/gate', () => {
	for (const [what, changes, question, answer, decision] of chatRows) {
		it(`of chat, ${what}: ${answer}, ${decision}`, () => {
			const answers = answersOf({ ...goodChat, ...changes }, translate);
			assert.equal(answers.find((one) => one.question === question)?.answer, answer);
			assert.equal(decisionOf(answers), decision);
		});
	}

	it('asks of answers what fits answers, and of their code only where there is enough of it', () => {
		const asked = (changes: Partial<Findings>) =>
			answersOf({ ...goodChat, ...changes }, translate).map(({ question }) => question);
		assert.deepEqual(asked({}), [
			...['loss', 'similarity', 'identifiers', 'syntax', 'premature', 'length', 'general', 'leak', 'latency'],
		]);
		assert.deepEqual(asked({ named: 20, parsed: 0, syntax: undefined }), [
			...['loss', 'similarity', 'premature', 'length', 'general', 'leak', 'latency'],
		]);
		const [first] = answersOf({ ...goodChat, spans: 12, files: 3, power: 0.2 }, translate);
		assert.match(
			first?.reason ?? '',
			/^Cannot tell with 12 conversations of 3 files: at least 60 of 15 files are needed\..* 20 %/,
		);
	});

	it('says of what may not be counted against it that there is too little to tell by', () => {
		const few = answersOf(
			{
				...good,
				written: 20,
				premature: compared(0.1, 0.3, 0.1, 0.5),
				length: compared(0.9, -0.7, -0.8, -0.6),
				latency: compared(3, 9, -1, 20),
			},
			translate,
		);
		const of = (question: Question) => few.find((one) => one.question === question);
		for (const question of ['premature', 'length'] as const) {
			assert.equal(of(question)?.answer, 'unsure');
			assert.match(of(question)?.reason ?? '', /allowed\. Too few to tell\.$/);
		}
		assert.match(
			of('latency')?.reason ?? '',
			/\+9\.00; at most \+1\.00 are allowed\. The machine was too busy to tell\.$/,
		);
	});

	it('says that a gain is too small, and which would be enough', () => {
		const [small] = answersOf({ ...good, loss: compared(2, -0.004, -0.006, -0.002) }, translate);
		assert.equal(
			small?.reason,
			'Loss per token on unseen code lower by 0.2 % (0.1 to 0.3): less than the 1 % that make an adapter worth its memory and its time.',
		);
		const [perhaps] = answersOf({ ...good, loss: compared(2, -0.018, -0.03, -0.006) }, translate);
		assert.match(perhaps?.reason ?? '', /^Cannot tell with 400 places: .* lower by 0\.9 % \(0\.3 to 1\.5\)/);
	});

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
			/^Cannot tell with 70 places of 10 files: at least 200 of 15 files are needed\. .* −0\.200 \(−0\.250 to −0\.150\).* 34 %/,
		);
		assert.equal(answers[5]?.reason, 'Loss on general code +1.0 %; at most +2 % are allowed.');
		assert.match(answers[7]?.reason ?? '', /\+0\.50; at most \+1\.50/);
	});
});
