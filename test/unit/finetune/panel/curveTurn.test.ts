/** Learning curves around scripted trainers: after the verdict, steered, cancelled without loss, and taken up again. */

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Evaluation, Finished } from '../../../../src/finetune/job/messages';
import type { Judgement } from '../../../../src/finetune/judge/judgement';
import { curveFile, readCurve } from '../../../../src/finetune/learningCurve/curve';
import { curveProposal } from '../../../../src/finetune/panel/questions';
import { FineTuneSession } from '../../../../src/finetune/panel/session';
import type { CurveStanding, SessionState } from '../../../../src/finetune/panel/sessionState';
import { panelStateOf } from '../../../../src/finetune/panel/viewModel';
import { DEFAULT_SETTINGS } from '../../../../src/finetune/settings';
import { abortError } from '../../../../src/inference/cancel';
import {
	progressAt,
	result,
	say,
	TestRuns,
	type TrainerStep,
	trainerFile,
	untilStep12,
} from '../../../support/fakeTrainer';
import { judgementOf } from '../judge/judgements';
import { translate } from './runs';

const never = new AbortController().signal;

/** On six held-out files. */
function lookAt(loss: number): Evaluation {
	const byFile = Object.fromEntries([0, 1, 2, 3, 4, 5].map((file) => [file, [loss * 10, 10] as const]));
	return { step: 300, loss, tokens: 60, byFile };
}

