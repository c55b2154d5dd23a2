/** What a key or a command overrides, and what nothing does. */
import * as assert from 'node:assert/strict';
import { type GateFacts, gate, type Trigger } from '../../../src/completion/gate';
import { describeReason } from '../../../src/completion/outcome';
import { completion } from '../../support/completionHouse';
import { fakeDescription } from '../../support/fakeModel';
import { cursorIn } from '../../support/marked';
import { CASES } from './syntax/shapeCases';

const facts: GateFacts = {
	settings: completion,
	isPaused: false,
	isOnBattery: false,
	excluded: undefined,
	state: { type: 'ready', model: fakeDescription },
};
const excluded = 'The setting familiar.exclude excludes this file: **/*.ts';

describe('gate', () => {
	it('asks the starter for its own languages, and for others where they are turned on by name', () => {
		const ask = (
			languageId: string,
			languages: Readonly<Record<string, boolean>> = {},
			trigger: Trigger = 'automatic',
		) =>
			gate(cursorIn('a = █', { languageId }), trigger, {
				...facts,
				isStarter: true,
				settings: { ...completion, languages: { '*': true, ...languages } },
			})?.reason;
		for (const language of ['typescript', 'typescriptreact', 'javascript', 'javascriptreact']) {
			assert.equal(ask(language), undefined);
		}
		assert.equal(ask('python'), 'starter-language');
		assert.equal(ask('python', {}, 'manual'), undefined);
		assert.equal(ask('python', { python: true }), undefined);
		assert.equal(ask('python', { python: false }), 'language-off');
		assert.match(describeReason('starter-language'), /TypeScript and JavaScript only/);
	});

	const cases: readonly [
		name: string,
		facts: Partial<GateFacts>,
		automatic: string | undefined,
		manual: string | undefined,
	][] = [
		['an ordinary place', {}, undefined, undefined],
		['excluded', { excluded }, 'excluded', 'excluded'],
		[
			'excluded goes before what would say no for now only',
			{ excluded, isPaused: true, state: { type: 'none' } },
			'excluded',
			'excluded',
		],
		['manual only', { settings: { ...completion, trigger: 'manual' } }, 'manual-only', undefined],
		[
			'off and manual only',
			{ settings: { ...completion, enabled: false, trigger: 'manual' } },
			'disabled',
			undefined,
		],
		[
			'on battery, to be spared',
			{ settings: { ...completion, pauseOnBattery: true }, isOnBattery: true },
			'on-battery',
			undefined,
		],
		['on battery, not to be spared', { isOnBattery: true }, undefined, undefined],
		['plugged in, to be spared', { settings: { ...completion, pauseOnBattery: true } }, undefined, undefined],
	];
	for (const [name, given, automatic, manual] of cases) {
		it(name, () => {
			const ask = (trigger: Trigger) => gate(cursorIn('a = █'), trigger, { ...facts, ...given })?.reason;
			assert.deepEqual([ask('automatic'), ask('manual')], [automatic, manual]);
		});
	}

	it('names the rule that excludes', () => {
		assert.deepEqual(gate(cursorIn('a = █'), 'manual', { ...facts, excluded }), {
			reason: 'excluded',
			detail: excluded,
		});
	});

	it('a secret file is called that, whoever else excludes it', () => {
		const cursor = cursorIn('a = █', { fullPath: '/repository/.env' });
		assert.equal(gate(cursor, 'manual', { ...facts, excluded })?.reason, 'secret-file');
	});

	it('takes no line for finished that the syntax does not', () => {
		const isFinished = (source: string, languageId: string) =>
			gate(cursorIn(source, { languageId }), 'automatic', facts)?.reason === 'line-complete';
		const refused = Object.entries(CASES).flatMap(([languageId, cases]) =>
			cases.filter(([source]) => isFinished(source, languageId)).map(([, expected]) => expected),
		);
		assert.ok(refused.length > 5);
		assert.deepEqual([...new Set(refused)], ['line-complete']);
		assert.equal(isFinished('query = "SELECT 1;█', 'typescript'), false);
		assert.equal(isFinished('display: none;█', 'css'), true);
	});

	it('has a sentence for each of these', () => {
		for (const reason of ['excluded', 'manual-only', 'on-battery'] as const) {
			assert.match(describeReason(reason), /^[A-Z].*\.$/);
		}
	});
});
