/** Fault 30: the editor goes away during a run. The trainer writes a checkpoint and ends, and the next window can resume. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { isAlive } from '../../src/inference/processMark';
import { findBuilt } from '../support/fakeHost';
import { result, say, TestRuns, type TrainerStep, until, untilStep12 } from '../support/fakeTrainer';

describe('fault 30: the editor goes away during a run', () => {
	let runs: TestRuns;
	beforeEach(() => {
		runs = new TestRuns();
	});
	afterEach(() => runs.dispose());

	function script(file: string): readonly TrainerStep[] {
		return [{ do: 'checkpoint-when-alone', file }, ...untilStep12, { do: 'hear', type: 'never' }];
	}

	async function resumeToTheEnd(id: string): Promise<void> {
		const [stored] = await runs.store.list();
		assert.deepEqual([stored?.id, stored?.state, stored?.obstacle], [id, 'interrupted', undefined]);
		const run = await runs.start([say({ type: 'finished', result })], {
			claim: await runs.store.claim(id),
			resume: true,
		});
		assert.equal(run.view.progress?.step, 12, 'what was logged is there at once');
		assert.equal((await run.done).state, 'finished');
	}

	it('closed in order: the trainer ends by itself', async () => {
		const claim = await runs.store.claim();
		const file = path.join(claim.run.path, 'checkpoint-12.bin');
		const run = await runs.start(script(file), { claim });
		await until(run, ({ progress }) => progress !== undefined);
		await run.leave();
		const view = await run.done;
		assert.deepEqual([view.state, view.problem], ['paused', undefined]);
		assert.equal(fs.readFileSync(file, 'utf8'), 'weights');
		await resumeToTheEnd(view.id);
	});

	it('killed: the trainer notices, and its lock is void as soon as it is gone', async () => {
		const file = path.join(runs.folder, 'checkpoint-12.bin');
		const editor = spawn(
			process.execPath,
			[findBuilt('fakeEditor.entry.mjs'), runs.folder, JSON.stringify(script(file))],
			{
				stdio: ['ignore', 'pipe', 'inherit'],
			},
		);
		const [line] = await once(editor.stdout, 'data');
		const id = String(line).trim();
		const lock = JSON.parse(fs.readFileSync(path.join(runs.folder, 'runs', 'lock'), 'utf8'));
		await assert.rejects(runs.store.claim(id), new RegExp(`Another window \\(process ${editor.pid}\\)`));
		editor.kill('SIGKILL');
		await once(editor, 'exit');
		while (await isAlive(lock.trainer)) {
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
		fs.renameSync(file, path.join(runs.folder, 'runs', id, 'checkpoint-12.bin'));
		await resumeToTheEnd(id);
	});

	it('killed with a trainer that hangs: the next window is told which process', async () => {
		const editor = spawn(
			process.execPath,
			[findBuilt('fakeEditor.entry.mjs'), runs.folder, JSON.stringify([...untilStep12, { do: 'block' }])],
			{ stdio: ['ignore', 'pipe', 'inherit'] },
		);
		await once(editor.stdout, 'data');
		const { trainer } = JSON.parse(fs.readFileSync(path.join(runs.folder, 'runs', 'lock'), 'utf8'));
		editor.kill('SIGKILL');
		await once(editor, 'exit');
		try {
			await assert.rejects(
				runs.store.claim(),
				new RegExp(`window that was closed \\(process ${trainer.pid}\\) .* or end that process`),
			);
		} finally {
			process.kill(trainer.pid, 'SIGKILL');
		}
	});
});
