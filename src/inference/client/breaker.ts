/** Stops restarting a host that keeps crashing, and says how long to wait where it does not. */

/** Milliseconds before each restart: an external kill is over at once, a broken driver takes a while. */
export const RESTART_DELAYS: readonly number[] = [250, 1_000, 2_000, 5_000, 10_000];

/** Crashes within the window that open the breaker. As vscode-languageclient's default handler counts. */
export const CRASH_LIMIT = 4;

/** Milliseconds in which crashes are counted together: three minutes. */
export const CRASH_WINDOW = 180_000;

export class Breaker {
	private crashes: readonly number[] = [];

	/**
	 * @param now Milliseconds of a clock that only goes forward.
	 * @param delays Milliseconds before the first, second, … restart; the last holds for all that follow.
	 */
	constructor(
		private readonly now: () => number,
		private readonly delays: readonly number[] = RESTART_DELAYS,
	) {}

	/** Counts a crash. Milliseconds to wait before the restart, or undefined: no restart. */
	crashed(): number | undefined {
		const now = this.now();
		this.crashes = [...this.crashes.filter((time) => now - time < CRASH_WINDOW), now];
		if (this.crashes.length >= CRASH_LIMIT) {
			return undefined;
		}
		return this.delays[Math.min(this.crashes.length, this.delays.length) - 1] ?? 0;
	}

	/** Crashes within the window. */
	get recent(): number {
		const now = this.now();
		return this.crashes.filter((time) => now - time < CRASH_WINDOW).length;
	}

	/** Forgets all crashes: the user asked for another try. */
	reset(): void {
		this.crashes = [];
	}
}
