/** Lets one load go on at a time, whoever asks: where one of them ends the process, it is known which. */

/** Milliseconds after which a load goes ahead beside one that does not end. */
const PATIENCE = 30_000;

/** Milliseconds that the news of a load may take to be written. */
const NEWS_TIME = 50;

export class LoadTurns {
	private readonly current = new Set<{ readonly subject: string }>();
	private last: Promise<void> = Promise.resolve();

	/** @param onChange tells all clients; resolves when that is written. */
	constructor(private readonly onChange: () => Promise<void>) {}

	/** What is being loaded, by `loadSubject`. */
	get subjects(): readonly string[] {
		return [...this.current].map(({ subject }) => subject);
	}

	/** Does the work when it has its turn and everybody has been told: after a crash nobody can say anything. */
	async run<T>(subject: string, work: () => Promise<T>): Promise<T> {
		const before = this.last;
		let finish: () => void = () => undefined;
		this.last = new Promise((resolve) => {
			finish = resolve;
		});
		await atMost(before, PATIENCE);
		const entry = { subject };
		this.current.add(entry);
		try {
			await atMost(this.onChange(), NEWS_TIME);
			return await work();
		} finally {
			this.current.delete(entry);
			finish();
			void this.onChange();
		}
	}
}

function atMost(promise: Promise<void>, milliseconds: number): Promise<void> {
	return new Promise((resolve) => {
		const timer = setTimeout(resolve, milliseconds);
		void promise.then(() => {
			clearTimeout(timer);
			resolve();
		});
	});
}
