/** Locks of files: of processes that are there, that are gone, and of which only the id is there again. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { isLocked, lockOf, whileLocked } from '../../../../src/inference/models/fileLock';
import { Silence } from '../../../../src/inference/models/silence';
import { markOf } from '../../../../src/inference/processMark';

const never = new AbortController().signal;
const nothing = async () => undefined;

describe('inference/models/fileLock', () => {
	let folder: string;
	let file: string;
	const platform = Object.getOwnPropertyDescriptor(process, 'platform');

	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-lock-'));
		file = path.join(folder, 'model.gguf');
	});

	afterEach(() => {
		assert.ok(platform);
		Object.defineProperty(process, 'platform', platform);
		fs.rmSync(folder, { recursive: true, force: true });
	});

	/** Where processes have no start: the parent of this one is there, but has locked nothing. */
	function asOnWindows(): void {
		Object.defineProperty(process, 'platform', { ...platform, value: 'win32' });
	}

	function leaveLock(): void {
		fs.writeFileSync(
			lockOf(file),
			JSON.stringify({ token: 'of another', owner: { pid: process.ppid, start: '' } }),
		);
	}

	function touched(milliseconds: number): void {
		const then = new Date(Date.now() - milliseconds);
		fs.utimesSync(lockOf(file), then, then);
	}

	it('is held by its process, for as long as its work takes', async () => {
		await whileLocked(
			file,
			nothing,
			async () => {
				assert.ok(await isLocked(file));
				touched(3_600_000);
				assert.ok(
					await isLocked(file),
					'the system knows this process: that is sure, whatever the clocks say',
				);
			},
			never,
		);
		assert.equal(await isLocked(file), false);
		assert.deepEqual(fs.readdirSync(folder), []);
	});

	it('is kept alive by who holds it', async () => {
		await whileLocked(
			file,
			nothing,
			async () => {
				touched(3_600_000);
				const before = fs.statSync(lockOf(file)).mtimeMs;
				while (fs.statSync(lockOf(file)).mtimeMs === before) {
					await new Promise((resolve) => setTimeout(resolve, 20));
				}
			},
			never,
		);
		assert.deepEqual(fs.readdirSync(folder), []);
	});

	it('does not outlive its process where another one got its id (Windows)', async () => {
		asOnWindows();
		assert.equal((await markOf(process.pid)).start, '');
		leaveLock();
		assert.ok(await isLocked(file));
		touched(60_000);
		assert.equal(await isLocked(file), false);
		// Who waits goes by what it saw itself, here by a clock that runs ahead.
		const { now } = performance;
		let ahead = 0;
		performance.now = () => now.call(performance) + ahead;
		try {
			let waits = 0;
			const done = await whileLocked(
				file,
				async () => {
					waits++;
					ahead += 20_000;
				},
				async () => 'done',
				never,
			);
			assert.equal(done, 'done');
			assert.equal(waits, 2);
		} finally {
			performance.now = now;
		}
	});

	it('is not taken from one that is touched', () => {
		const silence = new Silence(30);
		assert.equal(silence.isOver(1, 0), false);
		assert.equal(silence.isOver(1, 30), false);
		assert.equal(silence.isOver(2, 40), false, 'touched');
		assert.equal(silence.isOver(2, 70), false);
		assert.equal(silence.isOver(2, 71), true);
	});
});
