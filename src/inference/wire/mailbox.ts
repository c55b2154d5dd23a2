/** A queue between an event and a `for await` loop. */

/** Keeps items in order for one reader; a failure goes ahead of what was not read yet. */
export class Mailbox<T> {
	private items: T[] = [];
	private isEnded = false;
	private failure: { readonly error: unknown } | undefined;
	private wake: () => void = () => undefined;

	push(item: T): void {
		this.items.push(item);
		this.wake();
	}

	/** No more items will come. */
	end(): void {
		this.isEnded = true;
		this.wake();
	}

	/** The reader gets this error next. */
	fail(error: unknown): void {
		this.failure ??= { error };
		this.wake();
	}

	/** @throws what `fail` was given. */
	async *read(): AsyncGenerator<T, void, undefined> {
		for (;;) {
			if (this.failure !== undefined) {
				throw this.failure.error;
			}
			const items = this.items;
			this.items = [];
			for (const item of items) {
				yield item;
				if (this.failure !== undefined) {
					break;
				}
			}
			if (items.length === 0) {
				if (this.isEnded) {
					return;
				}
				await new Promise<void>((resolve) => {
					this.wake = resolve;
				});
			}
		}
	}
}
