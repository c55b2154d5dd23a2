/** What became of completions: counted for the statistics, kept in memory for the inspector. */

import * as path from 'node:path';
import type { Log, Model } from '../inference/model';
import type { AnsweredRequest, CompletionWatcher, TextChange } from './answered';
import { systemClock } from './clock';
import { Inspector } from './inspector/inspector';
import type { Kind } from './kind';
import { StatisticsBook } from './statistics/book';
import { type AdapterCounts, countsByAdapter } from './statistics/byAdapter';
import { StatisticsRecorder } from './statistics/recorder';
import { Restraint } from './statistics/restraint';
import { StatisticsStore } from './statistics/store';

/** An adapter that writes. */
export interface AdapterInUse {
	readonly name: string;
	/** The same for the same content, whatever it is called. */
	readonly id: string;
}

interface CompletionInsightOptions {
	/** Absolute path of the folder for everything Familiar keeps. */
	readonly storage: string;
	readonly model: Pick<Model, 'state'>;
	readonly log: Log;
	/** The adapters in use. */
	adapters(): readonly AdapterInUse[];
	/** Whether the document, its version and the one cursor in it are still those of the request. */
	isStillAt(request: AnsweredRequest): boolean;
	/** The text of an open document; undefined once it is closed. */
	textOf(uri: string): string | undefined;
}

export class CompletionInsight implements CompletionWatcher {
	readonly book: StatisticsBook;
	readonly inspector = new Inspector();
	private readonly recorder: StatisticsRecorder;
	private readonly restraint: Restraint;

	constructor(private readonly options: CompletionInsightOptions) {
		const { storage, model, log, adapters } = options;
		const date = () => new Date();
		const store = new StatisticsStore(path.join(storage, 'completion-statistics.json'), date);
		this.book = new StatisticsBook({ store, clock: systemClock, log, date });
		const origin = () => ({
			model: model.state.type === 'ready' ? model.state.model.name : '',
			adapter: namesOf(adapters()).join(' + '),
		});
		const exactOrigin = () => {
			const inUse = adapters();
			const ids = inUse.length === 0 ? {} : { adapterId: inUse.map(({ id }) => id).join('+') };
			return { ...origin(), ...ids };
		};
		this.restraint = new Restraint({ book: this.book, clock: systemClock, log, origin, date });
		this.recorder = new StatisticsRecorder({
			book: this.book,
			clock: systemClock,
			log,
			origin: exactOrigin,
			isStillAt: (request) => options.isStillAt(request),
			textOf: (uri) => options.textOf(uri),
		});
	}

	/** Whether suggestions of a kind are refused so often that this one is not made. */
	isUnwanted(languageId: string, kind: Kind): boolean {
		return this.restraint.isUnwanted(languageId, kind);
	}

	answered(request: AnsweredRequest): void {
		this.recorder.answered(request);
		this.inspector.answered(request, namesOf(this.options.adapters()));
	}

	accepted(request: AnsweredRequest): void {
		this.recorder.accepted(request);
		this.inspector.accepted(request);
	}

	changed(uri: string, changes: readonly TextChange[]): void {
		this.recorder.changed(uri, changes);
	}

	closed(uri: string): void {
		this.recorder.closed(uri);
	}

	/** What became of the suggestions of each adapter, in all windows. */
	async byAdapter(): Promise<readonly AdapterCounts[]> {
		return countsByAdapter(await this.book.read());
	}

	/** Forgets what is in memory; what is on disk is deleted by others. */
	forget(): void {
		this.recorder.forget();
		this.restraint.forget();
		this.book.forget();
		this.inspector.forget();
	}

	/**
	 * Forgets the statistics of all windows and days; the inspector keeps its requests.
	 *
	 * @throws the error of the disk, or that another window holds the file.
	 */
	async reset(): Promise<void> {
		this.recorder.forget();
		await this.book.reset();
		this.restraint.forget();
	}

	/** Puts on disk what is not there yet, and follows nothing any more. */
	async close(): Promise<void> {
		this.recorder.forget();
		await this.book.close();
	}
}

function namesOf(adapters: readonly AdapterInUse[]): readonly string[] {
	return adapters.map(({ name }) => name);
}
