/** Loads one after the other, with everybody told before each begins. */
import assert from 'node:assert/strict';
import { LoadTurns } from '../../../../src/inference/host/loadTurns';

describe('LoadTurns', () => {
	it('tells all before a load begins, and when it is over, and lets the next one wait', async () => {
		const told: (readonly string[])[] = [];
		const turns: LoadTurns = new LoadTurns(async () => {
			told.push(turns.subjects);
		});
		let finishFirst: () => void = () => undefined;
		const begun: string[] = [];
		const first = turns.run('a', () => {
			begun.push(`a, told ${told.length}`);
			return new Promise<void>((resolve) => {
				finishFirst = resolve;
			});
		});
		const second = turns.run('b', async () => {
			begun.push(`b, told ${told.length}`);
			throw new Error('b cannot be loaded');
		});
		const third = turns.run('c', async () => 'c');
		await new Promise((resolve) => setImmediate(resolve));
		assert.deepEqual(turns.subjects, ['a']);
		finishFirst();
		await first;
		await assert.rejects(second, /b cannot be loaded/);
		assert.equal(await third, 'c', 'a load that fails does not stop the next');
		assert.deepEqual(begun, ['a, told 1', 'b, told 3']);
		assert.deepEqual(told, [['a'], [], ['b'], [], ['c'], []]);
	});

	it('loads although a client does not take the news', async () => {
		const turns = new LoadTurns(() => new Promise(() => undefined));
		assert.equal(await turns.run('a', async () => 1), 1);
	});
});
