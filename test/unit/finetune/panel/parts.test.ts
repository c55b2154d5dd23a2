/** Tests of the panel's small pure parts: curve, numbers, plan, questions, messages, page. */

import assert from 'node:assert/strict';
import { contributes } from '../../../../package.json';
import { out } from '../../../../src/finetune/corpus/verdict';
import { ADVANCED } from '../../../../src/finetune/panel/advanced';
import { curveOf, smoothed } from '../../../../src/finetune/panel/curve';
import {
	formatChange,
	formatCount,
	formatDuration,
	formatStrength,
} from '../../../../src/finetune/panel/format';
import { corpusSize, parseMinutes, passesFor, trainingSettings } from '../../../../src/finetune/panel/plan';
import { isFromPanel, isToPanel } from '../../../../src/finetune/panel/protocol';
import { endText, lossAnswers, proposalDetail, timeAnswers } from '../../../../src/finetune/panel/questions';
import { settingsProblem } from '../../../../src/finetune/settings';
import { settings as keys, readSettings } from '../../../../src/manifest';
import { evaluationAt } from '../../../support/fakeTrainer';
import { failed } from '../../../support/reportSample';
import { finished, shown, translate } from './runs';

describe('finetune/panel/curve', () => {
	it('puts training and held-out losses on one axis', () => {
		const curve = curveOf([{ step: 2, loss: 3 }], [evaluationAt(0, 4), evaluationAt(2, 2)]);
		const { smooth, ...rest } = curve;
		assert.deepEqual(rest, { steps: [0, 2], train: [null, 3], heldOut: [4, 2] });
		assert.deepEqual(
			smooth.map((loss) => loss?.toFixed(6)),
			[undefined, '3.000000'],
		);
	});

	it('smooths without being drawn to zero at the start', () => {
		assert.deepEqual(
			smoothed([5, 5, 5]).map((loss) => loss.toFixed(6)),
			Array(3).fill('5.000000'),
		);
		const noisy = Array.from({ length: 400 }, (_, index) => (index % 2 === 0 ? 0 : 2));
		const last = smoothed(noisy).at(-1) ?? 0;
		assert.ok(Math.abs(last - 1) < 0.15, String(last));
	});
});

describe('finetune/panel/format', () => {
	it('rounds durations to what matters', () => {
		const cases = [
			[0, '0 s'],
			[-3, '0 s'],
			[59.4, '59 s'],
			[60, '1 min'],
			[3_599, '1 h 0 min'],
			[7_500, '2 h 5 min'],
			[200_000, '2 d 7 h'],
		] as const;
		for (const [seconds, text] of cases) {
			assert.equal(formatDuration(seconds, translate), text, String(seconds));
		}
	});

	it('writes changes with a sign, and none for none', () => {
		assert.deepEqual(
			[formatChange(2, 1.8), formatChange(1, 1.2), formatChange(1, 1.0001), formatChange(0, 1)],
			['−10.0 %', '+20.0 %', '±0.0 %', '±0.0 %'],
		);
		assert.deepEqual([formatCount(1_234_567.4), formatStrength(0.75)], ['1,234,567', '75 %']);
	});
});

