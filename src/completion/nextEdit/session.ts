/** What happens in the editor → the next edit that is on screen: when it comes, how long it stays, what ends it. */

import { abortError, isAbort } from '../../inference/cancel';
import type { Log } from '../../inference/model';
import type { TextChange } from '../answered';
import type { Clock } from '../clock';
import type { EditedDocument, NextEdit } from './find';
import { endOfLine, startOfLine } from './lines';
import { EditLog } from './log';

/** Milliseconds without a keystroke after which an edit is looked at. */
export const SETTLED = 350;
/** The same for the model, which costs more than a look: the edit is finished, and no more comes. */
export const FINISHED = 900;
/** Documents whose edits are remembered. */
const DOCUMENTS = 4;

/** `typed`: by hand. `ours`: a proposal that was taken over. `other`: everything that is no evidence. */
export type ChangeKind = 'typed' | 'ours' | 'other';

export interface NextEditSessionOptions {
	readonly clock: Clock;
	readonly log: Log;
	/** Hears what is to be seen now; undefined: nothing. */
	readonly show: (next: ShownEdit | undefined) => void;
	/** Writes the next edit where no rule finds one. Default: nothing does. */
	readonly write?: (
		uri: string,
		document: EditedDocument,
		signal: AbortSignal,
	) => Promise<NextEdit | undefined>;
}

export interface ShownEdit {
	readonly uri: string;
	readonly edit: NextEdit;
}

interface Followed {
	readonly log: EditLog;
	readonly languageId: string;
}

export class NextEditSession {
	private readonly documents = new Map<string, Followed>();
	private shown: ShownEdit | undefined;
	private search: { readonly uri: string; readonly abort: AbortController } | undefined;

	constructor(private readonly options: NextEditSessionOptions) {}

	get current(): ShownEdit | undefined {
		return this.shown;
	}

	/** @param text the whole text, with its own line ends. */
	follow(uri: string, languageId: string, text: string): void {
		this.documents.delete(uri);
		this.documents.set(uri, { log: new EditLog(text), languageId });
		for (const oldest of [...this.documents.keys()].slice(0, -DOCUMENTS)) {
			this.documents.delete(oldest);
		}
	}

	follows(uri: string): boolean {
		return this.documents.has(uri);
	}

	forget(uri: string): void {
		this.documents.delete(uri);
		if (this.shown?.uri === uri || this.search?.uri === uri) {
			this.hide();
		}
	}

	changed(uri: string, changes: readonly TextChange[], kind: ChangeKind): void {
		const followed = this.documents.get(uri);
		if (followed === undefined) {
			return;
		}
		this.hide();
		if (kind === 'other') {
			followed.log.replace(changes);
			return;
		}
		followed.log.type(changes, kind === 'ours');
		this.find(uri, followed, kind === 'ours' ? 0 : SETTLED).catch((error: unknown) => {
			if (!isAbort(error)) {
				this.options.log.error('The next edit could not be found', error);
			}
		});
	}

	/** What was typed last is no evidence after all: a completion that was taken over. */
	discard(uri: string): void {
		this.hide();
		this.documents.get(uri)?.log.drop();
	}

	/** The cursor moved. What is shown, or looked for, stays while it is where the edit was or the next one is. */
	moved(uri: string, offset: number): void {
		const log = this.documents.get(uri)?.log;
		const [latest] = log?.edits ?? [];
		if (log === undefined || latest === undefined) {
			this.hide();
			return;
		}
		const isAt = (from: number, to: number) =>
			offset >= startOfLine(log.text, from) && offset <= endOfLine(log.text, to);
		const next = this.shown?.uri === uri ? this.shown.edit : undefined;
		const isThere = next !== undefined && isAt(next.start, next.end);
		const isElsewhere = this.shown !== undefined && next === undefined;
		if (isElsewhere || !(isThere || isAt(latest.offset, latest.offset + latest.inserted.length))) {
			this.hide();
		}
	}

	/** Ends what is shown and what is looked for; it comes back with another edit only. */
	hide(): void {
		this.search?.abort.abort(abortError());
		this.search = undefined;
		if (this.shown !== undefined) {
			this.shown = undefined;
			this.options.show(undefined);
		}
	}

	dispose(): void {
		this.hide();
		this.documents.clear();
	}

	private async find(uri: string, { log, languageId }: Followed, wait: number): Promise<void> {
		const abort = new AbortController();
		const { signal } = abort;
		this.search = { uri, abort };
		const { clock, write } = this.options;
		if (wait > 0) {
			await clock.sleep(wait, signal);
		}
		// Read when it is first needed: nobody edits while the editor starts.
		const { findNextEdit } = await import('./find');
		const document = { text: log.text, languageId, edits: log.edits };
		let edit = await findNextEdit(document, signal);
		if (edit === undefined && write !== undefined && !signal.aborted) {
			if (wait > 0) {
				await clock.sleep(FINISHED - wait, signal);
			}
			edit = await write(uri, document, signal);
		}
		if (edit === undefined || signal.aborted) {
			return;
		}
		this.shown = { uri, edit };
		this.options.show(this.shown);
	}
}
