/** Reports put together from files, a model and the statistics; what a run brings is kept; and what the buttons do. */

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { ActiveAdapters } from '../../../../src/finetune/adapters/active';
import { Choices } from '../../../../src/finetune/adapters/choices';
import type { Finished } from '../../../../src/finetune/job/messages';
import { writeCurve } from '../../../../src/finetune/learningCurve/curve';
import type { AcceptanceCounts } from '../../../../src/finetune/report/acceptance';
import { Continuation, type Start } from '../../../../src/finetune/report/continuation';
import { type AdapterRow, ReportDesk } from '../../../../src/finetune/report/desk';
import { Keeper } from '../../../../src/finetune/report/keeper';
import { isAdapterRecord } from '../../../../src/finetune/report/recordShapes';
import { RecordStore } from '../../../../src/finetune/report/recordStore';
import { Reports } from '../../../../src/finetune/report/reports';
import type { Shown } from '../../../../src/finetune/report/shown';
import { DEFAULT_SETTINGS } from '../../../../src/finetune/settings';
import { FakeModel, fakeDescription } from '../../../support/fakeModel';
import { curveOf, failed, passed, record, data as summary } from '../../../support/reportSample';
import { recordingLog } from '../../../support/silentLog';
import { finished, translate } from '../panel/runs';
import { memory } from './memory';

const never = new AbortController().signal;
const facts = {
	name: 'shop',
	base: 'f'.repeat(64),
	baseName: 'Starter',
	promptFormat: 2,
	dataset: 'd',
	run: {
		lossBefore: 2,
		lossAfter: 1,
		steps: 10,
		tokens: 100,
		seconds: 5,
		created: '2026-01-01T00:00:00.000Z',
		repositories: ['shop'],
	},
	settings: JSON.stringify(DEFAULT_SETTINGS),
	versions: 'Familiar 0.1.0, ggml 0.9',
};

