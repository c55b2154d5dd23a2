/** What the chat's page is to be told for certain: it is gone while its view is hidden, and then hears nothing. */

export class Page<Message> {
	private isThere = false;
	private waiting: readonly Message[] = [];

	constructor(private readonly post: (message: Message) => void) {}

	/** Says it now, or as soon as there is a page. */
	tell(message: Message): void {
		if (this.isThere) {
			this.post(message);
		} else {
			this.waiting = [...this.waiting, message];
		}
	}

	/** The page has been shown everything. */
	arrived(): void {
		this.isThere = true;
		const { waiting } = this;
		this.waiting = [];
		for (const message of waiting) {
			this.post(message);
		}
	}

	gone(): void {
		this.isThere = false;
	}
}

/** Loads once; what failed is tried again when it is next wanted. */
export class Loaded<One> {
	private loading: Promise<One> | undefined;

	constructor(private readonly load: () => Promise<One>) {}

	get(): Promise<One> {
		this.loading ??= this.load().catch((error: unknown) => {
			this.loading = undefined;
			throw error;
		});
		return this.loading;
	}

	/** Does it with what is there, or will be; nothing where it was never wanted. */
	with(act: (one: One) => unknown): void {
		// A failure is told to who wanted it.
		this.loading?.then(act).catch(() => undefined);
	}
}
