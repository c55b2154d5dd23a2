/** The lock of whoever starts a host: one has it, and that of the dead is taken away once. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { removeStaleLock, takeLock } from '../../../../src/inference/client/electionLock';
import { markOf } from '../../../../src/inference/processMark';

describe('electionLock', () => {
	let folder: string;
	let file: string;
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
		file = path.join(folder, 'host.lock');
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	it('is had by one, until that one releases it', async () => {
		const locks = await Promise.all([takeLock(file), takeLock(file), takeLock(file)]);
		const [lock, ...others] = locks.filter((one) => one !== undefined);
		assert.equal(others.length, 0);
		assert.equal(await lock?.isHeld(), true);
		await removeStaleLock(file);
		assert.equal(await takeLock(file), undefined, 'it is not stale');
		await lock?.release();
		assert.equal(await lock?.isHeld(), false);
		assert.notEqual(await takeLock(file), undefined);
	});

	it('does not release the lock of another one', async () => {
		const lock = await takeLock(file);
		fs.rmSync(file);
		const next = await takeLock(file);
		assert.equal(await lock?.isHeld(), false);
		await lock?.release();
		assert.equal(await next?.isHeld(), true);
	});

	const dead = JSON.stringify({ mark: { pid: 2 ** 22 + 1, start: '' }, id: 'dead' });

	it('is taken away from a dead process by however many, and had by one then', async () => {
		for (let trial = 0; trial < 20; trial++) {
			fs.writeFileSync(file, dead);
			const locks = await Promise.all(
				Array.from({ length: 10 }, async () => {
					await removeStaleLock(file);
					return takeLock(file);
				}),
			);
			const held = await Promise.all(locks.map(async (lock) => (await lock?.isHeld()) === true));
			assert.equal(held.filter(Boolean).length, 1);
			fs.rmSync(file);
			assert.deepEqual(fs.readdirSync(folder), []);
		}
	});

	it('is not taken from one that is just writing it, nor from a process that lives', async () => {
		for (const text of ['', '{"mark"', JSON.stringify({ mark: await markOf(process.pid), id: 'a' })]) {
			fs.writeFileSync(file, text);
			await removeStaleLock(file);
			assert.equal(fs.readFileSync(file, 'utf8'), text);
		}
	});
});
