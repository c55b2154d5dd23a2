/** Records and judgements of adapters, for tests of what is shown of them. */

import type { Compared, Judgement } from '../../src/finetune/judge/judgement';
import type { LearningCurve } from '../../src/finetune/learningCurve/curve';
import { fitPowerLaw } from '../../src/finetune/learningCurve/powerLaw';
import type { DataSummary } from '../../src/finetune/report/dataSummary';
import type { AdapterRecord } from '../../src/finetune/report/record';
import { DEFAULT_SETTINGS } from '../../src/finetune/settings';

export function compared(base: number, adapter: number, half: number): Compared {
	const value = adapter - base;
	return { base, adapter, difference: { value, low: value - half, high: value + half } };
}

export const passed: Judgement = {
	version: 1,
	decision: 'pass',
	answers: [
		{ question: 'loss', answer: 'passed', reason: 'Loss falls by 0.21 nats per token (0.15 to 0.27).' },
		{ question: 'exact', answer: 'unsure', reason: 'Exact matches are unverified with 180 places.' },
		{ question: 'leak', answer: 'passed', reason: 'No rule for secrets fires.' },
	],
	spans: 180,
	files: 31,
	strengths: [
		{ strength: 0.5, loss: 1.31 },
		{ strength: 0.75, loss: 1.27 },
		{ strength: 1, loss: 1.29 },
	],
	strength: 0.75,
	power: 0.91,
	loss: compared(1.48, 1.27, 0.06),
	exact: compared(0.31, 0.37, 0.05),
	exactP: 0.031,
	similarity: compared(0.58, 0.66, 0.04),
	identifiers: compared(0.49, 0.6, 0.05),
	syntax: compared(0.88, 0.9, 0.03),
	premature: compared(0.07, 0.06, 0.03),
	length: compared(0.97, 1.02, 0.1),
	general: compared(1.11, 1.12, 0.01),
	latency: compared(8.2, 8.7, 0.3),
	leaks: [],
	verbatim: compared(0.01, 0.02, 0.02),
	examples: [
		{
			file: 'shop/src/cart.ts',
			kind: 'tail',
			prefix: 'export function total(items: readonly Item[]): Money {\n\treturn items.',
			suffix: '\n}\n',
			truth: 'reduce((sum, item) => sum.plus(item.price), Money.zero);',
			base: 'map((item) => item.price);',
			adapter: 'reduce((sum, item) => sum.plus(item.price), Money.zero);',
		},
		{
			file: 'shop/src/<img src=x onerror=alert(1)>.ts',
			kind: 'hunk',
			prefix: 'const a = 1;\n```\n',
			suffix: '',
			truth: 'const b = a;\u202e',
			base: '',
			adapter: '<script>alert(1)</script>',
		},
	],
	milliseconds: 83_000,
};

export const failed: Judgement = {
	...passed,
	decision: 'fail',
	answers: [
		{ question: 'loss', answer: 'passed', reason: 'Loss falls.' },
		{
			question: 'general',
			answer: 'failed',
			reason: 'Loss on general code rises by 9 %; at most 2 % may be.',
		},
	],
	loss: compared(1.48, 1.44, 0.06),
	strength: 1,
};

export const unsure: Judgement = {
	...passed,
	decision: 'unsure',
	spans: 12,
	files: 3,
	power: 0.2,
	answers: [{ question: 'loss', answer: 'unsure', reason: 'Too few places to tell.' }],
	strengths: [],
};

export const data: DataSummary = {
	files: 312,
	trainSamples: 4_100,
	trainTokens: 1_310_000,
	heldOutSamples: 310,
	heldOutTokens: 98_000,
	languages: [
		{ ending: '.ts', files: 290 },
		{ ending: '.py', files: 20 },
		{ ending: '', files: 2 },
	],
	repositories: ['shop'],
	notes: ['The model repeats nothing of its own against forgetting.'],
	heads: [{ repository: 'shop', commit: '0123456789abcdef0123456789abcdef01234567', at: 1_767_000_000_000 }],
	test: 'a'.repeat(64),
};

/** Of a quarter, half and all of the data. */
export function curveOf(losses: readonly number[]): LearningCurve {
	const points = losses.map((loss, index) => {
		const share = 2 ** (index + 1 - losses.length);
		return { share, tokens: data.trainTokens * share, loss };
	});
	return {
		version: 1,
		points,
		fit: fitPowerLaw(points),
		time: { done: 1, lastQuarter: 0 },
		milliseconds: 945_000,
	};
}

export const record: AdapterRecord = {
	version: 1,
	adapter: '0a1b2c3d.gguf',
	name: 'shop',
	notes: '',
	created: 1_767_225_600_000,
	base: { name: 'Starter', fingerprint: 'f'.repeat(64) },
	data,
	settings: DEFAULT_SETTINGS,
	versions: { trainer: 'Familiar 0.1.0, ggml 0.9', engine: '3.14', promptFormat: 2 },
	heldOut: { before: 1.5, after: 1.3 },
	losses: Array.from({ length: 60 }, (_, index) => ({
		step: index + 1,
		loss: 1.1 + 0.6 * Math.exp(-index / 20) + 0.05 * Math.sin(index * 1.7),
	})),
	evaluations: [0, 15, 30, 45, 60].map((step) => ({
		step,
		loss: 1.3 + 0.2 * Math.exp(-step / 20),
		tokens: 9_000,
	})),
	cost: { steps: 60, tokens: 1_310_000, seconds: 1_260, skipped: 0, peakBytes: 1_590e6 },
	continued: undefined,
	judgement: passed,
	learningCurve: curveOf([1.39, 1.33, 1.27]),
};
