/** So many at once, in their order, and nobody waits for one that was cancelled. */
import * as assert from 'node:assert/strict';
import { isAbort } from '../../../../src/inference/cancel';
import { Turns } from '../../../../src/inference/models/turns';

/** After all that can go on by itself. */
const settled = () => new Promise(setImmediate);
const never = new AbortController().signal;

describe('inference/models/turns', () => {
	it('lets so many in at once, the others in their order', async () => {
		const turns = new Turns(2);
		const inside: string[] = [];
		const leave = new Map<string, () => void>();
		const enter = (name: string) =>
			turns.take(
				() =>
					new Promise<void>((resolve) => {
						inside.push(name);
						leave.set(name, resolve);
					}),
				never,
			);
		const all = ['a', 'b', 'c', 'd'].map(enter);
		assert.deepEqual(inside, ['a', 'b']);
		leave.get('b')?.();
		await settled();
		assert.deepEqual(inside, ['a', 'b', 'c']);
		leave.get('a')?.();
		leave.get('c')?.();
		await settled();
		leave.get('d')?.();
		await Promise.all(all);
		assert.deepEqual(inside, ['a', 'b', 'c', 'd']);
	});

	it('gives the turn on after a failure, and past one who does not want it any more', async () => {
		const turns = new Turns(1);
		let fail: (() => void) | undefined;
		const first = turns.take(
			() =>
				new Promise<void>((_resolve, reject) => {
					fail = () => reject(new Error('no'));
				}),
			never,
		);
		const controller = new AbortController();
		const second = turns.take(async () => assert.fail('was cancelled'), controller.signal);
		const third = turns.take(async () => 'third', never);
		controller.abort(Object.assign(new Error('cancelled'), { name: 'AbortError' }));
		await assert.rejects(second, isAbort);
		fail?.();
		await assert.rejects(first, /no/);
		assert.equal(await third, 'third');
		assert.equal(await turns.take(async () => 'free', never), 'free');
	});
});
