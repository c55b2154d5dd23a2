/** A run from its start to its end, around a scripted trainer process. Crashes: test/faults. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { TrainingRun } from '../../../../src/finetune/job/run';
import { FakeClock } from '../../../support/fakeClock';
import {
	estimate,
	evaluationAt,
	progressAt,
	result,
	say,
	TestRuns,
	trainerFile,
	until,
	untilStep12,
} from '../../../support/fakeTrainer';

describe('finetune/job/run', () => {
	let runs: TestRuns;
	beforeEach(() => {
		runs = new TestRuns();
	});
	afterEach(() => runs.dispose());

	it('shows what the trainer says, and keeps it', async () => {
		const run = await runs.start([
			say({ type: 'phase', phase: 'loading', detail: 'base.gguf' }),
			say({ type: 'log', level: 'info', text: 'hello' }),
			say({ type: 'estimate', estimate }),
			say({ type: 'evaluation', evaluation: evaluationAt(0, 2) }),
			say(progressAt(1, 2)),
			say({ type: 'progress', progress: { ...progressAt(2).progress, loss: undefined } }),
			say(progressAt(3, 1.5)),
			say({ type: 'checkpoint', step: 3, path: '/x' }),
			say({ type: 'finished', result }),
		]);
		const { id } = run.view;
		const view = await run.done;
		assert.deepEqual(view, {
			id,
			name: view.name,
			state: 'finished',
			pausedFor: undefined,
			isEnding: false,
			isSilent: false,
			phase: 'loading',
			phaseDetail: 'base.gguf',
			estimate: JSON.parse(JSON.stringify(estimate)),
			progress: progressAt(3, 1.5).progress,
			losses: [
				{ step: 1, loss: 2 },
				{ step: 3, loss: 1.5 },
			],
			evaluations: [{ step: 0, loss: 2, tokens: 10 }],
			log: [{ at: view.log[0]?.at, level: 'info', text: 'hello' }],
			checkpointStep: 3,
			result,
			problem: undefined,
		});
		const [stored] = await runs.store.list();
		assert.equal(stored?.state, 'finished');
		assert.deepEqual(stored?.stored?.result, result);
		await runs.store.claim().then(({ lock }) => lock.release());
	});

	it('tells listeners at the end, once they have heard all', async () => {
		const run = await runs.start([say({ type: 'finished', result })]);
		const states: string[] = [];
		run.onDidChange(() => states.push(run.view.state));
		await run.done;
		assert.equal(states.at(-1), 'finished');
	});

	it('pauses and goes on as the user says', async () => {
		const run = await runs.start([
			...untilStep12,
			{ do: 'hear', type: 'pause' },
			say({ type: 'paused', reason: 'user' }),
			{ do: 'hear', type: 'resume' },
			say({ type: 'running' }),
			say({ type: 'finished', result }),
		]);
		await until(run, ({ progress }) => progress !== undefined);
		run.pause();
		assert.deepEqual([run.view.state, run.view.pausedFor], ['paused', 'user'], 'at once');
		run.resume();
		assert.equal((await run.done).state, 'finished');
	});

	it('pauses on battery and goes on with the plug', async () => {
		const clock = new FakeClock();
		const answers = ['battery', 'mains'] as const;
		let asked = 0;
		const run = await runs.start(
			[
				{ do: 'hear', type: 'pause' },
				say({ type: 'paused', reason: 'battery' }),
				{ do: 'hear', type: 'resume' },
				say({ type: 'finished', result }),
			],
			{ power: async () => answers[asked++] ?? 'mains', wait: (time, signal) => clock.sleep(time, signal) },
		);
		await until(run, ({ pausedFor }) => pausedFor === 'battery');
		await clock.pass(30_000);
		assert.equal((await run.done).state, 'finished');
		assert.equal(clock.sleeping, 0, 'nothing asks on');
	});

	it('makes room while the model serves somebody', async () => {
		const clock = new FakeClock();
		const run = await runs.start(
			[
				{ do: 'hear', type: 'yield true' },
				say({ type: 'paused', reason: 'busy' }),
				{ do: 'hear', type: 'yield true' },
				{ do: 'hear', type: 'yield false' },
				say({ type: 'running' }),
				say({ type: 'finished', result }),
			],
			{ wait: (time, signal) => clock.sleep(time, signal) },
		);
		run.serving(true);
		const view = await until(run, ({ pausedFor }) => pausedFor === 'busy');
		assert.equal(view.state, 'running', 'it passes by itself');
		await clock.pass(10_000);
		run.serving(false);
		await clock.pass(1_500);
		assert.equal((await run.done).state, 'finished');
		run.serving(true);
		assert.equal(clock.sleeping, 0);
	});

	it('cancels with the trainer', async () => {
		const run = await runs.start([
			...untilStep12,
			{ do: 'hear', type: 'cancel' },
			say({ type: 'cancelled' }),
		]);
		await until(run, ({ progress }) => progress !== undefined);
		run.cancel();
		assert.equal(run.view.isEnding, true);
		assert.equal((await run.done).state, 'cancelled');
	});

	it('passes on why the trainer cannot go on', async () => {
		const run = await runs.start([
			say({ type: 'failed', code: 'too-little-memory', message: 'M needs 8 GB.', resumable: false }),
		]);
		const { state, problem } = await run.done;
		assert.equal(state, 'failed');
		assert.deepEqual(problem, { code: 'too-little-memory', message: 'M needs 8 GB.', resumable: false });
		assert.equal((await runs.store.list())[0]?.obstacle, 'M needs 8 GB.');
	});

	it('resumes with the curve of before', async () => {
		const first = await runs.start([
			say(progressAt(11, 3)),
			...untilStep12,
			{ do: 'hear', type: 'cancel' },
			say({ type: 'cancelled' }),
		]);
		await until(first, ({ progress }) => progress?.step === 12);
		first.cancel();
		const { id } = await first.done;
		const claim = await runs.store.claim(id);
		fs.writeFileSync(path.join(claim.run.path, 'checkpoint.bin'), 'weights');
		const run = await runs.start([say(progressAt(12, 9)), say({ type: 'finished', result })], {
			claim,
			resume: true,
		});
		const view = await run.done;
		assert.equal(view.id, id);
		assert.equal(view.checkpointStep, 10);
		assert.deepEqual(view.losses, [
			{ step: 11, loss: 3 },
			{ step: 12, loss: 9 },
		]);
	});

	it('runs at low priority and without the secrets of the editor', async function () {
		if (process.platform === 'win32') {
			this.skip();
		}
		process.env['FAMILIAR_TEST_TOKEN'] = 'secret';
		try {
			const run = await runs.start([...untilStep12, { do: 'deaf' }]);
			await until(run, ({ progress }) => progress !== undefined);
			const lock = JSON.parse(fs.readFileSync(path.join(runs.folder, 'runs', 'lock'), 'utf8'));
			assert.equal(os.getPriority(lock.trainer.pid), os.constants.priority.PRIORITY_BELOW_NORMAL);
			if (process.platform === 'linux') {
				const environment = fs.readFileSync(`/proc/${lock.trainer.pid}/environ`, 'utf8');
				assert.doesNotMatch(environment, /secret/);
				assert.match(environment, /ELECTRON_RUN_AS_NODE=1/);
			}
		} finally {
			delete process.env['FAMILIAR_TEST_TOKEN'];
		}
	});

	it('gives the claim back when the order cannot be written', async () => {
		const claim = await runs.store.claim();
		const order = runs.order(claim, []);
		fs.rmSync(claim.run.path, { recursive: true });
		await assert.rejects(
			TrainingRun.start({
				claim,
				order,
				resume: false,
				trainer: { trainerFile, nodePath: undefined, log: runs.log },
			}),
		);
		await (await runs.store.claim()).lock.release();
	});
});
