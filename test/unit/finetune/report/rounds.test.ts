/** When adapters in use are looked after: not at once, and not for another strength of the same. */

import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { Rounds } from '../../../../src/finetune/report/rounds';

describe('finetune/report/rounds', () => {
	beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
	afterEach(() => mock.timers.reset());

	it('looks half a minute after a change, every hour while one is in use, and never without', () => {
		let all: readonly { path: string; name: string; scale: number }[] = [];
		let change: () => void = () => undefined;
		let looks = 0;
		const active = {
			get all() {
				return all;
			},
			onDidChange: (listener: () => void) => {
				change = listener;
				return { dispose: () => undefined };
			},
		};
		const use = (...names: string[]) => {
			all = names.map((name) => ({ path: name, name, scale: 1 }));
			change();
		};
		const rounds = new Rounds(
			active,
			async () => void looks++,
			() => assert.fail(),
		);
		mock.timers.tick(100_000);
		assert.equal(looks, 0);
		use('a');
		mock.timers.tick(20_000);
		use('a');
		mock.timers.tick(10_000);
		assert.equal(looks, 1, 'the same at another strength begins no new wait');
		mock.timers.tick(60 * 60_000);
		assert.equal(looks, 2);
		use();
		mock.timers.tick(10 * 60 * 60_000);
		assert.equal(looks, 2);
		use('b');
		rounds.dispose();
		mock.timers.tick(60_000);
		assert.equal(looks, 2);
	});
});
