/** Who may train, when windows and trainers come and go. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { holderOf, RunLock } from '../../../../src/finetune/job/runLock';
import { markOf } from '../../../../src/inference/processMark';

describe('finetune/job/runLock', () => {
	let folder: string;
	let file: string;
	const others: ChildProcess[] = [];
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
		file = path.join(folder, 'lock');
	});
	afterEach(async () => {
		await Promise.all(others.splice(0).map(end));
		fs.rmSync(folder, { recursive: true, force: true });
	});

	/** Another process that runs until it is ended. */
	async function other(): Promise<ChildProcess & { readonly pid: number }> {
		const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
			stdio: ['pipe', 'ignore', 'ignore'],
		});
		others.push(child);
		await once(child, 'spawn');
		const { pid } = child;
		assert.ok(pid !== undefined);
		return Object.assign(child, { pid });
	}

	async function end(child: ChildProcess): Promise<void> {
		if (child.exitCode === null && child.signalCode === null) {
			child.kill('SIGKILL');
			await once(child, 'exit');
		}
	}

	/** As another window would have written it. */
	async function lockBy(owner: number, trainer?: number): Promise<void> {
		fs.writeFileSync(
			file,
			JSON.stringify({
				token: 'theirs',
				owner: await markOf(owner),
				...(trainer === undefined ? {} : { trainer: await markOf(trainer) }),
				run: 'their-run',
			}),
		);
	}

	it('is taken once, and again after its release', async () => {
		const lock = await RunLock.take(file, 'a');
		await assert.rejects(RunLock.take(file, 'b'), { name: 'TrainingElsewhere', message: /^This window/ });
		assert.deepEqual(await holderOf(file), { run: 'a', pid: process.pid, isOrphan: false });
		await lock.release();
		await lock.release();
		assert.equal(await holderOf(file), undefined);
		await (await RunLock.take(file, 'b')).release();
		assert.deepEqual(fs.readdirSync(folder), []);
	});

	it('is given to one of many that ask at once', async () => {
		const results = await Promise.allSettled(
			Array.from({ length: 8 }, (_, index) => RunLock.take(file, `${index}`)),
		);
		assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
	});

	it('is refused while another window lives, with its process in the message', async () => {
		const window = await other();
		await lockBy(window.pid);
		await assert.rejects(RunLock.take(file, 'a'), new RegExp(`Another window \\(process ${window.pid}\\)`));
		await end(window);
		await (await RunLock.take(file, 'a')).release();
	});

	it('is given to one of many after its window is gone', async () => {
		const window = await other();
		await lockBy(window.pid);
		await end(window);
		const results = await Promise.allSettled(
			Array.from({ length: 8 }, (_, index) => RunLock.take(file, `${index}`)),
		);
		const taken = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
		assert.equal(taken.length, 1);
		assert.notEqual(await holderOf(file), undefined);
		assert.deepEqual(fs.readdirSync(folder), ['lock']);
	});

	it('is not fooled by a later process with the same id', async function () {
		if (process.platform === 'win32') {
			this.skip();
		}
		fs.writeFileSync(
			file,
			JSON.stringify({ token: 't', owner: { pid: process.pid, start: 'long ago' }, run: 'their-run' }),
		);
		await (await RunLock.take(file, 'a')).release();
	});

	it('waits for a trainer that outlives its window', async () => {
		const [window, trainer] = [await other(), await other()];
		await lockBy(window.pid, trainer.pid);
		await end(window);
		await assert.rejects(RunLock.take(file, 'a'), new RegExp(`closed \\(process ${trainer.pid}\\)`));
		assert.deepEqual(await holderOf(file), { run: 'their-run', pid: trainer.pid, isOrphan: true });
		await end(trainer);
		await (await RunLock.take(file, 'a')).release();
	});

	it('names its own trainer, but not once it is released', async () => {
		const lock = await RunLock.take(file, 'a');
		await lock.holdFor(process.pid);
		assert.match(fs.readFileSync(file, 'utf8'), new RegExp(`"trainer":{"pid":${process.pid},`));
		await Promise.all([lock.release(), lock.holdFor(process.pid)]);
		assert.equal(fs.existsSync(file), false);
	});

	it('gives a window that is only just starting its time, and no longer', async () => {
		fs.writeFileSync(file, '');
		await assert.rejects(RunLock.take(file, 'a'), /^TrainingElsewhere: Another window is/);
		const minuteAgo = Date.now() / 1000 - 60;
		fs.utimesSync(file, minuteAgo, minuteAgo);
		await (await RunLock.take(file, 'a')).release();
	});

	it("does not release another window's lock", async () => {
		const lock = await RunLock.take(file, 'a');
		const window = await other();
		await lockBy(window.pid);
		await lock.release();
		assert.equal((await holderOf(file))?.pid, window.pid);
	});
});
