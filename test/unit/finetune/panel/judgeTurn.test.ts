/** What becomes of a finished run: judged, switched on only when it passed, taken up again where a window closed over it. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Judgement } from '../../../../src/finetune/judge/judgement';
import { type JudgeOrder, NotLoaded } from '../../../../src/finetune/judge/judging';
import { endText } from '../../../../src/finetune/panel/questions';
import { FineTuneSession } from '../../../../src/finetune/panel/session';
import type { RunEnded, SessionState } from '../../../../src/finetune/panel/sessionState';
import { panelStateOf } from '../../../../src/finetune/panel/viewModel';
import { DEFAULT_SETTINGS } from '../../../../src/finetune/settings';
import { abortError } from '../../../../src/inference/cancel';
import { deferred } from '../../../support/fakeModel';
import { result, say, TestRuns, trainerFile, untilStep12 } from '../../../support/fakeTrainer';
import { judgementOf } from '../judge/judgements';
import { translate } from './runs';

const never = new AbortController().signal;

/** Judges by a script, and remembers what it was asked for. */
class ScriptedJudging {
	readonly orders: JudgeOrder[] = [];
	readonly givenUp: string[] = [];
	stored: Judgement | undefined;
	places = true;
	ready: Promise<void> = Promise.resolve();
	answer: (
		onProgress: (done: number, all: number) => void,
		signal: AbortSignal,
	) => Promise<Judgement | undefined> = async () => judgementOf('pass');

	async judge(
		order: JudgeOrder,
		onProgress: (done: number, all: number) => void,
		signal: AbortSignal,
	): Promise<Judgement | undefined> {
		this.orders.push(order);
		return this.places ? this.answer(onProgress, signal) : undefined;
	}
	async read(): Promise<Judgement | undefined> {
		return this.stored;
	}
	async isWanted(folder: string): Promise<boolean> {
		return this.places && !this.givenUp.includes(folder);
	}
	async hasPlaces(): Promise<boolean> {
		return this.places;
	}
	async giveUp(folder: string): Promise<void> {
		this.givenUp.push(folder);
	}
	async whenReady(_basePath: string, _role: 'completion' | 'chat', signal: AbortSignal): Promise<void> {
		await this.ready;
		if (signal.aborted) {
			throw abortError();
		}
	}
}