describe('finetune/panel/curveTurn', () => {
	let runs: TestRuns;
	let session: FineTuneSession;
	let adapterPath: string;
	let isWanted: boolean;
	let judge: (onProgress: (done: number, all: number) => void, signal: AbortSignal) => Promise<Judgement>;
	let seen: string[];

	beforeEach(() => {
		runs = new TestRuns();
		isWanted = true;
		judge = async () => judgementOf('pass');
		seen = [];
		adapterPath = path.join(runs.folder, 'adapters', 'a.gguf');
		fs.mkdirSync(path.dirname(adapterPath));
		fs.writeFileSync(adapterPath, 'GGUF');
		session = newSession();
	});
	afterEach(async () => {
		await session.forget();
		await runs.dispose();
	});

	function newSession(): FineTuneSession {
		const made = new FineTuneSession({
			workspace: undefined,
			store: runs.store,
			launch: () => ({ trainerFile, nodePath: undefined, log: runs.log }),
			adapterFolder: path.dirname(adapterPath),
			cacheFolder: path.join(runs.folder, 'cache'),
			pausesOnBattery: () => false,
			measuresCurve: () => isWanted,
			judging: {
				judge: async (_order, onProgress, signal) => judge(onProgress, signal),
				read: async () => (seen.includes('judged') ? judgementOf('pass') : undefined),
				isWanted: async () => !seen.includes('judged'),
				hasPlaces: async () => true,
				giveUp: async () => void seen.push('judged'),
				whenReady: async () => undefined,
			},
			activate: async () => undefined,
			log: runs.log,
		});
		made.onDidEnd(({ judgement }) => seen.push('judged', `told ${judgement?.decision}`));
		made.onDidChange((state) => {
			const now = state.type === 'run' ? state.curve?.type : undefined;
			if (now !== undefined && seen.at(-1) !== now) {
				seen.push(now);
			}
		});
		return made;
	}

	const ends = (loss: number, share = 1): TrainerStep => {
		const trained: Finished = {
			...result,
			adapterPath: share === 1 ? adapterPath : path.join(runs.folder, 'short.gguf'),
			after: lookAt(loss),
			tokens: 1_000 * share,
			dataTokens: 1_000 * share,
		};
		return say({ type: 'finished', result: trained });
	};
	const all = () => [...untilStep12, ends(2)];

	/** Starts a run with these short runs, whose scripts follow on that of all data. */
	async function start(quarter: readonly TrainerStep[], half: readonly TrainerStep[]): Promise<void> {
		const prepare = async (folder: string) => {
			const file = path.join(folder, 'dataset.fds');
			fs.writeFileSync(file, 'data');
			return { path: file, notes: [] };
		};
		const name = JSON.stringify([all(), quarter, half]);
		await session.start({ name, basePath: runs.base, settings: DEFAULT_SETTINGS, prepare }, never);
	}

	function until(isSo: (curve: CurveStanding | undefined, state: SessionState) => boolean): Promise<void> {
		return new Promise((resolve) => {
			const look = (state: SessionState) => {
				if (isSo(state.type === 'run' ? state.curve : undefined, state)) {
					subscription.dispose();
					resolve();
				}
			};
			const subscription = session.onDidChange(look);
			look(session.state);
		});
	}

	const measured = () => until((curve) => curve?.type === 'measured');
	const over = () => until((curve) => curve?.type === 'possible' && curve.reason !== undefined);
	const trains = (share: number) =>
		until((curve) => curve?.type === 'measuring' && curve.progress?.share === share && stepOf(curve) === 12);
	const stepOf = (curve: CurveStanding | undefined) =>
		curve?.type === 'measuring' ? curve.progress?.view?.progress?.step : undefined;

	const panel = () =>
		panelStateOf(session.state, { adapters: [], activePaths: [], timeOf: () => '' }, translate);

	function shown() {
		const { state } = session;
		assert.ok(state.type === 'run');
		return state;
	}

	const folderOf = () => runs.store.run(shown().view.id).path;
	const hasLock = () => fs.existsSync(path.join(runs.store.folder, 'lock'));
	const forEver: readonly TrainerStep[] = [
		...untilStep12,
		{ do: 'hear', type: 'cancel' },
		say({ type: 'cancelled' }),
	];

	it('measures after the verdict was told, writes the curve beside the adapter, and deletes the data', async () => {
		await start([ends(2.4, 0.25)], [ends(2.2, 0.5)]);
		await measured();
		assert.deepEqual(
			seen.filter((one) => one !== 'possible'),
			['judged', 'told pass', 'measuring', 'measured'],
		);
		const curve = await readCurve(adapterPath);
		assert.deepEqual(
			curve?.points.map(({ tokens, loss }) => [tokens, loss]),
			[
				[250, 2.4],
				[500, 2.2],
				[1_000, 2],
			],
		);
		assert.deepEqual(fs.readdirSync(folderOf()).sort(), ['log.jsonl', 'run.json', 'state.json']);
		assert.deepEqual([session.isBusy, hasLock()], [false, false]);
		const { phase, notes, actions, verdict } = panel();
		assert.equal(phase, 'Finished');
		assert.deepEqual(notes, ['Learning curve: More data would help: open more repositories.']);
		assert.ok(!actions.includes('curve'));
		assert.equal(verdict?.tone, 'good');
		assert.equal(
			fs.existsSync(path.join(runs.folder, 'adapters', path.basename(curveFile(adapterPath)))),
			true,
		);
	});

	it('orders the short runs of the same trainer with the same settings and data', async () => {
		await start([...untilStep12, { do: 'rest', milliseconds: 0 }, ends(2.4, 0.25)], forEver);
		await trains(0.5);
		const order = (part: string) =>
			JSON.parse(fs.readFileSync(path.join(folderOf(), part, 'run.json'), 'utf8'));
		const whole = order('');
		const half = order('learning-curve-50');
		assert.deepEqual(
			[half.share, half.datasetPath, half.basePath, half.settings.seed, half.settings.minutes],
			[0.5, whole.datasetPath, whole.basePath, whole.settings.seed, 0],
		);
		assert.equal(half.settings.learningRate, whole.settings.learningRate);
		assert.equal(path.dirname(half.adapterFolder), path.join(folderOf(), 'learning-curve-50'));
		session.cancel();
		await over();
	});

	it('is measured when it is asked for where the setting is off, and says before how long', async () => {
		isWanted = false;
		const ended = new Promise((resolve) => session.onDidEnd(resolve));
		await start([ends(2.4, 0.25)], [ends(2.2, 0.5)]);
		await ended;
		assert.ok(panel().actions.includes('curve'));
		assert.deepEqual(
			[session.canMeasureCurve(adapterPath), session.canMeasureCurve('/other')],
			[true, false],
		);
		assert.match(curveProposal({ seconds: 3_600 }, translate), /takes about 45 min.*cancelled without loss/);
		await session.measureCurve();
		assert.equal(shown().curve?.type, 'measured');
	});

	it('shows how far it is beside the verdict, pauses, goes on, and yields to who waits for the model', async () => {
		const steps: readonly TrainerStep[] = [
			...untilStep12,
			{ do: 'hear', type: 'pause' },
			say({ type: 'paused', reason: 'user' }),
			{ do: 'hear', type: 'resume' },
			say({ type: 'running' }),
			{ do: 'hear', type: 'yield true' },
			say({ type: 'paused', reason: 'busy' }),
			say(progressAt(150)),
			{ do: 'hear', type: 'yield false' },
			ends(2.4, 0.25),
		];
		await start(steps, [ends(2.2, 0.5)]);
		await trains(0.25);
		const { phase, detail, progress, actions, verdict } = panel();
		assert.equal(phase, 'Measuring the learning curve');
		assert.equal(detail, 'Run 1 of 2, on a quarter of the data: step 12 of 300, 10 s left');
		assert.ok(Math.abs((progress ?? 0) - 12 / 300 / 3) < 1e-9);
		assert.deepEqual(actions.slice(0, 2), ['pause', 'cancel']);
		assert.equal(verdict?.tone, 'good');
		assert.equal(session.isBusy, true);
		session.pause();
		await until(() => panel().tone === 'paused');
		assert.match(panel().detail, /Paused$/);
		assert.deepEqual(panel().actions.slice(0, 2), ['resume', 'cancel']);
		session.unpause();
		await until(() => panel().tone === 'busy');
		session.serving(true);
		await until((curve) => stepOf(curve) === 150);
		assert.match(panel().detail, /Waiting$/);
		session.serving(false);
		await measured();
	});

	it('is cancelled without loss: adapter and verdict stand, and it can be asked for again', async () => {
		await start(forEver, forEver);
		await trains(0.25);
		session.cancel();
		await over();
		const { verdict, notes, actions, phase } = panel();
		assert.deepEqual([phase, verdict?.tone], ['Finished', 'good']);
		assert.deepEqual(notes, ['The learning curve is not measured: that was cancelled.']);
		assert.ok(actions.includes('curve'));
		assert.deepEqual(fs.readdirSync(folderOf()).sort(), [
			'dataset.fds',
			'log.jsonl',
			'run.json',
			'state.json',
		]);
		assert.deepEqual([session.isBusy, hasLock(), fs.existsSync(adapterPath)], [false, false, true]);
		assert.equal(await readCurve(adapterPath), undefined);
	});

	it('ends, and is forgotten, with all data of the user', async () => {
		await start(forEver, forEver);
		await trains(0.25);
		await session.forget();
		assert.deepEqual([session.state, session.isBusy, hasLock()], [{ type: 'none' }, false, false]);
	});

	it('says why it could not be measured', async () => {
		const failed = { type: 'failed', code: 'memory', message: 'Too little memory.', resumable: false };
		await start([say(failed)], forEver);
		await over();
		assert.deepEqual(panel().notes, ['The learning curve is not measured: Too little memory.']);
		assert.equal(panel().verdict?.tone, 'good');
		assert.equal(hasLock(), false);
	});

	it('is not begun when the verdict is cancelled: whoever does that wants the machine', async () => {
		judge = (onProgress, signal) =>
			new Promise((_, reject) => {
				onProgress(1, 2);
				signal.addEventListener('abort', () => reject(abortError()));
			});
		await start([ends(2.4, 0.25)], [ends(2.2, 0.5)]);
		await until((_, state) => state.type === 'run' && state.judging !== undefined);
		const ended = new Promise((resolve) => session.onDidEnd(resolve));
		session.cancel();
		await ended;
		const wish = path.join(folderOf(), 'learning-curve');
		while (fs.existsSync(wish)) {
			await new Promise(setImmediate);
		}
		assert.ok(!seen.includes('measuring'));
	});

	it('keeps other windows from training meanwhile, and waits for none of them', async () => {
		await start(forEver, forEver);
		await trains(0.25);
		await assert.rejects(runs.store.claim(), /fine-tuning/);
		session.cancel();
		await over();
		const claim = await runs.store.claim(shown().view.id);
		await session.measureCurve();
		assert.match(panel().notes.join(), /not measured: This window is fine-tuning already/);
		await claim.lock.release();
		// Another run that begins takes the data.
		const { run, lock } = await runs.store.claim();
		await run.writeOrder(runs.order({ run, lock }, []));
		await lock.release();
		await session.measureCurve();
		assert.match(panel().notes.join(), /Its data were deleted when another fine-tune began/);
		assert.ok(!panel().actions.includes('curve'));
	});

	it('is taken up again by the next window where one was closed, without what was measured', async () => {
		const once = path.join(runs.folder, 'once');
		const quarter: readonly TrainerStep[] = [
			{ do: 'checkpoint-when-alone', file: once },
			{ do: 'throw', message: 'a quarter was measured twice' },
		];
		// The quarter ends well in the first window; in the second, nobody may begin it again.
		await start([ends(2.4, 0.25)], forEver);
		await trains(0.5);
		const folder = folderOf();
		await session.close();
		// The trainer holds it until it has ended; to this test's own process it belongs as long.
		while (hasLock()) {
			await new Promise(setImmediate);
		}
		assert.ok(fs.existsSync(path.join(folder, 'learning-curve')));
		const part = (share: number) => path.join(folder, `learning-curve-${share}`, 'run.json');
		for (const [share, script] of [
			[25, quarter],
			[50, [ends(2.2, 0.5)]],
		] as const) {
			const order = JSON.parse(fs.readFileSync(part(share), 'utf8'));
			fs.writeFileSync(part(share), JSON.stringify({ ...order, name: JSON.stringify(script) }));
		}
		const whole = path.join(folder, 'run.json');
		const order = JSON.parse(fs.readFileSync(whole, 'utf8'));
		fs.writeFileSync(
			whole,
			JSON.stringify({ ...order, name: JSON.stringify([all(), quarter, [ends(2.2, 0.5)]]) }),
		);
		seen.push('judged');
		session = newSession();
		// In Restricted Mode nothing goes on.
		await session.restore(false);
		assert.deepEqual([shown().curve?.type, session.isBusy], ['possible', false]);
		await session.restore();
		await measured();
		assert.deepEqual(
			(await readCurve(adapterPath))?.points.map(({ loss }) => loss),
			[2.4, 2.2, 2],
		);
		assert.equal(hasLock(), false);
	});

	it('cannot be measured of a run that went on from another, of a deleted adapter, or without data', async () => {
		isWanted = false;
		const ended = new Promise((resolve) => session.onDidEnd(resolve));
		await start([], []);
		await ended;
		fs.rmSync(adapterPath);
		await session.close();
		session = newSession();
		await session.restore();
		assert.equal(shown().curve, undefined);
		fs.writeFileSync(adapterPath, 'GGUF');
		const file = path.join(folderOf(), 'run.json');
		const order = fs.readFileSync(file, 'utf8');
		fs.writeFileSync(file, JSON.stringify({ ...JSON.parse(order), from: '/adapters/earlier.gguf' }));
		await session.close();
		session = newSession();
		await session.restore();
		assert.equal(shown().curve, undefined);
		fs.writeFileSync(file, order);
		await session.close();
		session = newSession();
		await session.restore();
		assert.equal(shown().curve?.type, 'possible');
		fs.rmSync(path.join(folderOf(), 'dataset.fds'));
		await session.close();
		session = newSession();
		await session.restore();
		assert.equal(shown().curve, undefined);
	});
});
