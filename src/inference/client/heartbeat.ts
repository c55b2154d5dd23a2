/** Notices a host that gives no sign of life although the machine was awake. */

interface HeartbeatOptions {
	/** Milliseconds between two ticks of the host. */
	readonly tickMilliseconds: number;
	/** Milliseconds of awake silence that count as a hang, asked anew at each check: loading is given more. */
	readonly patience: () => number;
	/** Called once. */
	readonly onSilent: () => void;
}

/**
 * Counts how often its own timer fired since the last tick, instead of reading a clock. A timer does not fire while
 * the machine sleeps or this process is stopped, and fires once afterwards however long that was: such time counts as
 * one period at most, so neither sleep nor a clock that is set can kill a healthy host.
 */
export class Heartbeat {
	private silentPeriods = 0;
	private readonly timer: NodeJS.Timeout;

	constructor(private readonly options: HeartbeatOptions) {
		this.timer = setInterval(() => this.check(), options.tickMilliseconds);
	}

	/** The host has given a sign of life. */
	tick(): void {
		this.silentPeriods = 0;
	}

	dispose(): void {
		clearInterval(this.timer);
	}

	private check(): void {
		this.silentPeriods++;
		if (this.silentPeriods * this.options.tickMilliseconds >= this.options.patience()) {
			this.dispose();
			this.options.onSilent();
		}
	}
}
