/** Kinds of suggestions that are refused again and again appear less, and come back. */
import * as assert from 'node:assert/strict';
import type { Entry } from '../../../../src/completion/statistics/ledger';
import { Restraint } from '../../../../src/completion/statistics/restraint';
import { brief, house } from '../../../support/completionHouse';
import { FakeClock, settle } from '../../../support/fakeClock';
import { cursorIn } from '../../../support/marked';
import { silentLog } from '../../../support/silentLog';

const MINUTE = 60_000;

function entry(day: string, counts: Entry['counts'], rest: Partial<Entry> = {}): Entry {
	return { day, language: 'typescript', model: 'coder', adapter: '', counts, ...rest };
}

function restraintOver(state: { entries: readonly Entry[] }) {
	const clock = new FakeClock();
	const restraint = new Restraint({
		book: { read: async () => state.entries },
		clock,
		log: silentLog,
		origin: () => ({ model: 'coder', adapter: '' }),
		date: () => new Date(2026, 10, 21, 15),
	});
	return {
		clock,
		restraint,
		/** How many of the next `count` suggestions are made. */
		async made(count: number, language = 'typescript'): Promise<number> {
			restraint.isUnwanted(language, 'line.word');
			await settle();
			return Array.from({ length: count }, () => restraint.isUnwanted(language, 'line.word')).filter(
				(isUnwanted) => !isUnwanted,
			).length;
		},
	};
}

describe('restraint', () => {
	const cases: readonly [name: string, entries: readonly Entry[], made: number][] = [
		['nothing is known', [], 8],
		['too little is known', [entry('2026-11-21', { 'seen.line.word': 19 })], 8],
		['none is taken: one in four', [entry('2026-11-21', { 'seen.line.word': 20 })], 2],
		['some are taken', [entry('2026-11-21', { 'seen.line.word': 40, 'taken.line.word': 2 })], 8],
		['hardly any is taken', [entry('2026-11-21', { 'seen.line.word': 41, 'taken.line.word': 2 })], 2],
		['another kind', [entry('2026-11-21', { 'seen.block.word': 100 })], 8],
		['another language', [entry('2026-11-21', { 'seen.line.word': 100 }, { language: 'python' })], 8],
		['another model', [entry('2026-11-21', { 'seen.line.word': 100 }, { model: 'starter' })], 8],
		['before it was adapted', [entry('2026-11-21', { 'seen.line.word': 100 }, { adapter: 'ours' })], 8],
		['a week ago counts half', [entry('2026-11-14', { 'seen.line.word': 39 })], 8],
		['a week ago counts half, still', [entry('2026-11-14', { 'seen.line.word': 40 })], 2],
		[
			'what is taken today outweighs what was refused long ago',
			[
				entry('2026-10-24', { 'seen.line.word': 400 }),
				entry('2026-11-21', { 'seen.line.word': 5, 'taken.line.word': 2 }),
			],
			8,
		],
	];
	for (const [name, entries, expected] of cases) {
		it(name, async () => assert.equal(await restraintOver({ entries }).made(8), expected));
	}

	it('looks again after a minute, and at once after a reset', async () => {
		const state = { entries: [entry('2026-11-21', { 'seen.line.word': 100 })] };
		const { clock, restraint, made } = restraintOver(state);
		assert.equal(await made(8), 2);
		state.entries = [];
		assert.equal(await made(8), 2);
		await clock.pass(MINUTE);
		assert.equal(await made(8), 8);
		state.entries = [entry('2026-11-21', { 'seen.line.word': 100 })];
		restraint.forget();
		assert.equal(restraint.isUnwanted('typescript', 'line.word'), false);
		assert.equal(await made(8), 2);
	});

	it('the engine does not even ask the model, unless somebody asks by hand', async () => {
		const { model, get, byHand } = house({
			isUnwanted: (language, kind) => language === 'typescript' && kind === 'line.word',
		});
		model.onFill = () => 'text';
		assert.equal(brief(await get(cursorIn('word█'))), 'often-refused');
		assert.equal(model.fills.length, 0);
		assert.equal(brief(await get(cursorIn('word = █'))), 'model: text');
		const outcome = await byHand(cursorIn('word█'));
		assert.equal(brief(outcome), 'model: text');
	});
});
