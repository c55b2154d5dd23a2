/** Counts what becomes of suggestions: how fast they came, whether they were seen, taken, and left standing. */

import { isAbort } from '../../inference/cancel';
import type { Log } from '../../inference/model';
import type { AnsweredRequest, CompletionWatcher, Delivered, TextChange } from '../answered';
import type { Clock } from '../clock';
import type { StatisticsBook } from './book';
import { binOf } from './latency';
import type { Group } from './ledger';
import { isText, Suggestion } from './suggestion';
import { Survival } from './survival';

/** Milliseconds for which a suggestion must stand before it counts as shown: an estimate of "was read". */
const SEEN_AFTER = 750;

interface RecorderOptions {
	readonly book: StatisticsBook;
	readonly clock: Clock;
	readonly log: Log;
	/** The model and the adapters that write, by their names. */
	origin(): Pick<Group, 'model' | 'adapter' | 'adapterId'>;
	/** Whether the document, its version and the one cursor in it are still those of the request. */
	isStillAt(request: AnsweredRequest): boolean;
	/** The text of an open document; undefined once it is closed. */
	textOf(uri: string): string | undefined;
}

export class StatisticsRecorder implements CompletionWatcher {
	private readonly survival: Survival;
	private current: Suggestion | undefined;
	private waiting: AbortController | undefined;

	constructor(private readonly options: RecorderOptions) {
		this.survival = new Survival(options);
	}

	answered(request: AnsweredRequest): void {
		if (!request.isDelivered || !isText(request)) {
			return;
		}
		const { book } = this.options;
		const group = this.groupOf(request);
		const { source, milliseconds, statistics } = request.outcome;
		book.add(group, `latency.${source}.${binOf(milliseconds)}`);
		if (statistics !== undefined) {
			book.add(group, 'promptTokens', statistics.promptTokens);
			book.add(group, 'reusedTokens', statistics.reusedTokens);
		}
		if (this.current?.continues(request) !== true) {
			this.current = new Suggestion(group, request);
		}
		this.awaitSeen(request, this.current);
	}

	accepted(request: AnsweredRequest): void {
		if (!isText(request)) {
			return;
		}
		const { book } = this.options;
		const suggestion =
			this.current?.includes(request) === true
				? this.current
				: new Suggestion(this.groupOf(request), request);
		const { group } = suggestion;
		this.seen(suggestion);
		if (!suggestion.isTakenInPart) {
			this.taken(suggestion);
		}
		book.add(group, 'accepted');
		book.add(group, 'acceptedCharacters', suggestion.left);
		this.survival.track({
			uri: request.uri,
			offset: request.offset,
			text: request.outcome.text,
			onLook: (seconds, isThere) => {
				book.add(group, `checked.${seconds}`);
				if (isThere) {
					book.add(group, `kept.${seconds}`);
				}
			},
		});
		this.drop();
	}

	/** Every change of an open document, one event at a time. */
	changed(uri: string, changes: readonly TextChange[]): void {
		this.survival.changed(uri, changes);
		const { current } = this;
		if (current === undefined || changes.length === 0 || !current.isIn(uri)) {
			return;
		}
		const taken = current.hears(changes);
		if (typeof taken === 'number') {
			this.seen(current);
			if (!current.isTakenInPart) {
				current.isTakenInPart = true;
				this.taken(current);
				this.options.book.add(current.group, 'acceptedInPart');
			}
			this.options.book.add(current.group, 'acceptedCharacters', taken);
		}
	}

	closed(uri: string): void {
		this.survival.closed(uri);
	}

	/** Follows nothing any more of what was suggested so far. */
	forget(): void {
		this.drop();
		this.survival.end();
	}

	private groupOf({ languageId }: AnsweredRequest): Omit<Group, 'day'> {
		return { ...this.options.origin(), language: languageId };
	}

	private awaitSeen(request: Delivered, suggestion: Suggestion): void {
		this.waiting?.abort();
		const waiting = new AbortController();
		this.waiting = waiting;
		this.options.clock.sleep(SEEN_AFTER, waiting.signal).then(
			() => {
				if (this.options.isStillAt(request)) {
					this.seen(suggestion);
				}
			},
			(error: unknown) => {
				if (!isAbort(error)) {
					this.options.log.error('A shown completion could not be counted', error);
				}
			},
		);
	}

	private seen(suggestion: Suggestion): void {
		if (!suggestion.isShown) {
			suggestion.isShown = true;
			this.options.book.add(suggestion.group, 'shown');
			if (suggestion.kind !== undefined) {
				this.options.book.add(suggestion.group, `seen.${suggestion.kind}`);
			}
		}
	}

	private taken({ group, kind }: Suggestion): void {
		if (kind !== undefined) {
			this.options.book.add(group, `taken.${kind}`);
		}
	}

	private drop(): void {
		this.waiting?.abort();
		this.current = undefined;
	}
}
