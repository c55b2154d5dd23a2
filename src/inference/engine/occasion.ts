/** Something that happens again and again, and that a signal can stop waiting for. */

import { unlessAborted } from '../cancel';

export class Occasion {
	readonly #waiting = new Set<() => void>();

	/** Resolves when it happens the next time. @throws AbortError when the signal fires before. */
	async next(signal: AbortSignal): Promise<void> {
		let happen: () => void = () => undefined;
		const happened = new Promise<void>((resolve) => {
			happen = resolve;
		});
		this.#waiting.add(happen);
		try {
			await unlessAborted(happened, signal);
		} finally {
			this.#waiting.delete(happen);
		}
	}

	happen(): void {
		for (const resolve of [...this.#waiting]) {
			resolve();
		}
	}
}
