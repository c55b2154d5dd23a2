/** The model that texts are compared by their meaning with: one for all who ask, in memory once the first of them has. */

import { unlessAborted } from './cancel';
import type { LoadableModel } from './chosenModels';
import {
	type LoadOptions,
	type Model,
	type ModelState,
	ModelUnavailable,
	type Problem,
	type Subscription,
	type Unsupported,
} from './model';

interface SearchModelOptions {
	/** A client without a model. */
	start(): LoadableModel;
	/** What the settings name now, or what is wrong with it; undefined where they name none. */
	chosen(): Promise<LoadOptions | Problem | undefined>;
	/** The file of the settings, as it is written there. */
	file(): string;
}

const NONE: Problem = {
	code: 'no-search-model',
	message: 'No model is chosen that searches by meaning.',
	remedies: ['select-model'],
};
const CHANGED: Unsupported = {
	type: 'unsupported',
	reason: 'The model that searches by meaning was changed meanwhile.',
};

const never = new AbortController().signal;

/** What is asked of it: vectors, and what programs and benchmarks ask of any model. */
type Asked = Pick<
	Model,
	'state' | 'onDidChangeState' | 'embed' | 'tokenize' | 'prefill' | 'fill' | 'chat' | 'dispose'
>;

export class SearchModel implements Asked {
	private client: LoadableModel | undefined;
	private followed: Subscription | undefined;
	/** What the client was told last. */
	private told: LoadOptions | Problem | undefined;
	/** Those who search now. */
	private readonly seats = new Set<object>();
	private readonly listeners = new Set<(state: ModelState) => void>();

	constructor(private readonly options: SearchModelOptions) {}

	/** `none` until somebody asks. */
	get state(): ModelState {
		return this.client?.state ?? { type: 'none' };
	}

	onDidChangeState(listener: (state: ModelState) => void): Subscription {
		const entry = (state: ModelState) => listener(state);
		this.listeners.add(entry);
		return { dispose: () => this.listeners.delete(entry) };
	}

	/** Brings it into memory; resolves when it is there, or could not be brought. Nothing where none is chosen. */
	async load(): Promise<void> {
		const chosen = await this.options.chosen();
		if (chosen !== undefined) {
			await this.tell(this.there(), chosen);
		}
	}

	/** Out of memory, until somebody asks again. */
	async unload(): Promise<void> {
		await this.client?.load(undefined, never);
	}

	/** The settings may have changed: what is in memory is what they name, or nothing. */
	async follow(): Promise<void> {
		if (this.client === undefined) {
			return;
		}
		const chosen = await this.options.chosen();
		if (chosen === undefined) {
			await this.dispose();
		} else if (this.state.type === 'failed' || (this.state.type !== 'none' && !isSame(this.told, chosen))) {
			await this.tell(this.there(), chosen);
		}
	}

	/**
	 * As a client that the search takes for its own. Vectors of another model than it was started for would be compared with
	 * those that it keeps: it gets none.
	 */
	seat() {
		const search = this;
		let file = '';
		const seat = {
			get state() {
				return search.state;
			},
			load: async (options: Pick<LoadOptions, 'path'> | undefined, signal: AbortSignal) => {
				file = options?.path ?? '';
				search.seats.add(seat);
				await (file === search.options.file() ? unlessAborted(search.load(), signal) : undefined);
			},
			embed: async (text: string, signal: AbortSignal) =>
				file === search.options.file() ? search.embed(text, signal) : CHANGED,
			// The last one leaves nothing in memory; for another file `follow` has seen to that.
			dispose: async () => {
				const isLast = search.seats.delete(seat) && search.seats.size === 0;
				await (isLast && file === search.options.file() ? search.unload() : undefined);
			},
		};
		return seat;
	}

	readonly embed: Model['embed'] = async (text, signal) => (await this.present(signal)).embed(text, signal);
	readonly tokenize: Model['tokenize'] = async (text, signal) =>
		(await this.present(signal)).tokenize(text, signal);
	readonly prefill: Model['prefill'] = async (request, signal) =>
		(await this.present(signal)).prefill(request, signal);

	async *fill(...[request, signal]: Parameters<Model['fill']>) {
		yield* (await this.present(signal)).fill(request, signal);
	}

	async *chat(...[request, signal]: Parameters<Model['chat']>) {
		yield* (await this.present(signal)).chat(request, signal);
	}

	async dispose(): Promise<void> {
		const { client } = this;
		this.client = undefined;
		this.told = undefined;
		this.followed?.dispose();
		await client?.dispose();
		this.announce();
	}

	/** The client, with what the settings name. What loads is waited for by the request itself. */
	private async present(signal: AbortSignal): Promise<LoadableModel> {
		const chosen = await this.options.chosen();
		if (chosen === undefined) {
			throw new ModelUnavailable(NONE);
		}
		const client = this.there();
		if (client.state.type === 'none' || !isSame(this.told, chosen)) {
			await unlessAborted(this.tell(client, chosen), signal);
		}
		return client;
	}

	private there(): LoadableModel {
		if (this.client === undefined) {
			this.client = this.options.start();
			this.followed = this.client.onDidChangeState(() => this.announce());
		}
		return this.client;
	}

	/** No signal of a single request: others wait for it, too. */
	private async tell(client: LoadableModel, chosen: LoadOptions | Problem): Promise<void> {
		this.told = chosen;
		if ('path' in chosen) {
			await client.load(chosen, never);
		} else {
			client.refuse(chosen);
		}
	}

	private announce(): void {
		for (const listener of [...this.listeners]) {
			listener(this.state);
		}
	}
}

/** Both were put together by the same hand. */
function isSame(one: LoadOptions | Problem | undefined, other: LoadOptions | Problem): boolean {
	return JSON.stringify(one) === JSON.stringify(other);
}