describe('finetune/panel/judgeTurn', () => {
	let runs: TestRuns;
	let judging: ScriptedJudging;
	let session: FineTuneSession;
	let activated: (readonly [file: string, strength: number])[];

	beforeEach(() => {
		runs = new TestRuns();
		judging = new ScriptedJudging();
		activated = [];
		session = newSession();
	});
	afterEach(async () => {
		await session.forget();
		await runs.dispose();
	});

	function newSession(): FineTuneSession {
		return new FineTuneSession({
			workspace: 'shop-hash',
			store: runs.store,
			launch: () => ({ trainerFile, nodePath: undefined, log: runs.log }),
			adapterFolder: path.join(runs.folder, 'adapters'),
			cacheFolder: path.join(runs.folder, 'cache'),
			pausesOnBattery: () => false,
			judging,
			activate: async (file, _name, _basePath, strength) => {
				activated.push([file, strength]);
				return undefined;
			},
			log: runs.log,
		});
	}

	/** Resolves when it runs. */
	async function start(trained: typeof result = result): Promise<{ readonly ended: Promise<RunEnded> }> {
		const ended = new Promise<RunEnded>((resolve) => session.onDidEnd(resolve));
		const script = [...untilStep12, say({ type: 'finished', result: trained })];
		const prepare = async (folder: string) => {
			const file = path.join(folder, 'dataset.fds');
			fs.writeFileSync(file, 'data');
			return { path: file, notes: [] };
		};
		await session.start(
			{ name: JSON.stringify(script), basePath: runs.base, settings: DEFAULT_SETTINGS, prepare },
			never,
		);
		return { ended };
	}

	const end = async (trained?: typeof result) => (await start(trained)).ended;

	function shown() {
		const { state } = session;
		assert.ok(state.type === 'run');
		return state;
	}

	function until(isSo: (state: SessionState) => boolean): Promise<void> {
		return new Promise((resolve) => {
			const look = () => {
				if (isSo(session.state)) {
					subscription.dispose();
					resolve();
				}
			};
			const subscription = session.onDidChange(look);
			look();
		});
	}

	const panel = () =>
		panelStateOf(session.state, { adapters: [], activePaths: [], timeOf: () => '' }, translate);

	it('uses what passed, at the strength that was chosen', async () => {
		const ended = await end();
		assert.deepEqual(activated, [[result.adapterPath, 0.75]]);
		assert.equal(ended.judgement?.decision, 'pass');
		assert.equal(shown().judgement?.decision, 'pass');
		assert.equal(session.isBusy, false);
		assert.match(endText(ended, translate) ?? '', /is active: it passed every test/);
		const [order] = judging.orders;
		assert.deepEqual(
			[order?.adapterPath, order?.basePath, path.dirname(order?.folder ?? ''), order?.budget],
			[result.adapterPath, runs.base, runs.store.folder, Math.max(120_000, 100 * result.seconds)],
		);
	});

	it('judges an adapter of chat alike, with more time, for answers are long', async () => {
		judging.answer = async () => judgementOf('fail', { role: 'chat' });
		const ended = await end({ ...result, role: 'chat' });
		assert.deepEqual(
			judging.orders.map(({ role, budget }) => [role, budget]),
			[['chat', 300_000]],
		);
		assert.deepEqual(activated, []);
		assert.match(endText(ended, translate) ?? '', /kept, off\. Loss failed\.$/);
		judging.answer = async () => judgementOf('pass', { role: 'chat' });
		await end({ ...result, role: 'chat' });
		assert.deepEqual(activated, [[result.adapterPath, 0.75]]);
	});

	it('leaves an adapter of chat to the held-out loss where no conversations were put aside', async () => {
		judging.places = false;
		const after = { ...result.after, loss: result.before.loss };
		await end({ ...result, after, role: 'chat' });
		assert.deepEqual(activated, []);
		await end({ ...result, role: 'chat' });
		assert.deepEqual(activated, [[result.adapterPath, 1]]);
	});

	for (const [decision, text] of [
		['fail', /kept, off\. Loss failed\.$/],
		['unsure', /kept, off: it cannot be told whether it is better\. Loss unsure\.$/],
	] as const) {
		it(`keeps off what ends in "${decision}", with the reasons, though the held-out loss fell`, async () => {
			judging.answer = async () => judgementOf(decision);
			const ended = await end();
			assert.deepEqual(activated, []);
			assert.match(endText(ended, translate) ?? '', text);
			const { verdict } = panel();
			assert.equal(verdict?.tone, decision === 'fail' ? 'kept' : 'unsure');
			assert.match(verdict?.answers[0]?.reason ?? '', /^Loss \w+\.$/);
			assert.deepEqual(verdict?.actions, ['useAnyway', 'judge']);
		});
	}

	it('leaves it to the held-out loss where there is nothing to judge on', async () => {
		judging.places = false;
		assert.equal((await end()).judgement, undefined);
		assert.deepEqual(activated, [[result.adapterPath, 1]]);
	});

	it('shows how far it is, is busy meanwhile, and can be cancelled', async () => {
		judging.answer = (onProgress, signal) =>
			new Promise((_, reject) => {
				onProgress(120, 500);
				signal.addEventListener('abort', () => reject(abortError()));
			});
		const { ended } = await start();
		await until((state) => state.type === 'run' && state.judging !== undefined);
		assert.equal(session.isBusy, true);
		const { phase, detail, progress, actions, verdict } = panel();
		assert.deepEqual(
			[phase, detail, progress, actions, verdict],
			['Judging the adapter', '120 of 500 places', 0.24, ['cancel'], undefined],
		);
		session.cancel();
		const { notJudged } = await ended;
		assert.equal(notJudged, 'It is not judged: that was cancelled.');
		assert.deepEqual([session.isBusy, activated, shown().judging], [false, [], undefined]);
		assert.deepEqual(judging.givenUp, [judging.orders[0]?.folder]);
		assert.match(endText(await ended, translate) ?? '', /kept, off\. It is not judged/);
		// And it can be judged all the same, with more time.
		judging.answer = async () => judgementOf('pass');
		await session.judge();
		assert.deepEqual(activated, [[result.adapterPath, 0.75]]);
		const [first, second] = judging.orders.map(({ budget }) => budget);
		assert.equal(second, 5 * (first ?? 0));
	});

	it('says why it could not be judged, and keeps it off', async () => {
		judging.answer = async () => {
			throw new Error('The host is gone.');
		};
		assert.equal((await end()).notJudged, 'It is not judged: The host is gone.');
		assert.deepEqual([activated, shown().notJudged], [[], 'It is not judged: The host is gone.']);
		// The next start does not fail in the same way.
		assert.equal(judging.givenUp.length, 1);
	});

	it('judges as soon as the model is loaded where it is not', async () => {
		const loaded = deferred();
		judging.ready = loaded.promise;
		judging.answer = async () => {
			throw new NotLoaded('base.gguf is not loaded. It is judged when it is.');
		};
		assert.match((await end()).notJudged ?? '', /not loaded/);
		assert.equal(session.isBusy, false);
		judging.answer = async () => judgementOf('pass');
		loaded.resolve();
		await until((state) => state.type === 'run' && state.judgement !== undefined);
		assert.equal(activated.length, 1);
	});

	it('is taken up by the next window where one closed over it, and not judged twice', async () => {
		judging.answer = (onProgress, signal) =>
			new Promise((_, reject) => {
				onProgress(1, 500);
				signal.addEventListener('abort', () => reject(abortError()));
			});
		await start();
		await until((state) => state.type === 'run' && state.judging !== undefined);
		await session.close();
		assert.deepEqual(judging.givenUp, []);
		judging.answer = async () => judgementOf('pass');
		session = newSession();
		await session.restore();
		await until((state) => state.type === 'run' && state.judgement !== undefined);
		assert.deepEqual(activated, [[result.adapterPath, 0.75]]);
		judging.stored = judgementOf('pass');
		session = newSession();
		await session.restore();
		assert.equal(shown().judgement?.decision, 'pass');
		assert.equal(judging.orders.length, 2);
		assert.equal(activated.length, 1);
	});

	it('judges an adapter from elsewhere on the places of the last run of its model', async () => {
		await end();
		judging.answer = async () => judgementOf('unsure');
		const found = await session.judgeOther('/b.gguf', runs.base, 'completion', () => undefined, never);
		assert.equal(found?.decision, 'unsure');
		assert.equal(judging.orders[1]?.folder, judging.orders[0]?.folder);
		assert.equal(
			await session.judgeOther('/b.gguf', '/other.gguf', 'completion', () => undefined, never),
			undefined,
		);
		judging.places = false;
		assert.equal(
			await session.judgeOther('/b.gguf', runs.base, 'completion', () => undefined, never),
			undefined,
		);
	});
});
