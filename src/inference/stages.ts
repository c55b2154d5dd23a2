/** How far something long has come: what each of its stages took, and a line for the log where it does not end. */

import { sleep } from './cancel';

/** Milliseconds from one line about something that does not end to the next; the last holds for all that follow. */
const PATIENCE: readonly number[] = [10_000, 20_000, 30_000, 60_000];

interface StagesOptions {
	/** As the beginning of "… after 10 s". For example `starter.gguf is not ready`. */
	readonly what: string;
	/** Gets a line whenever it takes long. */
	readonly warn: (line: string) => void;
	/** Milliseconds of a clock that only goes forward; default `performance.now`. */
	readonly now?: () => number;
	readonly wait?: typeof sleep;
}

interface Stage {
	readonly name: string;
	readonly since: number;
	/** How far it has come, where that is known. */
	note: string;
}

export class Stages {
	readonly #began: number;
	readonly #now: () => number;
	readonly #over = new AbortController();
	readonly #past: string[] = [];
	#stage: Stage | undefined;

	/** Watched until `end` is called. */
	constructor(private readonly options: StagesOptions) {
		this.#now = options.now ?? (() => performance.now());
		this.#began = this.#now();
		// Rejects when it is over.
		this.#watch(options.wait ?? sleep).catch(() => undefined);
	}

	/** The stage of before is over; the present one goes on. */
	enter(name: string): void {
		if (this.#stage?.name !== name) {
			this.#close();
			this.#stage = { name, since: this.#now(), note: '' };
		}
	}

	/** How far the present stage has come. For example `40 %`. */
	note(text: string): void {
		if (this.#stage !== undefined) {
			this.#stage.note = text;
		}
	}

	/** The present stage, and for how long. */
	get present(): string {
		if (this.#stage === undefined) {
			return 'nothing has begun';
		}
		const { name, since, note } = this.#stage;
		return `${note === '' ? name : `${name} (${note})`} for ${this.#time(since)}`;
	}

	/** @returns what each stage took, for example `starting a model host 600 ms, loading 1.4 s`. */
	end(): string {
		this.#close();
		this.#over.abort();
		return this.#past.join(', ');
	}

	#close(): void {
		if (this.#stage !== undefined) {
			this.#past.push(`${this.#stage.name} ${this.#time(this.#stage.since)}`);
			this.#stage = undefined;
		}
	}

	#time(since: number): string {
		const milliseconds = this.#now() - since;
		return milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
	}

	async #watch(wait: typeof sleep): Promise<void> {
		for (let lines = 0; ; lines++) {
			await wait(PATIENCE[Math.min(lines, PATIENCE.length - 1)] ?? 0, this.#over.signal);
			const before = this.#past.length === 0 ? '' : ` Before: ${this.#past.join(', ')}.`;
			this.options.warn(`${this.options.what} after ${this.#time(this.#began)}: ${this.present}.${before}`);
		}
	}
}
