/** Fault 28: the trainer crashes, hangs, floods or talks rubbish. One clear message, the checkpoint kept, the editor unharmed. */
import assert from 'node:assert/strict';
import * as path from 'node:path';
import { problemOf, progressAt, result, say, TestRuns, until, untilStep12 } from '../support/fakeTrainer';

describe('fault 28: trainer crashes, hangs, floods', () => {
	let runs: TestRuns;
	const unhandled: unknown[] = [];
	const onUnhandled = (reason: unknown) => unhandled.push(reason);
	before(() => process.on('unhandledRejection', onUnhandled));
	after(() => process.off('unhandledRejection', onUnhandled));
	beforeEach(() => {
		runs = new TestRuns();
	});
	afterEach(async () => {
		await runs.dispose();
		assert.deepEqual(unhandled, []);
	});

	for (const [signal, output, words] of [
		[
			'SIGABRT',
			'ggml.c:99: GGML_ASSERT(a->ne[0] == b->ne[0]) failed\n#0 0x7f in ??\n#1 main\n',
			'GGML_ASSERT(a->ne[0] == b->ne[0]) failed',
		],
		['SIGSEGV', '', ''],
		['SIGKILL', '', 'memory ran out'],
	] as const) {
		it(`tells of ${signal} what it was doing and where the run can go on`, async () => {
			const run = await runs.start([...untilStep12, { do: 'print', text: output }, { do: 'signal', signal }]);
			const view = await run.done;
			assert.equal(view.state, 'failed');
			const { code, message, resumable } = problemOf(view);
			assert.equal(code, 'trainer-crashed');
			assert.ok(resumable);
			assert.match(message, new RegExp(`^The trainer was ended by ${signal}`));
			assert.match(message, /while it was training \(step 12 of 300\)\./);
			assert.match(message, /The last checkpoint is from step 10; resume the run/);
			assert.ok(message.includes(words), message);
			assert.equal(runs.log.lines.filter((line) => line.startsWith('error')).length, 1, 'said once');
			assert.equal((await runs.store.list())[0]?.stored?.problem?.message, message);
			await (await runs.store.claim()).lock.release();
		});
	}

	it('says so where there is no checkpoint yet', async () => {
		const run = await runs.start([
			say({ type: 'phase', phase: 'loading', detail: '' }),
			{ do: 'signal', signal: 'SIGABRT' },
		]);
		const { message, resumable } = problemOf(await run.done);
		assert.match(message, /SIGABRT while it was loading the base model\. There is no checkpoint yet/);
		assert.equal(resumable, false);
	});

	it('repeats the error that nobody caught, and not the lines around it', async () => {
		const run = await runs.start([{ do: 'throw', message: 'x is not a function' }]);
		const { message } = problemOf(await run.done);
		assert.match(
			message,
			/ended with code 1 before it began\. Its last words: TypeError: x is not a function /,
		);
		assert.match(message, /familiar\.host\.nodePath/);
	});

	it('ends a run whose process cannot be started', async () => {
		const claim = await runs.store.claim();
		const { TrainingRun } = await import('../../src/finetune/job/run');
		const order = runs.order(claim, []);
		const trainer = { trainerFile: path.join(runs.folder, 'no.mjs'), log: runs.log };
		const run = await TrainingRun.start({
			claim,
			order,
			resume: false,
			trainer: { ...trainer, nodePath: path.join(runs.folder, 'no-node') },
		});
		assert.match(problemOf(await run.done).message, /could not run: spawn .*no-node ENOENT before it began/);
		const again = await TrainingRun.start({
			claim: await runs.store.claim(),
			order,
			resume: false,
			trainer: { ...trainer, nodePath: undefined },
		});
		assert.match(problemOf(await again.done).message, /Its last words: Error: Cannot find module .*no\.mjs/);
	});

	const quick = { tick: 20, silence: 200 } as const;

	it('tells of a trainer that hangs, leaves it alone, and ends it when asked', async () => {
		const run = await runs.start([...untilStep12, { do: 'block' }], { limits: quick });
		const view = await until(run, ({ isSilent }) => isSilent);
		assert.equal(view.state, 'running');
		run.kill();
		const ended = await run.done;
		assert.equal(ended.isSilent, false);
		const { code, message, resumable } = problemOf(ended);
		assert.deepEqual([code, resumable], ['trainer-hung', true]);
		assert.match(
			message,
			/^The trainer hung and was ended while it was training \(step 12 of 300\)\. The last checkpoint/,
		);
	});

	it('takes it back when the trainer speaks again', async () => {
		const run = await runs.start(
			[
				...untilStep12,
				{ do: 'hear', type: 'yield true' },
				say({ type: 'running' }),
				{ do: 'hear', type: 'cancel' },
				say({ type: 'cancelled' }),
			],
			{ limits: quick },
		);
		await until(run, ({ isSilent }) => isSilent);
		run.serving(true);
		await until(run, ({ isSilent }) => !isSilent);
		run.cancel();
		assert.equal((await run.done).state, 'cancelled');
	});

	it('does not take a pause for a hang', async () => {
		const run = await runs.start(
			[
				say({ type: 'paused', reason: 'busy' }),
				{ do: 'rest', milliseconds: 3_000 },
				say({ type: 'finished', result }),
			],
			{ limits: { ...quick, silence: 1_500 } },
		);
		let wasSilent = false;
		run.onDidChange(() => {
			wasSilent ||= run.view.isSilent;
		});
		await until(run, ({ pausedFor }) => pausedFor === 'busy');
		assert.equal((await run.done).state, 'finished');
		assert.equal(wasSilent, false);
	});

	it('ends a trainer that does not heed a cancel', async () => {
		const run = await runs.start([...untilStep12, { do: 'block' }], { limits: { farewell: 50 } });
		await until(run, ({ progress }) => progress !== undefined);
		run.cancel();
		const view = await run.done;
		assert.deepEqual([view.state, view.problem, view.checkpointStep], ['cancelled', undefined, 10]);
	});

	for (const [name, last] of [
		['stays', { do: 'deaf' }],
		['crashes', { do: 'signal', signal: 'SIGABRT' }],
	] as const) {
		it(`counts a finished run as finished although its process ${name}`, async () => {
			const run = await runs.start([say({ type: 'finished', result }), last], { limits: { farewell: 50 } });
			const view = await run.done;
			assert.deepEqual([view.state, view.result, view.problem], ['finished', result, undefined]);
		});
	}

	it('takes 20,000 messages that come at once and the crash after them', async function () {
		this.timeout(30_000);
		const count = 20_000;
		const run = await runs.start([
			say({ type: 'phase', phase: 'training', detail: '' }),
			{ do: 'flood', message: progressAt(0), count },
			{ do: 'signal', signal: 'SIGKILL' },
		]);
		let told = 0;
		run.onDidChange(() => told++);
		const started = performance.now();
		const view = await run.done;
		const periods = (performance.now() - started) / 100;
		assert.equal(view.progress?.step, count);
		assert.match(problemOf(view).message, new RegExp(`step ${count} of 300`));
		assert.ok(view.losses.length <= 2_000);
		assert.ok(told <= periods + 3, `${told} times`);
		const logged = await runs.store.run(view.id).log.read();
		assert.equal(logged.length, count);
	});

	it('drops what it does not understand and says so three times', async () => {
		const rubbish = [
			'text',
			7,
			null,
			{},
			{ type: 'progress' },
			{ type: 'finished', result: {} },
			{ type: '__proto__' },
		];
		const run = await runs.start([...rubbish.map(say), ...untilStep12, say({ type: 'finished', result })]);
		const view = await run.done;
		assert.deepEqual([view.state, view.progress?.step], ['finished', 12]);
		assert.equal(runs.log.lines.filter((line) => /not understood/.test(line)).length, 3);
	});

	it('keeps the last 8 KB of the error output at most', async () => {
		const run = await runs.start([
			{ do: 'print', text: 'first words: fatal error\n' },
			{ do: 'print', text: `${'noise '.repeat(20)}\n`.repeat(200) },
			{ do: 'print', text: 'the end\n' },
			{ do: 'signal', signal: 'SIGABRT' },
		]);
		assert.match(problemOf(await run.done).message, /Its last words: the end There is/);
	});
});
