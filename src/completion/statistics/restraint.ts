/** Which kinds of suggestions somebody keeps refusing: those appear less often, until they are taken again or time passes. */

import type { Log } from '../../inference/model';
import type { Clock } from '../clock';
import { KINDS, type Kind } from '../kind';
import type { StatisticsBook } from './book';
import { countOf, type Entry, type Group } from './ledger';

/** Days after which what was counted says half as much. */
const HALF_LIFE = 7;
/** Suggestions of a kind that must have been seen before anything is concluded from them. */
const LEAST_SEEN = 20;
/** Share of those that must have been taken, at least in part; below it, suggestions are held back. */
const LEAST_TAKEN = 0.05;
/** One in so many is made all the same, so that what is wanted again can show it. */
const ONE_IN = 4;
/** Milliseconds between two looks at the statistics. */
const REFRESH = 60_000;

const DAY = 24 * 60 * 60 * 1_000;

interface RestraintOptions {
	readonly book: Pick<StatisticsBook, 'read'>;
	readonly clock: Pick<Clock, 'now'>;
	readonly log: Log;
	/** The model and the adapters that write: what was refused of others says nothing of these. */
	origin(): Pick<Group, 'model' | 'adapter'>;
	date(): Date;
}

export class Restraint {
	/** Kinds with their language and their author that are refused. */
	private refused: ReadonlySet<string> = new Set();
	private readonly heldBack = new Map<string, number>();
	private readAt = Number.NEGATIVE_INFINITY;

	constructor(private readonly options: RestraintOptions) {}

	/** Whether this suggestion is one too many of its kind. Answers at once, by what was known a minute ago. */
	isUnwanted(languageId: string, kind: Kind): boolean {
		this.refresh();
		const name = nameOf({ ...this.options.origin(), language: languageId }, kind);
		if (!this.refused.has(name)) {
			return false;
		}
		const before = this.heldBack.get(name) ?? 0;
		this.heldBack.set(name, before + 1);
		return before % ONE_IN !== ONE_IN - 1;
	}

	/** The statistics were reset. */
	forget(): void {
		this.refused = new Set();
		this.readAt = Number.NEGATIVE_INFINITY;
	}

	private refresh(): void {
		const { book, clock, log, date } = this.options;
		if (clock.now() - this.readAt < REFRESH) {
			return;
		}
		const readAt = clock.now();
		this.readAt = readAt;
		book.read().then(
			(entries) => {
				// Unless they were reset meanwhile.
				if (this.readAt === readAt) {
					this.refused = refusedIn(entries, date());
				}
			},
			(error: unknown) => log.error('The completion statistics could not be read', error),
		);
	}
}

function nameOf({ language, model, adapter }: Omit<Group, 'day'>, kind: Kind): string {
	return JSON.stringify([language, kind, model, adapter]);
}

/** The kinds whose share of taken suggestions is too low, where the newest days count most. */
function refusedIn(entries: readonly Entry[], today: Date): ReadonlySet<string> {
	const sums = new Map<string, { seen: number; taken: number }>();
	for (const entry of entries) {
		const { day, counts } = entry;
		const age = Math.max(0, Math.round((today.getTime() - new Date(`${day}T12:00`).getTime()) / DAY));
		const weight = 0.5 ** (age / HALF_LIFE);
		for (const kind of KINDS) {
			const name = nameOf(entry, kind);
			const sum = sums.get(name) ?? { seen: 0, taken: 0 };
			sum.seen += weight * countOf(counts, `seen.${kind}`);
			sum.taken += weight * countOf(counts, `taken.${kind}`);
			sums.set(name, sum);
		}
	}
	return new Set(
		[...sums]
			.filter(([, { seen, taken }]) => seen >= LEAST_SEEN && taken < seen * LEAST_TAKEN)
			.map(([name]) => name),
	);
}
