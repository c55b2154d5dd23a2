/** So many at once, and the others in the order in which they came. */

import { unlessAborted } from '../cancel';

export class Turns {
	private free: number;
	private readonly waiting: (() => void)[] = [];

	constructor(atOnce: number) {
		this.free = atOnce;
	}

	/** @throws what `action` throws, or an AbortError while it waits. */
	async take<T>(action: () => Promise<T>, signal: AbortSignal): Promise<T> {
		if (this.free > 0) {
			this.free--;
		} else {
			await this.wait(signal);
		}
		try {
			return await action();
		} finally {
			const next = this.waiting.shift();
			if (next === undefined) {
				this.free++;
			} else {
				next();
			}
		}
	}

	/** Somebody's turn then becomes this one's. */
	private async wait(signal: AbortSignal): Promise<void> {
		let come = () => {};
		const turn = new Promise<void>((resolve) => {
			come = resolve;
			this.waiting.push(come);
		});
		try {
			await unlessAborted(turn, signal);
		} catch (error) {
			const place = this.waiting.indexOf(come);
			if (place >= 0) {
				this.waiting.splice(place, 1);
			}
			throw error;
		}
	}
}
