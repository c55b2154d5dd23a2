/** Keeps the index up to date and answers searches, one thing after the other; what the worker does, apart from its thread. */

import { isAbort } from '../../inference/cancel';
import { messageOf } from '../../inference/failure';
import type { Scope } from './listing';
import type { FromIndex, ToIndex } from './messages';
import type { WorkspaceIndex } from './workspaceIndex';

interface KeeperOptions {
	readonly index: WorkspaceIndex;
	readonly say: (message: FromIndex) => void;
	/** Resolves after so many milliseconds; 0: when messages that came meanwhile were received. */
	readonly pause: (milliseconds: number) => Promise<void>;
	/** Milliseconds on a clock that never goes back. */
	readonly now: () => number;
}

/** Milliseconds of work after which the thread rests as long: the editor's processes go first. */
const WORK = 25;
/** Milliseconds between two messages about progress. */
const REPORT_EVERY = 250;
/** Milliseconds that a search waits for the first build; then it answers with what there is. */
const LONGEST_WAIT = 10_000;
/** Milliseconds until everything is listed again for files that are not known: a build makes many. */
const LIST_AGAIN = 5_000;
/** Milliseconds between two writes of the index. */
const SAVE_EVERY = 5 * 60_000;

export class Keeper {
	private scope: Scope | undefined;
	private refreshing: { readonly done: Promise<void>; readonly end: AbortController } | undefined;
	/** Whether everything was looked at once. */
	private isBuilt = false;
	private readonly built: Promise<void>;
	private onBuilt: () => void = () => undefined;
	private loaded: Promise<void> | undefined;
	private isListingSoon = false;
	private savedAt = Number.NEGATIVE_INFINITY;
	private readonly searches = new Map<number, AbortController>();
	private last: Promise<void> = Promise.resolve();

	constructor(private readonly options: KeeperOptions) {
		this.built = new Promise((resolve) => {
			this.onBuilt = resolve;
		});
	}

	receive(message: Exclude<ToIndex, { type: 'embedded' }>): void {
		switch (message.type) {
			case 'scope':
				this.scope = message.scope;
				this.refresh();
				break;
			case 'changed':
				this.last = this.last.then(() => this.touch(message.files));
				break;
			case 'search':
				void this.search(message);
				break;
			case 'cancel':
				this.searches.get(message.id)?.abort();
				break;
		}
	}

	/** Begins anew where it is under way: what was read already is not read again. */
	private refresh(): void {
		const { scope, refreshing } = this;
		if (scope === undefined) {
			return;
		}
		refreshing?.end.abort();
		const end = new AbortController();
		const done = (refreshing?.done ?? Promise.resolve()).then(() => this.build(scope, end.signal));
		this.refreshing = { done, end };
	}

	private async build(scope: Scope, signal: AbortSignal): Promise<void> {
		const { index, say, now } = this.options;
		try {
			this.loaded ??= index.load();
			await this.loaded;
			let reported = now();
			let rested = now();
			await index.refresh(
				scope,
				(progress) => {
					if (now() - reported >= REPORT_EVERY || progress.done === progress.all) {
						reported = now();
						say({ type: 'state', state: { type: 'building', progress } });
					}
				},
				async () => {
					const worked = now() - rested;
					if (worked >= WORK) {
						await this.options.pause(this.searches.size > 0 ? 0 : worked);
						rested = now();
					}
				},
				signal,
			);
			this.isBuilt = true;
			this.onBuilt();
			this.tell();
			await this.save(true);
			void this.embed(signal);
		} catch (error) {
			if (!isAbort(error)) {
				say({ type: 'problem', message: `The workspace could not be indexed: ${messageOf(error)}` });
			}
		}
	}

	/** Goes on where the last time ended; the next refresh ends it. Searches do not wait for it. */
	private async embed(signal: AbortSignal): Promise<void> {
		const { index, say, now } = this.options;
		try {
			let rested = now();
			await index.embedMissing(async () => {
				await this.options.pause(now() - rested);
				rested = now();
				await this.save(false);
			}, signal);
			await this.save(true);
		} catch (error) {
			if (!isAbort(error)) {
				say({ type: 'problem', message: `The workspace could not be embedded: ${messageOf(error)}` });
			}
		}
	}

	private async touch(files: readonly string[]): Promise<void> {
		await this.refreshing?.done;
		try {
			if (await this.options.index.touch(files, new AbortController().signal)) {
				this.tell();
				await this.save(false);
			} else if (!this.isListingSoon) {
				this.isListingSoon = true;
				void this.options.pause(LIST_AGAIN).then(() => {
					this.isListingSoon = false;
					this.refresh();
				});
			}
		} catch (error) {
			this.options.say({ type: 'problem', message: `Changed files could not be read: ${messageOf(error)}` });
		}
	}

	private async search({ id, question, count }: Extract<ToIndex, { type: 'search' }>): Promise<void> {
		const { index, say } = this.options;
		const end = new AbortController();
		this.searches.set(id, end);
		try {
			if (!this.isBuilt) {
				await Promise.race([this.built, this.options.pause(LONGEST_WAIT), aborted(end.signal)]);
			}
			const chunks = await index.search(question, count, end.signal);
			say({ type: 'found', id, chunks, isPartial: !this.isBuilt });
		} catch (error) {
			say({ type: 'failed', id, message: messageOf(error) });
		} finally {
			this.searches.delete(id);
		}
	}

	private tell(): void {
		const { figures, problems } = this.options.index;
		this.options.say({ type: 'state', state: { type: 'ready', figures, problems } });
	}

	/** What is lost in between costs the time to read some files again. */
	private async save(isDue: boolean): Promise<void> {
		const { index, say, now } = this.options;
		if (isDue || now() - this.savedAt >= SAVE_EVERY) {
			this.savedAt = now();
			try {
				await index.save();
			} catch (error) {
				say({ type: 'problem', message: `The index of the workspace cannot be kept: ${messageOf(error)}` });
			}
		}
	}
}

function aborted(signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
