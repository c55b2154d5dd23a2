/** Which runs there are, which can go on, and what is kept of old ones. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { RunStore, type StoredRun } from '../../../../src/finetune/job/runStore';
import { abortError, throwIfAborted } from '../../../../src/inference/cancel';
import { markOf } from '../../../../src/inference/processMark';
import { TestRuns } from '../../../support/fakeTrainer';

describe('finetune/job/runStore', () => {
	let runs: TestRuns;
	beforeEach(() => {
		runs = new TestRuns();
	});
	afterEach(() => runs.dispose());

	/** A run on disk whose window is gone. */
	async function make(
		state: 'running' | 'paused' | 'finished' | 'failed' | 'cancelled',
		checkpoint: string | undefined,
	): Promise<string> {
		const { run, lock } = await runs.store.claim();
		await run.writeOrder(runs.order({ run, lock }, []));
		await run.writeState({ state, checkpointStep: undefined, result: undefined, problem: undefined });
		if (checkpoint !== undefined) {
			fs.mkdirSync(path.dirname(path.join(run.path, checkpoint)), { recursive: true });
			fs.writeFileSync(path.join(run.path, checkpoint), 'weights');
		}
		await lock.release();
		return run.id;
	}

	async function only(): Promise<StoredRun> {
		const [run, ...others] = await runs.store.list();
		assert.ok(run !== undefined && others.length === 0);
		return run;
	}

	it('is empty where nothing was trained', async () => {
		assert.deepEqual(await runs.store.list(), []);
		assert.equal(fs.existsSync(path.join(runs.folder, 'runs')), false);
	});

	for (const state of ['running', 'paused'] as const) {
		it(`offers a run that was ${state} when its window died`, async () => {
			await make(state, 'checkpoint-10.bin');
			const { state: shown, obstacle } = await only();
			assert.deepEqual([shown, obstacle], ['interrupted', undefined]);
		});
	}

	it('offers failed and cancelled runs that have a checkpoint, also one in a folder', async () => {
		await make('failed', 'checkpoint/10.bin');
		await make('cancelled', 'checkpoints/10.bin');
		assert.deepEqual(
			(await runs.store.list()).map(({ obstacle }) => obstacle),
			[undefined, undefined],
		);
	});

	it('says why a run cannot go on', async () => {
		const id = await make('cancelled', undefined);
		assert.match((await only()).obstacle ?? '', /before its first checkpoint/);
		const folder = path.join(runs.folder, 'runs', id);
		fs.writeFileSync(path.join(folder, 'checkpoint.bin.tmp'), 'wei');
		fs.mkdirSync(path.join(folder, 'checkpoints'));
		fs.writeFileSync(path.join(folder, 'checkpoints', '10.tmp'), 'wei');
		assert.match((await only()).obstacle ?? '', /before its first checkpoint/, 'half a checkpoint is none');
		fs.writeFileSync(path.join(folder, 'checkpoint.bin'), 'weights');
		assert.equal((await only()).obstacle, undefined);
		fs.rmSync(runs.base);
		assert.match((await only()).obstacle ?? '', /base\.gguf is no longer there; put it back/);
		fs.rmSync(path.join(folder, 'data.bin'));
		assert.match((await only()).obstacle ?? '', /data\.bin is no longer there; start a new run/);
	});

	it('lets a run begin again whose window died before the first checkpoint', async () => {
		await make('running', undefined);
		const { state, obstacle, hasCheckpoint } = await only();
		assert.deepEqual([state, obstacle, hasCheckpoint], ['interrupted', undefined, false]);
	});

	describe('with a trainer in another process', () => {
		/** Runs until its input is closed. */
		const other = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
			stdio: ['pipe', 'ignore', 'ignore'],
		});
		after(() => other.kill());

		/** @param owner Undefined: the window is gone. */
		async function lockedBy(run: string, owner: number | undefined): Promise<void> {
			const mark = await markOf(other.pid ?? 0);
			const lock = {
				token: 'theirs',
				owner: owner === undefined ? { pid: 2 ** 22 + 1, start: 'long ago' } : await markOf(owner),
				trainer: mark,
				run,
			};
			fs.writeFileSync(path.join(runs.folder, 'runs', 'lock'), JSON.stringify(lock));
		}

		it('tells another window from this one, and says who trains', async () => {
			const id = await make('running', 'checkpoint.bin');
			await lockedBy(id, other.pid);
			assert.equal((await only()).elsewhere, 'training');
			assert.match((await runs.store.elsewhere()) ?? '', /Another window \(process \d+\)/);
			await lockedBy(id, process.pid);
			assert.deepEqual([(await only()).elsewhere, await runs.store.elsewhere()], [undefined, undefined]);
		});

		it('waits a moment for a window that may be closing, and not for one that stays', async () => {
			const id = await make('running', 'checkpoint.bin');
			await lockedBy(id, other.pid);
			let waits = 0;
			const store = new RunStore(path.join(runs.folder, 'runs'), runs.log, async () => {
				waits++;
			});
			await store.whenFree(new AbortController().signal);
			assert.equal(waits, 10);
		});

		it('waits for the trainer of a closed window', async () => {
			const id = await make('running', 'checkpoint.bin');
			await lockedBy(id, undefined);
			assert.equal((await only()).elsewhere, 'saving');
			let waits = 0;
			const store = new RunStore(path.join(runs.folder, 'runs'), runs.log, async (_milliseconds, signal) => {
				throwIfAborted(signal);
				waits++;
				if (waits === 3) {
					other.kill();
					await once(other, 'exit');
				}
			});
			await assert.rejects(store.whenFree(AbortSignal.abort(abortError())), { name: 'AbortError' });
			await store.whenFree(new AbortController().signal);
			assert.equal(waits, 3);
			const { elsewhere, state, obstacle } = await only();
			assert.deepEqual([elsewhere, state, obstacle], [undefined, 'interrupted', undefined]);
		});
	});

	it('does not offer a run that is being trained', async () => {
		const id = await make('paused', 'checkpoint.bin');
		const { lock } = await runs.store.claim(id);
		const { state, obstacle } = await only();
		assert.deepEqual([state, obstacle], ['paused', 'It is being trained now.']);
		await assert.rejects(runs.store.delete(id), /is being trained; cancel it/);
		await assert.rejects(runs.store.claim(), { name: 'TrainingElsewhere' });
		await lock.release();
		await runs.store.delete(id);
		assert.deepEqual(await runs.store.list(), []);
	});

	it('leaves out folders whose order is damaged, and keeps them', async () => {
		const id = await make('running', 'checkpoint.bin');
		const order = path.join(runs.folder, 'runs', id, 'run.json');
		fs.truncateSync(order, 20);
		fs.writeFileSync(path.join(runs.folder, 'runs', 'note.txt'), '');
		assert.deepEqual(await runs.store.list(), []);
		await (await runs.store.claim()).lock.release();
		assert.ok(fs.existsSync(order));
	});

	it('takes a damaged state for an interruption', async () => {
		const id = await make('paused', 'checkpoint.bin');
		fs.writeFileSync(path.join(runs.folder, 'runs', id, 'state.json'), '{"version":1,"sta');
		const { state, obstacle } = await only();
		assert.deepEqual([state, obstacle], ['interrupted', undefined]);
	});

	it('keeps what the two newest need to go on, and the records of the others', async () => {
		const ids: string[] = [];
		for (const [state, checkpoint] of [
			['paused', 'checkpoint.bin'],
			['finished', 'checkpoint.bin'],
			['cancelled', undefined],
			['failed', 'checkpoint.bin'],
			['running', undefined],
		] as const) {
			ids.push(rename(await make(state, checkpoint), ids.length));
		}
		await (await runs.store.claim()).lock.release();
		const left = ids.map((id) => fs.readdirSync(path.join(runs.folder, 'runs', id)).length);
		assert.deepEqual(left, [2, 2, 2, 4, 3]);
		assert.equal((await runs.store.run(ids[1] ?? '').readState())?.state, 'finished');
	});

	it('keeps no more than twenty runs', async () => {
		const ids: string[] = [];
		for (let index = 0; index < 22; index++) {
			ids.push(rename(await make('cancelled', undefined), index));
		}
		const { run, lock } = await runs.store.claim(ids[0]);
		await lock.release();
		const left = fs.readdirSync(path.join(runs.folder, 'runs')).sort();
		assert.deepEqual(left, [run.id, ...ids.slice(2)].sort());
	});

	it('keeps what adapters are judged on, of the newest runs alone', async () => {
		const kept: string[] = [];
		for (let minute = 0; minute < 5; minute++) {
			const { run, lock } = await runs.store.claim();
			await run.writeOrder(runs.order({ run, lock }, []));
			await run.writeState({
				state: 'finished',
				checkpointStep: undefined,
				result: undefined,
				problem: undefined,
			});
			for (const name of ['test.jsonl', 'train-sample.jsonl', 'chat-test.jsonl', 'dataset.fds']) {
				fs.writeFileSync(path.join(run.path, name), '{}');
			}
			await lock.release();
			kept.push(rename(run.id, minute));
		}
		const { lock } = await runs.store.claim();
		await lock.release();
		const has = (name: string) =>
			kept
				.map((id) => fs.existsSync(path.join(runs.folder, 'runs', id, name)))
				.map(Number)
				.join('');
		assert.equal(has('test.jsonl'), '00111');
		assert.equal(has('train-sample.jsonl'), '00111');
		assert.equal(has('chat-test.jsonl'), '00111');
		assert.equal(has('dataset.fds'), '00000');
	});

	/** Gives a run an age: those made within a second have none. */
	function rename(id: string, minute: number): string {
		const name = `20260101-00${String(minute).padStart(2, '0')}00-0000`;
		const folder = path.join(runs.folder, 'runs');
		fs.renameSync(path.join(folder, id), path.join(folder, name));
		const order = path.join(folder, name, 'run.json');
		fs.writeFileSync(order, fs.readFileSync(order, 'utf8').replaceAll(id, name));
		return name;
	}

	it('sweeps folders that never got an order after a day, and not before', async () => {
		const { run, lock } = await runs.store.claim();
		await lock.release();
		await (await runs.store.claim()).lock.release();
		assert.ok(fs.existsSync(run.path));
		const longAgo = Date.now() / 1000 - 100_000;
		fs.utimesSync(run.path, longAgo, longAgo);
		await (await runs.store.claim()).lock.release();
		assert.equal(fs.existsSync(run.path), false);
	});

	it('knows no run outside its folder', async () => {
		await assert.rejects(runs.store.delete('../../etc'), /not the id of a run/);
		await assert.rejects(runs.store.claim('..'), /not the id of a run/);
		await (await runs.store.claim()).lock.release();
	});
});
