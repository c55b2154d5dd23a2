/** What comes before a trainer runs: one start or resumption at a time, which can be called off. */

export class Preparation {
	private current: AbortController | undefined;
	/** Settles with it; never rejects. */
	done: Promise<unknown> = Promise.resolve();

	get isUnderWay(): boolean {
		return this.current !== undefined;
	}

	abort(): void {
		this.current?.abort();
	}

	/** It is over before its action is: what follows is told to nobody who waits for it. */
	end(): void {
		this.current = undefined;
	}

	/** @throws what the action throws. */
	async begin(action: (preparing: AbortController) => Promise<void>): Promise<void> {
		const preparing = new AbortController();
		this.current = preparing;
		const done = action(preparing).finally(() => this.end());
		this.done = done.catch(() => undefined);
		await done;
	}
}