describe('finetune/panel/plan', () => {
	it('counts what an audit let in', () => {
		const repositories = [{ name: 'a', folder: '/a', gitPath: 'git' }];
		const files = [
			{ repository: 0, path: 'x.ts', verdict: { type: 'in', characters: 100, hash: '' } },
			{ repository: 0, path: 'y.ts', verdict: out('secret', '') },
		] as const;
		assert.deepEqual(corpusSize({ repositories, leftOut: [], files }), { files: 1, out: 1, characters: 100 });
	});

	it('goes through little code more often', () => {
		assert.deepEqual([3e5, 3e6, 2e7, 1e8].map(passesFor), [5, 3, 2, 1]);
	});

	it('keeps the strength of the adapter with its rank', () => {
		const settings = readSettings((key) => (key === keys.fineTuneRank.key ? 64 : undefined));
		const training = trainingSettings(settings, 12, 0.5e9, translate);
		assert.deepEqual([training.rank, training.alpha, training.minutes], [64, 128, 12]);
		assert.equal(settingsProblem(training), undefined);
	});

	it('takes a learning rate that fits the model, unless one is set', () => {
		const rate = (value: number, parameters: number) =>
			trainingSettings(
				readSettings((key) => (key === keys.fineTuneLearningRate.key ? value : undefined)),
				0,
				parameters,
				translate,
			).learningRate;
		assert.equal(rate(0, 0.5e9), 3e-4);
		assert.ok(rate(0, 5e6) > 1e-3);
		assert.equal(rate(2e-4, 5e6), 2e-4);
	});

	it('makes settings that can be of the furthest values', () => {
		for (const value of [-1e9, 1e9]) {
			assert.equal(
				settingsProblem(
					trainingSettings(
						readSettings(() => value),
						0,
						1e9,
						translate,
					),
				),
				undefined,
				String(value),
			);
		}
	});

	describe('advanced choices', () => {
		const withChoices = (advanced: unknown) =>
			trainingSettings(
				readSettings((key) => (key === keys.fineTuneAdvanced.key ? advanced : undefined)),
				30,
				0.5e9,
				translate,
			);

		it('reach the run, each by its name', () => {
			const choices = {
				...{ alpha: 8, rankStabilised: true, dropout: 0.1, targets: ['q', 'v'], topLayers: 4 },
				...{ learningRateRatioB: 16, weightDecay: 0.1, endWeight: 2, rowsPerStep: 4, epochs: 2 },
				...{ gradientCheckpointing: 'on', evaluateEvery: 10, seed: 7, threads: 1 },
			};
			assert.deepEqual(Object.keys(choices), [...ADVANCED]);
			assert.deepEqual({ ...withChoices({}), ...choices }, withChoices(choices));
		});

		const refused: readonly [name: string, advanced: unknown, says: RegExp][] = [
			['a name that is none', { layers: 3 }, /no choice named "layers".*topLayers/],
			['what has a setting of its own', { rank: 3 }, /no choice named "rank"/],
			['a word where a number stands', { dropout: 'much' }, /dropout cannot be "much"/],
			['a matrix that is none', { targets: ['q', 'x'] }, /targets cannot be \["q","x"\]/],
			['no matrix', { targets: [] }, /targets is empty/],
			['a number out of range', { dropout: 0.9 }, /dropout is 0.9; it must be a number from 0 to 0.5/],
		];
		for (const [name, advanced, says] of refused) {
			it(`refuse ${name}`, () => assert.throws(() => withChoices(advanced), says));
		}

		it('are none where the setting is no object', () => {
			assert.deepEqual(withChoices(['q']), withChoices(undefined));
		});

		it('are described in package.json, all of them', () => {
			const properties = contributes.configuration.flatMap((section) => Object.entries(section.properties));
			const [, described] = properties.find(([key]) => key === keys.fineTuneAdvanced.key) ?? assert.fail();
			assert.ok('properties' in described);
			assert.deepEqual(Object.keys(described.properties), [...ADVANCED]);
		});
	});

	it('reads times as people write them', () => {
		const cases = [
			['45', 45],
			[' 1.5 h ', 90],
			['1,5h', 90],
			['10 min', 10],
			['0', undefined],
			['8 days', undefined],
			['1e9', undefined],
			['10081', undefined],
		] as const;
		for (const [text, minutes] of cases) {
			assert.equal(parseMinutes(text), minutes, text);
		}
	});
});

