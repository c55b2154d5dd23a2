/** Stops restarting a host that keeps crashing, and says how long to wait where it does not. */

/** Milliseconds before each restart: an external kill is over at once, a broken driver takes a while. */
export const RESTART_DELAYS: readonly number[] = [0, 1_000, 2_000, 5_000, 10_000];

/** Crashes within the window that open the breaker. As vscode-languageclient's default handler counts. */
export const CRASH_LIMIT = 4;

/**
 * A crash while the host worked for another window counts for a third of one: that window gives up at its fourth and
 * leaves this one in peace, but a host that crashes whatever it is asked must not be started for ever either.
 */
export const CRASHES_ELSEWHERE = 3;

/** Milliseconds in which crashes are counted together: three minutes. */
export const CRASH_WINDOW = 180_000;

export class Breaker {
	private crashes: readonly { readonly time: number; readonly share: number }[] = [];

	/**
	 * @param now Milliseconds of a clock that only goes forward.
	 * @param delays Milliseconds before the first, second, … restart; the last holds for all that follow.
	 */
	constructor(
		private readonly now: () => number,
		private readonly delays: readonly number[] = RESTART_DELAYS,
	) {}

	/**
	 * Counts a crash. Milliseconds to wait before the restart, or undefined: no restart.
	 *
	 * @param isElsewhere Whether the host was at work for another window.
	 */
	crashed(isElsewhere = false): number | undefined {
		const now = this.now();
		// In thirds, which add up exactly.
		const share = isElsewhere ? 1 : CRASHES_ELSEWHERE;
		this.crashes = [...this.crashes.filter(({ time }) => now - time < CRASH_WINDOW), { time: now, share }];
		if (this.crashes.reduce((sum, crash) => sum + crash.share, 0) >= CRASH_LIMIT * CRASHES_ELSEWHERE) {
			return undefined;
		}
		return this.delays[Math.min(this.crashes.length, this.delays.length) - 1] ?? 0;
	}

	/** Crashes within the window. */
	get recent(): number {
		const now = this.now();
		return this.crashes.filter(({ time }) => now - time < CRASH_WINDOW).length;
	}

	/** Forgets all crashes: the user asked for another try. */
	reset(): void {
		this.crashes = [];
	}
}
