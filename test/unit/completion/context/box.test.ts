/** Work in the background is done in slices, and ends in time. */
import * as assert from 'node:assert/strict';
import { Box } from '../../../../src/completion/context/box';
import { Pace } from '../../../../src/completion/pace';
import { abortError } from '../../../../src/inference/cancel';
import { FakeClock, settle } from '../../../support/fakeClock';

/** Most milliseconds of work between two turns of the event loop. */
const MOST = 4;

function house() {
	const clock = { time: 0, now: () => clock.time, sleep: () => new Promise<void>(() => undefined) };
	const slices: number[] = [];
	let began = 0;
	const pace = new Pace(clock, async () => {
		slices.push(clock.time - began);
		began = clock.time;
	});
	return { clock, slices, pace };
}

describe('box', () => {
	it('rests before a slice is longer than 4 ms, whoever works', async () => {
		const { clock, slices, pace } = house();
		const work = async (box: Box) => {
			for (let piece = 0; piece < 40 && (await box.goOn()); piece++) {
				clock.time += 1;
			}
		};
		const signal = new AbortController().signal;
		await Promise.all([work(new Box(clock, pace, 1_000, signal)), work(new Box(clock, pace, 1_000, signal))]);
		assert.equal(clock.time, 80);
		assert.ok(slices.length >= 80 / MOST, `${slices.length} slices`);
		assert.ok(Math.max(...slices) <= MOST, slices.join(' '));
	});

	it('gives each worker a turn of its own', async () => {
		let turns = 0;
		let running = 0;
		const pace = new Pace({ now: () => 0 }, async () => {
			assert.equal(++running, 1);
			await settle();
			running--;
			turns++;
		});
		await Promise.all([pace.breathe(), pace.breathe(), pace.breathe()]);
		assert.equal(turns, 3);
	});

	it('is over when its time is', async () => {
		const { clock, pace } = house();
		const box = new Box(clock, pace, 10, new AbortController().signal);
		let pieces = 0;
		while (await box.goOn()) {
			clock.time += 1;
			pieces++;
		}
		assert.equal(pieces, 10);
	});

	it('is over when nobody wants it any more', async () => {
		const { clock, pace } = house();
		const abort = new AbortController();
		const box = new Box(clock, pace, 10, abort.signal);
		assert.equal(await box.goOn(), true);
		abort.abort(abortError());
		assert.equal(await box.goOn(), false);
	});

	it('waits for others as long as it lasts, or as long as it is told', async () => {
		const clock = new FakeClock();
		const box = new Box(clock, new Pace(clock), 100, new AbortController().signal);
		const never = new Promise<string>(() => undefined);
		assert.equal(await box.wait(Promise.resolve('done')), 'done');
		for (const [atMost, expected] of [
			[20, 20],
			[undefined, 100],
		] as const) {
			let answer: string | undefined = 'none';
			void box.wait(never, atMost).then((found) => {
				answer = found;
			});
			await clock.pass(expected - clock.now() - 1);
			assert.equal(answer, 'none');
			await clock.pass(1);
			assert.equal(answer, undefined);
		}
	});

	it('fails as the work does', async () => {
		const clock = new FakeClock();
		const box = new Box(clock, new Pace(clock), 100, new AbortController().signal);
		await assert.rejects(box.wait(Promise.reject(new Error('broken'))), /broken/);
		assert.equal(clock.sleeping, 0);
	});
});