describe('finetune/panel/questions', () => {
	it('offers the time of the setting first, and each once', () => {
		assert.deepEqual(
			timeAnswers(30, translate).map((answer) => answer.value),
			[30, 5, 120, 0],
		);
		assert.deepEqual(
			timeAnswers(7, translate).map((answer) => answer.value),
			[7, 5, 30, 120, 0],
		);
		assert.equal(timeAnswers(0, translate)[0]?.label, 'Until all data was seen');
		assert.deepEqual(
			lossAnswers(translate).map((answer) => answer.value),
			['middle', 'all'],
		);
	});

	it('says before the start what is read, what is trained and that nothing leaves', () => {
		const detail = proposalDetail(
			{
				base: 'qwen',
				repositories: ['shop', 'tools'],
				leftOut: [{ name: 'docs', reason: 'it is no Git repository' }],
				size: { files: 1_200, out: 3, characters: 0 },
				minutes: 30,
				note: 'Few files.',
			},
			translate,
		);
		for (const part of [
			/1,200 tracked files of shop, tools/,
			/; 3 are/,
			/docs is left out: it is no Git repository/,
			/qwen/,
			/trains for about 30 min; measuring before and after/,
			/Nothing leaves/,
			/Few files/,
		]) {
			assert.match(detail, part);
		}
	});

	it('says before the start what a learning curve takes, where one is wanted', () => {
		const proposal = {
			base: 'qwen',
			repositories: ['shop'],
			leftOut: [],
			size: { files: 100, out: 0, characters: 0 },
			minutes: 120,
			note: undefined,
		};
		assert.doesNotMatch(proposalDetail(proposal, translate), /learning curve/);
		assert.match(
			proposalDetail({ ...proposal, measuresCurve: true }, translate),
			/After the verdict its learning curve is measured.*: about 1 h 30 min more\. It can be cancelled without loss\./,
		);
		assert.match(
			proposalDetail({ ...proposal, minutes: 0, measuresCurve: true }, translate),
			/about three quarters of the training time again/,
		);
	});

	it('says how it ended', () => {
		const ended = (run: ReturnType<typeof finished>) =>
			endText({ view: run.view, refusal: run.refusal }, translate) ?? '';
		assert.match(ended(finished(2, 1)), /is active.*2\.0000 to 1\.0000 \(−50\.0 %\)/);
		assert.match(ended(finished(1, 1.5)), /kept, off/);
		assert.match(ended(finished(2, 1, { refusal: 'Another base.' })), /is off: Another base\./);
		const problem = { code: 'x', message: 'It crashed.', resumable: false };
		assert.match(ended(shown({ state: 'failed', problem })), /failed: It crashed\./);
		assert.equal(
			endText({ view: shown({ state: 'cancelled' }).view, refusal: undefined }, translate),
			undefined,
		);
	});
});

describe('what is said of a judgement', () => {
	it('is its first reason, and how many more there are: the panel has them all', () => {
		const { view } = finished(2, 1);
		const answers = ['Loss rises.', 'It forgets.', 'It is slow.'].map((reason) => ({
			...({ question: 'loss', answer: 'failed', reason } as const),
		}));
		const judgement = { ...failed, answers };
		assert.equal(
			endText({ view, refusal: undefined, judgement }, translate),
			'The adapter for shop is kept, off. Loss rises. And 2 more.',
		);
		assert.equal(
			endText({ view, refusal: undefined, judgement }, translate, true),
			'shop: The adapter is active, although it did not pass the tests against the base model. Loss rises. And 2 more.',
		);
	});
});

describe('finetune/panel/protocol', () => {
	it('takes its own messages and no others', () => {
		for (const message of [
			{ type: 'ready' },
			{ type: 'act', action: 'pause' },
			{ type: 'act', action: 'judge' },
			{ type: 'strength', id: 'a.gguf', scale: 0.5 },
		]) {
			assert.ok(isFromPanel(message), JSON.stringify(message));
		}
		for (const message of [
			undefined,
			'ready',
			{ type: 'act', action: 'deleteEverything' },
			{ type: 'strength', id: 'a.gguf', scale: 40 },
			{ type: 'strength', id: 'a.gguf', scale: -1 },
			{ type: 'strength', id: 7, scale: 1 },
		]) {
			assert.equal(isFromPanel(message), false, JSON.stringify(message));
		}
		for (const message of [{ type: 'state' }, { type: 'state', state: { title: 'x' } }, null]) {
			assert.equal(isToPanel(message), false, JSON.stringify(message));
		}
	});
});
