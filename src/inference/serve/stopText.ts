/** Ends a text before the first of some texts, and holds back what may be the beginning of one. */

export class StopText {
	private held = '';
	private found: string | undefined;

	constructor(private readonly stops: readonly string[]) {}

	/** The text that was reached; nothing follows it. */
	get reached(): string | undefined {
		return this.found;
	}

	/** What is certain now; may be empty. */
	push(piece: string): string {
		if (this.found !== undefined) {
			return '';
		}
		const text = this.held + piece;
		const [first] = this.stops
			.map((stop) => ({ stop, at: text.indexOf(stop) }))
			.filter(({ at }) => at >= 0)
			.sort((one, other) => one.at - other.at);
		if (first !== undefined) {
			this.found = first.stop;
			this.held = '';
			return text.slice(0, first.at);
		}
		const kept = Math.max(0, ...this.stops.map((stop) => overlap(text, stop)));
		this.held = text.slice(text.length - kept);
		return text.slice(0, text.length - kept);
	}

	/** What was held back and became no end. */
	flush(): string {
		const { held } = this;
		this.held = '';
		return held;
	}
}

/** Length of the longest end of `text` with which `stop` begins. */
function overlap(text: string, stop: string): number {
	for (let length = Math.min(text.length, stop.length - 1); length > 0; length--) {
		if (text.endsWith(stop.slice(0, length))) {
			return length;
		}
	}
	return 0;
}
