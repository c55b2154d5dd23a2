/** Tests of a session around scripted trainers: preparing, running, switching on, and being left. */

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Plan } from '../../../../src/finetune/panel/plan';
import { FineTuneSession } from '../../../../src/finetune/panel/session';
import type { RunEnded, SessionState } from '../../../../src/finetune/panel/sessionState';
import { DEFAULT_SETTINGS } from '../../../../src/finetune/settings';
import { abortError, throwIfAborted } from '../../../../src/inference/cancel';
import { markOf } from '../../../../src/inference/processMark';
import {
	evaluationAt,
	progressAt,
	result,
	say,
	TestRuns,
	type TrainerStep,
	trainerFile,
	untilStep12,
} from '../../../support/fakeTrainer';

const never = new AbortController().signal;

describe('finetune/panel/session', () => {
	let runs: TestRuns;
	let session: FineTuneSession;
	let activated: string[];
	let refusal: string | undefined;

	beforeEach(() => {
		runs = new TestRuns();
		activated = [];
		refusal = undefined;
		session = newSession();
	});
	afterEach(async () => {
		await session.forget();
		await runs.dispose();
	});

	function newSession(workspace = 'shop-hash'): FineTuneSession {
		return new FineTuneSession({
			workspace,
			store: runs.store,
			launch: () => ({ trainerFile, nodePath: undefined, log: runs.log }),
			adapterFolder: path.join(runs.folder, 'adapters'),
			cacheFolder: path.join(runs.folder, 'cache'),
			pausesOnBattery: () => false,
			activate: async (file, _name, basePath) => {
				assert.equal(basePath, runs.base);
				activated.push(file);
				if (refusal === 'reject') {
					throw new Error('The host is gone.');
				}
				return refusal;
			},
			log: runs.log,
		});
	}

	function plan(script: readonly TrainerStep[], prepare: Partial<Plan> = {}): Plan {
		return {
			name: JSON.stringify(script),
			basePath: runs.base,
			settings: DEFAULT_SETTINGS,
			prepare: async (folder) => {
				const file = path.join(folder, 'dataset.fds');
				fs.writeFileSync(file, 'data');
				return { path: file, notes: ['Few files.'] };
			},
			...prepare,
		};
	}

	/** Starts, and resolves with how it ended. */
	async function runToEnd(script: readonly TrainerStep[]): Promise<RunEnded> {
		const ended = new Promise<RunEnded>((resolve) => session.onDidEnd(resolve));
		await session.start(plan(script), never);
		return ended;
	}

	function until(isSo: (state: SessionState) => boolean): Promise<SessionState> {
		return new Promise((resolve) => {
			const subscription = session.onDidChange((state) => {
				if (isSo(state)) {
					subscription.dispose();
					resolve(state);
				}
			});
			if (isSo(session.state)) {
				subscription.dispose();
				resolve(session.state);
			}
		});
	}

	const isTraining = (state: SessionState) => state.type === 'run' && state.view.progress !== undefined;

	it('prepares, trains, and uses an adapter that helped', async () => {
		const seen: string[] = [];
		session.onDidChange((state) => seen.push(state.type));
		const { view, refusal: reason } = await runToEnd([...untilStep12, say({ type: 'finished', result })]);
		assert.deepEqual([view.state, reason, activated], ['finished', undefined, [result.adapterPath]]);
		assert.deepEqual(seen[0], 'preparing');
		assert.equal(seen.at(-1), 'run');
		assert.equal(session.isBusy, false);
		const { state } = session;
		assert.ok(state.type === 'run');
		assert.deepEqual([state.isLive, state.isResumable], [false, false]);
		assert.deepEqual(
			state.view.log.map((line) => line.text),
			['Few files.'],
		);
	});

	it('keeps an adapter off that did not help', async () => {
		const same = { ...result, after: evaluationAt(300, result.before.loss) };
		const { view } = await runToEnd([say({ type: 'finished', result: same })]);
		assert.deepEqual([view.state, activated], ['finished', []]);
	});

	it('says why an adapter that helped could not be used', async () => {
		refusal = 'Another base.';
		const ended = await runToEnd([say({ type: 'finished', result })]);
		assert.equal(ended.refusal, 'Another base.');
		assert.ok(session.state.type === 'run');
		assert.equal(session.state.refusal, 'Another base.');
	});

	it('ends with a message when the adapter could not even be tried', async () => {
		refusal = 'reject';
		assert.equal((await runToEnd([say({ type: 'finished', result })])).refusal, 'The host is gone.');
	});

	it('keeps the record of a finished run and, until the next begins, its data, but no checkpoints', async () => {
		const { view } = await runToEnd([...untilStep12, say({ type: 'finished', result })]);
		const kept = () => fs.readdirSync(runs.store.run(view.id).path).sort();
		assert.deepEqual(kept(), ['dataset.fds', 'log.jsonl', 'run.json', 'state.json']);
		await runToEnd([say({ type: 'cancelled' })]);
		assert.deepEqual(kept(), ['log.jsonl', 'run.json', 'state.json']);
	});

	it('says in words that the disk does not take the data', async () => {
		const failing = plan([], {
			prepare: async (folder) => {
				throw Object.assign(new Error(`ENOSPC: no space left on device, write`), { code: 'ENOSPC', folder });
			},
		});
		await assert.rejects(session.start(failing, never), (error: Error) => {
			assert.match(error.message, /cannot be written to .*runs: ENOSPC: no space.*Free some space/);
			return true;
		});
		assert.ok(session.state.type === 'refused');
		assert.match(session.state.message, /Free some space/);
		fs.rmSync(path.join(runs.folder, 'runs'), { recursive: true });
		fs.writeFileSync(path.join(runs.folder, 'runs'), 'in the way');
		await assert.rejects(session.start(plan([]), never), /cannot be written to .*runs: (EEXIST|ENOTDIR)/);
		fs.rmSync(path.join(runs.folder, 'runs'));
	});

	it('cancels a run that was cancelled while its trainer was started', async () => {
		const ended = new Promise<RunEnded>((resolve) => session.onDidEnd(resolve));
		const started = session.start(
			plan([{ do: 'hear', type: 'cancel' }, say({ type: 'cancelled' })], {
				prepare: async (folder) => {
					const file = path.join(folder, 'dataset.fds');
					fs.writeFileSync(file, 'data');
					// After the data, and before there is a trainer: the order is written by then.
					const watcher = fs.watch(folder, (_event, name) => {
						if (name === 'run.json') {
							watcher.close();
							session.cancel();
						}
					});
					return { path: file, notes: [] };
				},
			}),
			never,
		);
		await started;
		assert.equal((await ended).view.state, 'cancelled');
	});

	it('leaves nothing behind when the data cannot be made, and says why', async () => {
		const failing = plan([], {
			prepare: async () => {
				throw new Error('Too few files.');
			},
		});
		await assert.rejects(session.start(failing, never), /Too few files/);
		assert.deepEqual(session.state, { type: 'refused', name: '[]', message: 'Too few files.' });
		assert.equal(session.isBusy, false);
		assert.deepEqual(fs.readdirSync(path.join(runs.folder, 'runs')), []);
		await runToEnd([say({ type: 'cancelled' })]);
	});

	it('stops preparing when cancelled, silently, from the panel and from the notification', async () => {
		for (const cancel of ['session', 'signal'] as const) {
			const controller = new AbortController();
			const waiting = plan([], {
				prepare: (_folder, onProgress, signal) =>
					new Promise((_resolve, reject) => {
						signal.addEventListener('abort', () => reject(abortError()));
						onProgress('Sample 1 of 2', 0.5);
					}),
			});
			const started = session.start(waiting, controller.signal);
			await until((state) => state.type === 'preparing' && state.share === 0.5);
			assert.equal(session.isBusy, true);
			if (cancel === 'session') {
				session.cancel();
			} else {
				controller.abort();
			}
			await assert.rejects(started, { name: 'AbortError' });
			assert.deepEqual([session.state, session.isBusy], [{ type: 'none' }, false]);
		}
	});

	it('does nothing for a signal that has fired before', async () => {
		const untouched = plan([], {
			prepare: async (_folder, _onProgress, signal) => {
				throwIfAborted(signal);
				assert.fail('prepared');
			},
		});
		await assert.rejects(session.start(untouched, AbortSignal.abort(abortError())), { name: 'AbortError' });
	});

	it('refuses a second start while one goes on', async () => {
		await session.start(
			plan([...untilStep12, { do: 'hear', type: 'cancel' }, say({ type: 'cancelled' })]),
			never,
		);
		await assert.rejects(session.start(plan([]), never), /already under way/);
		session.cancel();
		const ended = await until((state) => state.type === 'run' && !state.isLive);
		assert.ok(ended.type === 'run');
		assert.deepEqual([ended.view.state, ended.isResumable], ['cancelled', true]);
	});

	it('passes pauses on, and tells the trainer when the model serves', async () => {
		session.serving(true);
		await session.start(
			plan([
				...untilStep12,
				{ do: 'hear', type: 'yield true' },
				{ do: 'hear', type: 'pause' },
				{ do: 'hear', type: 'resume' },
				say(progressAt(13)),
				{ do: 'hear', type: 'cancel' },
				say({ type: 'cancelled' }),
			]),
			never,
		);
		session.pause();
		assert.ok(session.state.type === 'run');
		session.unpause();
		await until((state) => state.type === 'run' && state.view.progress?.step === 13);
		session.cancel();
		await until((state) => state.type === 'run' && !state.isLive);
	});

	it('offers a run that a closed window left, and goes on with it', async () => {
		const script: readonly TrainerStep[] = [
			...untilStep12,
			{ do: 'hear', type: 'cancel' },
			say({ type: 'cancelled' }),
		];
		await session.start(plan(script), never);
		const live = await until(isTraining);
		assert.ok(live.type === 'run');
		const { id } = live.view;
		fs.writeFileSync(path.join(runs.store.run(id).path, 'checkpoint'), 'weights');
		await session.close();

		session = newSession();
		await leftBehind(id);
		await session.restore();
		const { state } = session;
		assert.ok(state.type === 'run');
		assert.deepEqual([state.isInterrupted, state.isResumable, state.isLive], [true, true, false]);
		assert.equal(state.view.losses.length, 1);
		assert.equal((await session.left())?.id, id);
		await session.resume(id);
		assert.ok(session.state.type === 'run' && session.state.isLive);
		session.cancel();
		await until((now) => now.type === 'run' && !now.isLive);
		await assert.rejects(session.resume('20200101-000000-0000'), /no longer there/);
	});

	it('neither shows, offers nor resumes a run of another workspace', async () => {
		const { view } = await runToEnd([...untilStep12, say({ type: 'cancelled' })]);
		fs.writeFileSync(path.join(runs.store.run(view.id).path, 'checkpoint'), 'weights');
		await runs.store
			.run(view.id)
			.writeState({ state: 'paused', checkpointStep: 10, result: undefined, problem: undefined });
		const other = newSession('tools-hash');
		await other.restore();
		assert.deepEqual([other.state, await other.left()], [{ type: 'none' }, undefined]);
		await assert.rejects(other.resume(view.id), /no longer there/);
		assert.equal((await newSession().left())?.id, view.id);
	});

	it('says that a closed window still saves, and shows the run when it has', async () => {
		const { view } = await runToEnd([...untilStep12, say({ type: 'cancelled' })]);
		await runs.store
			.run(view.id)
			.writeState({ state: 'running', checkpointStep: 10, result: undefined, problem: undefined });
		const lock = path.join(runs.folder, 'runs', 'lock');
		const gone = { pid: 2 ** 22 + 1, start: 'long ago' };
		fs.writeFileSync(
			lock,
			JSON.stringify({ token: 't', owner: gone, trainer: await markOf(process.pid), run: view.id }),
		);
		session = newSession();
		const states: SessionState[] = [];
		session.onDidChange((state) => {
			states.push(state);
			// The trainer has written its checkpoint.
			fs.writeFileSync(path.join(runs.store.run(view.id).path, 'checkpoint'), 'weights');
			fs.rmSync(lock, { force: true });
		});
		await session.restore();
		assert.deepEqual(
			states.map(
				(state) => state.type === 'run' && [state.elsewhere, state.isResumable, state.hasCheckpoint],
			),
			[
				['saving', false, false],
				[undefined, true, true],
			],
		);
	});

	/** The trainer of a closed window holds the lock until it has written its checkpoint. */
	async function leftBehind(id: string): Promise<void> {
		for (;;) {
			const run = (await runs.store.list()).find((one) => one.id === id);
			if (run?.state === 'interrupted') {
				return;
			}
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	}

	it('shows the last run after a restart, unless something newer is shown', async () => {
		await runToEnd([...untilStep12, say({ type: 'finished', result })]);
		const later = newSession();
		await later.restore();
		assert.ok(later.state.type === 'run');
		assert.deepEqual(
			[later.state.view.state, later.state.view.result?.adapterPath, later.state.isResumable],
			['finished', result.adapterPath, false],
		);
		const before = session.state;
		await session.restore();
		assert.equal(session.state, before);
	});

	it('forgets all, the run that goes on too', async () => {
		await session.start(
			plan([...untilStep12, { do: 'hear', type: 'cancel' }, say({ type: 'cancelled' })]),
			never,
		);
		await session.forget();
		assert.deepEqual([session.state, session.isBusy], [{ type: 'none' }, false]);
	});

	it('forgets data that are being prepared only when they are gone', async () => {
		let isOver = false;
		const started = session.start(
			plan([], {
				prepare: (_folder, onProgress, signal) =>
					new Promise((_resolve, reject) => {
						signal.addEventListener('abort', () =>
							setImmediate(() => {
								isOver = true;
								reject(abortError());
							}),
						);
						onProgress('', 0.5);
					}),
			}),
			never,
		);
		const rejected = assert.rejects(started, { name: 'AbortError' });
		await until((state) => state.type === 'preparing' && state.share === 0.5);
		await session.forget();
		assert.deepEqual([isOver, fs.readdirSync(path.join(runs.folder, 'runs'))], [true, []]);
		await rejected;
	});
});