describe('finetune/report/reports', () => {
	let folder = '';
	let model: FakeModel;
	let active: ActiveAdapters;
	let records: RecordStore;
	let reports: Reports;
	let counts: readonly AcceptanceCounts[];
	let asked = 0;

	const file = (name: string) => path.join(folder, `${name}.gguf`);

	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-reports-'));
		for (const name of ['a', 'b']) {
			fs.writeFileSync(file(name), 'GGUF');
		}
		model = new FakeModel();
		model.onInspect = (one) => ({
			type: 'facts',
			facts: { ...facts, name: path.basename(one, '.gguf') },
			problem: undefined,
			warning: undefined,
		});
		active = new ActiveAdapters({
			model,
			choices: new Choices(memory()),
			onRefused: () => undefined,
			log: recordingLog(),
		});
		records = new RecordStore(({ name }) => name);
		counts = [];
		asked = 0;
		reports = new Reports({
			folder,
			records,
			model,
			active,
			acceptance: async () => counts,
			commitsSince: async ({ heads }) => {
				asked++;
				return heads.map(({ repository }) => ({ repository, commits: 37 }));
			},
			canMeasure: (one) => one === file('b'),
			dateOf: String,
			translate,
		});
	});
	afterEach(() => {
		active.dispose();
		fs.rmSync(folder, { recursive: true });
	});

	it('knows adapters with a record and without, the newest first', async () => {
		await records.write(file('b'), { ...record, adapter: 'b.gguf', name: 'night', created: 9e12 });
		const list = await reports.list(never);
		assert.deepEqual(
			list.map((one) => [path.basename(one.path), one.record.name]),
			[
				['b.gguf', 'night'],
				['a.gguf', 'a'],
			],
		);
		assert.deepEqual(list[1]?.record.heldOut, { before: 2, after: 1 });
		assert.deepEqual(list[1]?.record.settings, DEFAULT_SETTINGS);
		assert.equal(list[1]?.record.created, Date.parse('2026-01-01'));
	});

	it('says without a model what the record says', async () => {
		model.state = { type: 'none' };
		await records.write(file('b'), { ...record, adapter: 'b.gguf' });
		assert.equal((await reports.content(file('b'), never)).verdict.tone, 'good');
		const bare = await reports.content(file('a'), never);
		assert.deepEqual([bare.name, bare.verdict.tone], ['a', 'none']);
		assert.equal(await reports.start(file('b'), never), undefined);
	});

	it('joins the record with what is in use, with the statistics, and with Git', async () => {
		await records.write(file('a'), { ...record, adapter: 'a.gguf' });
		await active.use([{ path: file('a'), name: 'shop', scale: 0.75 }], 'trained');
		counts = [
			{ adapter: 'a', model: 'm', shown: 300, accepted: 30, checked: 0, kept: 0 },
			{ adapter: '', model: 'm', shown: 300, accepted: 90, checked: 0, kept: 0 },
		];
		const content = await reports.content(file('a'), never);
		assert.match(content.standing, /^In use, 75 %/);
		assert.deepEqual(content.actions.slice(0, 3), ['rollBack', 'off', 'continue']);
		assert.ok(content.figures.some(({ note }) => /−20\.0 \(−/.test(note)));
		assert.ok(content.tables.some(({ rows }) => rows.some(({ value }) => /37 commits since/.test(value))));
		const patient = await reports.patient(active.all[0] ?? assert.fail(), never);
		assert.deepEqual([patient.commits[0]?.commits, patient.canContinue], [37, true]);
		assert.ok((patient.acceptance?.difference?.high ?? 0) < 0);
		await active.use([...active.all, { path: file('b'), name: 'b', scale: 1 }]);
		const both = await reports.patient(active.all[0] ?? assert.fail(), never);
		assert.equal(both.acceptance, undefined, 'nobody knows whose work it is');
	});

	it('does not ask Git about an adapter whose repositories nobody knows', async () => {
		await reports.content(file('a'), never);
		assert.equal(asked, 0);
	});

	it('keeps what a run brought, once more when the judgement comes, and the name the user gave', async () => {
		const run = finished(2, 1);
		const result = { ...(run.view.result as Finished | undefined), adapterPath: file('a') };
		assert.ok(isFinished(result));
		const state = {
			...run,
			view: { ...run.view, result },
			order: { ...run.order, data: summary, from: file('b') },
		};
		let kept = 0;
		const saved = () =>
			new Promise<void>((resolve) => {
				const wait = () => (kept === 0 ? setImmediate(wait) : resolve());
				wait();
			}).then(() => {
				kept = 0;
			});
		const keeper = new Keeper(
			reports,
			(error) => {
				assert.equal(error, undefined);
				kept++;
			},
			never,
		);
		keeper.follow({ ...state, judgement: passed });
		keeper.end('another run', state);
		assert.equal(await records.read(file('a')), undefined, 'no run of this window has ended');
		keeper.end(state.view.id, state);
		await saved();
		const first = await records.read(file('a'));
		assert.deepEqual(
			[first?.judgement, first?.continued, first?.versions.engine],
			[undefined, { adapter: 'b.gguf', name: 'b' }, fakeDescription.engineVersion],
		);
		assert.deepEqual(first?.data, JSON.parse(JSON.stringify(summary)));
		await reports.rename(file('a'), 'night run', never);
		keeper.follow({ ...state, judgement: failed });
		await saved();
		const second = await records.read(file('a'));
		assert.deepEqual([second?.name, second?.judgement?.decision], ['night run', 'fail']);
		keeper.follow({ ...state, judgement: passed });
		assert.equal(kept, 0, 'it has its judgement');
	});

	it('keeps a learning curve that was measured later', async () => {
		await records.write(file('a'), { ...record, adapter: 'a.gguf', learningCurve: undefined });
		const run = finished(2, 1);
		const result = { ...(run.view.result ?? assert.fail()), adapterPath: file('a') };
		const state = { ...run, view: { ...run.view, result } };
		const curve = curveOf([1.4, 1.3, 1.2]);
		let saved: (error: unknown) => void = () => undefined;
		const saving = new Promise((resolve) => {
			saved = resolve;
		});
		const keeper = new Keeper(reports, (error) => saved(error), never);
		keeper.follow({ ...state, curve: { type: 'measuring', progress: undefined } });
		await writeCurve(file('a'), curve);
		keeper.follow({ ...state, curve: { type: 'measured', curve } });
		assert.equal(await saving, undefined);
		const kept: unknown = JSON.parse(fs.readFileSync(file('a').replace('.gguf', '.report.json'), 'utf8'));
		assert.ok(isAdapterRecord(kept));
		assert.deepEqual(kept.learningCurve, curve);
		assert.match((await reports.content(file('a'), never)).learning?.note ?? '', /^More data would help/);
	});

	it('offers to measure a learning curve where that can be', async () => {
		assert.ok((await reports.content(file('b'), never)).actions.includes('curve'));
		assert.ok(!(await reports.content(file('a'), never)).actions.includes('curve'));
	});

	it('can begin a run with what Familiar trained for the loaded model alone', async () => {
		assert.deepEqual(await reports.start(file('a'), never), {
			path: file('a'),
			name: 'a',
			basePath: fakeDescription.path,
			settings: DEFAULT_SETTINGS,
		});
		model.onInspect = () => ({
			type: 'facts',
			facts: { ...facts, settings: undefined },
			problem: undefined,
			warning: undefined,
		});
		assert.equal(await reports.start(file('a'), never), undefined, 'from elsewhere');
		model.onInspect = () => ({ type: 'facts', facts, problem: 'Another base.', warning: undefined });
		assert.equal(await reports.start(file('a'), never), undefined, 'of another base');
	});

	describe('desk', () => {
		let told: string[];
		let copied: string[];
		let shown: Shown[];
		let focused: Shown | undefined;
		let typed: string | undefined;
		let rows: readonly AdapterRow[];
		let used: (readonly [string, number])[];
		let started: number;
		let taken: Start | undefined;
		let isTrusted: boolean;
		let desk: ReportDesk;
		const continuation = new Continuation();

		beforeEach(() => {
			[told, copied, shown, used, rows] = [[], [], [], [], []];
			[focused, typed, started, isTrusted] = [undefined, undefined, 0, true];
			desk = new ReportDesk({
				reports,
				active,
				continuation,
				aftercare: { remark: async () => 'rollBack' },
				use: async ({ path: one, scale }) => void used.push([path.basename(one), scale]),
				turnOff: async ({ path: one }) => void used.push([path.basename(one), 0]),
				measureCurve: async () => void told.push('measures'),
				onRenamed: () => told.push('renamed'),
				dateOf: String,
				ui: {
					get isTrusted() {
						return isTrusted;
					},
					get focused() {
						return focused;
					},
					tell: (text) => told.push(text),
					tellRestricted: (text) => told.push(text),
					list: () => reports.list(never),
					pick: async (_title, offered) => {
						rows = offered;
						return offered[1];
					},
					pickSome: async (_title, _hint, offered) => offered,
					input: async (_title, _value, problemOf) =>
						typed === undefined || problemOf(typed) !== undefined ? undefined : typed,
					copy: async (text) => void copied.push(text),
					reveal: async (one) => void told.push(`shows ${path.basename(one)}`),
					show: (one) => void shown.push(one),
					refresh: async () => undefined,
					fineTune: async () => {
						started++;
						taken = continuation.take(fakeDescription.path);
					},
				},
				translate,
			});
		});

		it('uses an adapter at the strength that the judge chose', async () => {
			await records.write(file('a'), { ...record, adapter: 'a.gguf' });
			await desk.act('useAnyway', file('a'), never);
			await desk.act('use', file('b'), never);
			await desk.act('off', file('b'), never);
			assert.deepEqual(used, [
				['a.gguf', 0.75],
				['b.gguf', 1],
				['b.gguf', 0],
			]);
		});

		it('measures the learning curve', async () => {
			await desk.act('curve', file('a'), never);
			assert.deepEqual(told, ['measures']);
		});

		it('rolls back, and says to what', async () => {
			await desk.rollBack();
			assert.match(told.pop() ?? '', /No adapter was in use/);
			await active.use([{ path: file('a'), name: 'shop', scale: 1 }]);
			await desk.act('rollBack', file('a'), never);
			assert.match(told.pop() ?? '', /without an adapter/);
			assert.deepEqual(active.all, []);
			await desk.rollBack();
			assert.match(told.pop() ?? '', /Rolled back: shop is in use/);
			model.onUseAdapters = () => 'Another base.';
			await assert.rejects(desk.rollBack(), /stay as they are: Another base/);
		});

		it('names and notes, within bounds', async () => {
			typed = ' night ';
			await desk.act('rename', file('a'), never);
			typed = 'only the cart';
			await desk.act('notes', file('a'), never);
			typed = 'x'.repeat(121);
			await desk.act('rename', file('a'), never);
			const kept = await records.read(file('a'));
			assert.deepEqual([kept?.name, kept?.notes, told], ['night', 'only the cart', ['renamed']]);
		});

		it('asks which one where several are there', async () => {
			const chosen: string[] = [];
			const choose = async (one: string) => void chosen.push(path.basename(one));
			await desk.withAdapter(undefined, choose);
			assert.deepEqual(rows.map(({ label }) => label).sort(), ['a', 'b']);
			await desk.withAdapter(file('a'), choose);
			fs.rmSync(file('b'));
			await desk.withAdapter(undefined, choose);
			fs.rmSync(file('a'));
			await desk.withAdapter(undefined, choose);
			assert.deepEqual(chosen.slice(1), ['a.gguf', 'a.gguf']);
			assert.match(told.pop() ?? '', /no adapter yet/);
		});

		it('compares, and copies what the tab shows', async () => {
			await desk.act('compare', file('a'), never);
			const [comparison] = shown;
			assert.ok(comparison?.type === 'comparison' && comparison.files.length === 2);
			focused = comparison;
			await desk.copy(undefined, never);
			assert.match(copied.pop() ?? '', /^# Fine-tunes compared/);
			await desk.act('copy', file('a'), never);
			assert.match(copied.pop() ?? '', /^# a\n/);
			fs.rmSync(file('b'));
			await desk.compare(undefined);
			assert.match(told.pop() ?? '', /fewer than two/);
		});

		it('goes on from an adapter, in a trusted workspace, where a run can', async () => {
			await desk.act('continue', file('a'), never);
			assert.equal(started, 1);
			assert.equal(taken?.path, file('a'));
			isTrusted = false;
			await desk.act('continue', file('a'), never);
			assert.match(told.pop() ?? '', /trusted workspace/);
			isTrusted = true;
			model.state = { type: 'none' };
			await assert.rejects(desk.act('continue', file('a'), never), /Select that model/);
			assert.equal(started, 1);
		});

		it('does what the user wants of a remark', async () => {
			await active.use([{ path: file('a'), name: 'shop', scale: 1 }]);
			isTrusted = false;
			await desk.lookAfter(never);
			assert.equal(active.all.length, 1);
			isTrusted = true;
			await desk.lookAfter(never);
			assert.equal(active.all.length, 0);
		});
	});
});

function isFinished(value: Partial<Finished>): value is Finished {
	return value.before !== undefined && value.adapterPath !== undefined;
}
