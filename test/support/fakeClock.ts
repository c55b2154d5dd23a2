/** A clock whose time passes when a test says so. */

import { abortError } from '../../src/inference/cancel';

interface Sleeper {
	readonly at: number;
	readonly wake: () => void;
}

export class FakeClock {
	private time = 0;
	private sleepers: Sleeper[] = [];

	now(): number {
		return this.time;
	}

	sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
		return new Promise((resolve, reject) => {
			if (signal.aborted) {
				reject(abortError());
				return;
			}
			const sleeper: Sleeper = { at: this.time + milliseconds, wake: resolve };
			this.sleepers.push(sleeper);
			signal.addEventListener(
				'abort',
				() => {
					this.sleepers = this.sleepers.filter((other) => other !== sleeper);
					reject(abortError());
				},
				{ once: true },
			);
		});
	}

	/** How many wait. */
	get sleeping(): number {
		return this.sleepers.length;
	}

	/** Lets time pass, waking sleepers in their order, and everything that follows from it happen. */
	async pass(milliseconds: number): Promise<void> {
		const end = this.time + milliseconds;
		await settle();
		for (;;) {
			const next = this.sleepers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
			if (next === undefined) {
				break;
			}
			this.time = Math.max(this.time, next.at);
			this.sleepers = this.sleepers.filter((other) => other !== next);
			next.wake();
			await settle();
		}
		this.time = end;
		await settle();
	}
}

/** Lets every promise that can go on do so: a turn of the event loop runs after all microtasks. */
export async function settle(): Promise<void> {
	for (let turn = 0; turn < 3; turn++) {
		await new Promise((resolve) => setImmediate(resolve));
	}
}
