/** What was counted: named numbers by day, language, model and adapter. Adding two of them is all that merging takes. */

import { isRecord } from '../../inference/record';
import { type Check, count, list, object, optional, shortString } from '../../inference/wire/shapes';
import { KINDS, type Kind } from '../kind';
import type { Source } from '../outcome';
import { BINS } from './latency';

/** Seconds after which it is looked whether an accepted text is still there. */
export const SURVIVAL_SECONDS = [30, 120, 300] as const;
export type SurvivalSeconds = (typeof SURVIVAL_SECONDS)[number];

export const SOURCES: readonly Source[] = ['ahead', 'cache', 'flight', 'model'];

/**
 * Names of the numbers. `checked`: looked for; `kept`: found. `latency`: answers whose time falls into a bin. `seen` and
 * `taken`: shown without being asked for, and of those accepted, at least in part.
 */
export type Counter =
	| 'shown'
	| 'accepted'
	| 'acceptedInPart'
	| 'acceptedCharacters'
	| 'promptTokens'
	| 'reusedTokens'
	| `checked.${SurvivalSeconds}`
	| `kept.${SurvivalSeconds}`
	| `seen.${Kind}`
	| `taken.${Kind}`
	| `latency.${Source}.${number}`;

const counters: ReadonlySet<string> = new Set<Counter>([
	'shown',
	'accepted',
	'acceptedInPart',
	'acceptedCharacters',
	'promptTokens',
	'reusedTokens',
	...SURVIVAL_SECONDS.flatMap((seconds) => [`checked.${seconds}`, `kept.${seconds}`] as const),
	...KINDS.flatMap((kind) => [`seen.${kind}`, `taken.${kind}`] as const),
	...SOURCES.flatMap((source) =>
		Array.from({ length: BINS }, (_, bin) => `latency.${source}.${bin}` as const),
	),
]);

/** What a number is about. */
export interface Group {
	/** Of the calendar of this machine, `2026-11-21`. */
	readonly day: string;
	/** VS Code's id. */
	readonly language: string;
	/** Its name, never its path. */
	readonly model: string;
	/** Names of those in use; empty for the model alone. */
	readonly adapter: string;
	/**
	 * Identities of the same, joined by `+`: two adapters may have one name. Undefined for the model alone, and in what
	 * earlier versions counted; theirs is read as it is, and what is written they still read.
	 */
	readonly adapterId?: string | undefined;
}

export type Counts = Readonly<Record<string, number>>;

export interface Entry extends Group {
	/** By `Counter`; what is not there is 0. */
	readonly counts: Counts;
}

/** Most entries that are kept, the newest, and read: 90 days of a hundred groups each. */
const MAX_ENTRIES = 9_000;
/** Days that are kept. */
export const KEPT_DAYS = 90;

/** A number of an entry or of a sum. */
export function countOf(counts: Counts, counter: Counter): number {
	return counts[counter] ?? 0;
}

/** How many answers of some sources fell into each bin of time. */
export function binsOf(counts: Counts, sources: readonly Source[]): readonly number[] {
	return Array.from({ length: BINS }, (_, bin) =>
		sources.reduce((sum, source) => sum + countOf(counts, `latency.${source}.${bin}`), 0),
	);
}

export function addCounts(one: Counts, other: Counts): Counts {
	const sum: Record<string, number> = { ...one };
	for (const [name, value] of Object.entries(other)) {
		sum[name] = (sum[name] ?? 0) + value;
	}
	return sum;
}

/** Adds what both say about the same group; the oldest day first. */
export function merge(one: readonly Entry[], other: readonly Entry[]): readonly Entry[] {
	const merged = new Map<string, Entry>();
	for (const entry of [...one, ...other]) {
		const key = JSON.stringify([entry.day, entry.language, entry.model, entry.adapter, entry.adapterId]);
		const before = merged.get(key);
		merged.set(
			key,
			before === undefined ? entry : { ...entry, counts: addCounts(before.counts, entry.counts) },
		);
	}
	return [...merged.values()].sort((a, b) => a.day.localeCompare(b.day));
}

/** Without the days before the last 90, and without the oldest groups where there are too many to be read again. */
export function prune(entries: readonly Entry[], today: Date): readonly Entry[] {
	const first = dayOf(daysBefore(today, KEPT_DAYS - 1));
	return entries.filter(({ day }) => day >= first).slice(-MAX_ENTRIES);
}

/** Noon, so that an hour more or less of summer time does not change the day. */
export function daysBefore(date: Date, days: number): Date {
	return new Date(date.getFullYear(), date.getMonth(), date.getDate() - days, 12);
}

/** The day in the calendar of this machine. */
export function dayOf(date: Date): string {
	const two = (value: number) => String(value).padStart(2, '0');
	return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function counts(value: unknown): value is Counts {
	return (
		isRecord(value) && Object.entries(value).every(([name, amount]) => counters.has(name) && count(amount))
	);
}

function day(value: unknown): value is string {
	return typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value);
}

export const isEntries: Check<readonly Entry[]> = list(
	object<Entry>({
		day,
		language: shortString,
		model: shortString,
		adapter: shortString,
		adapterId: optional(shortString),
		counts,
	}),
	MAX_ENTRIES,
);
