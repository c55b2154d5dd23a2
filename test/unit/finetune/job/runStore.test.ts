/** Which runs there are, which can go on, and what is kept of old ones. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { StoredRun } from '../../../../src/finetune/job/runStore';
import { result, TestRuns } from '../../../support/fakeTrainer';

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
		const id = await make('running', undefined);
		assert.match((await only()).obstacle ?? '', /before its first checkpoint/);
		const folder = path.join(runs.folder, 'runs', id);
		fs.writeFileSync(path.join(folder, 'checkpoint.bin.tmp'), 'wei');
		fs.mkdirSync(path.join(folder, 'checkpoints'));
		fs.writeFileSync(path.join(folder, 'checkpoints', '10.tmp'), 'wei');
		assert.match((await only()).obstacle ?? '', /before its first checkpoint/, 'half a checkpoint is none');
		fs.writeFileSync(path.join(folder, 'checkpoint.bin'), 'weights');
		assert.equal((await only()).obstacle, undefined);
		fs.rmSync(path.join(folder, 'data.bin'));
		assert.match((await only()).obstacle ?? '', /data\.bin is no longer there; start a new run/);
		fs.rmSync(runs.base);
		assert.match((await only()).obstacle ?? '', /base\.gguf is no longer there; put it back/);
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

	it('keeps the last five finished runs whole, and logs and results of the others', async () => {
		const ids: string[] = [];
		for (let index = 0; index < 7; index++) {
			const { run, lock } = await runs.store.claim();
			await run.writeOrder(runs.order({ run, lock }, []));
			run.log.append({ at: 1, message: { type: 'log', level: 'info', text: 'kept' } });
			await run.log.flush();
			fs.mkdirSync(path.join(run.path, 'checkpoints'));
			await run.writeState({ state: 'finished', checkpointStep: 1, result, problem: undefined });
			// Runs end at different times.
			const state = path.join(run.path, 'state.json');
			fs.writeFileSync(
				state,
				JSON.stringify({ ...JSON.parse(fs.readFileSync(state, 'utf8')), updated: index }),
			);
			await lock.release();
			ids.push(run.id);
		}
		await (await runs.store.claim()).lock.release();
		const left = ids.map((id) => fs.readdirSync(path.join(runs.folder, 'runs', id)).length);
		assert.deepEqual(left, [3, 3, 5, 5, 5, 5, 5]);
		const old = runs.store.run(ids[0] ?? '');
		assert.equal((await old.log.read()).length, 1);
		assert.deepEqual((await old.readState())?.result, result);
	});

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
