/** The evaluation's report: tables to read, aims met or missed, and a last line that a script can read. */

import * as assert from 'node:assert/strict';
import {
	type ModelReport,
	type Report,
	renderReport,
	summaryLine,
} from '../../../models/recipe/evaluate/report';
import { FRONT } from '../../../models/recipe/evaluate/sums';
import { isRecord } from '../../../src/inference/record';

const lines = { holes: 512, exact: 0.3125, interval: [0.274, 0.354], similarity: 0.61 } as const;

const model: ModelReport = {
	name: 'starter',
	sha256: 'ab',
	fileBytes: 25e6,
	bits: {
		sums: { [FRONT]: { bits: 1000, bytes: 1000 }, rust: { bits: 30, bytes: 10 } },
		context: 2048,
		tokens: 300,
		seconds: 1,
	},
	lines: { [FRONT]: { typed: lines, prefix: { ...lines, exact: 0.25 } } },
	blocks: { holes: 128, valid: 0.5, interval: [0.4, 0.6], validEmpty: 0.7, empty: 0.1, similarity: 0.3 },
	speed: {
		readyMilliseconds: 640,
		firstTokenMilliseconds: undefined,
		tokensPerSecond: 150,
		promptTokensPerSecond: 2_500,
		peakBytes: 300e6,
		runs: 5,
		load: 1.25,
	},
};

const report: Report = {
	notes: ['a machine'],
	models: [model],
	xz: { [FRONT]: { bits: 1_800, bytes: 1_000 }, rust: { bits: 20, bytes: 10 } },
	xzWhole: undefined,
	ngram: undefined,
};

describe('report of the evaluation', () => {
	it('has the bits per byte of every side by language', () => {
		const text = renderReport(report);
		assert.match(text, /^a machine\n/);
		assert.match(text, /bits per byte\s+bytes\s+starter\s+xz -9e\n/);
		assert.match(text, /typescript \+ javascript\s+1000\s+1\.000\s+1\.800\n/);
		const whole = renderReport({ ...report, xzWhole: { [FRONT]: { bits: 9, bytes: 6 } } });
		assert.match(whole, /xz -9e\s+xz, whole\n.*1\.800\s+1\.500\n/);
		assert.match(text, /rust\s+10\s+3\.000\s+2\.000\n/);
	});

	it('says of each aim whether it was met', () => {
		const text = renderReport(report);
		assert.match(text, /31\.3 % of the rests of lines exact, aim 30\.0 %: met/);
		assert.match(text, /0\.556 of xz's bits, aim 0\.5: missed/);
	});

	it('has both ways of asking, the interval, and the speed', () => {
		const text = renderReport(report);
		assert.match(text, /typed\s+512\s+31\.3 %\s+27\.4 to 35\.4\s+0\.610/);
		assert.match(text, /prefix\s+512\s+25\.0 %/);
		assert.match(text, /128\s+50\.0 %\s+40\.0 to 60\.0\s+10\.0 %\s+70\.0 %\s+0\.300/);
		assert.match(text, /25\.0 MB\s+640 ms\s+none\s+150 tokens\/s\s+2500 tokens\/s\s+300 MB\s+1\.3/);
	});

	it('leaves out what was not measured', () => {
		const nothing = { bits: undefined, lines: undefined, blocks: undefined, speed: undefined } as const;
		const text = renderReport({ ...report, models: [{ ...model, ...nothing }], xz: undefined });
		assert.equal(text, 'a machine');
	});

	it('ends in a line of JSON without anything that JSON has not', () => {
		const line: unknown = JSON.parse(summaryLine(report));
		assert.ok(isRecord(line) && Array.isArray(line['models']));
		assert.equal(line['xz_bits_per_byte'], 1.8);
		assert.equal(line['ngram_bits_per_byte'], null);
		const [first]: readonly unknown[] = line['models'];
		assert.ok(isRecord(first));
		assert.equal(first['bits_per_byte'], 1);
		assert.equal(first['exact'], 0.3125);
		assert.equal(first['first_token_ms'], null);
		assert.equal(first['peak_mb'], 300);
	});
});
