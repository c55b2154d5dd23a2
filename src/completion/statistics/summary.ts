/** What was counted, as the page shows it: sums, shares and percentiles of the last thirty days. */

import type { Translate } from '../../inference/statusText';
import { percentile } from './latency';
import {
	addCounts,
	binsOf,
	type Counts,
	countOf,
	dayOf,
	daysBefore,
	type Entry,
	SOURCES,
	SURVIVAL_SECONDS,
} from './ledger';
import { CHART_DAYS, type Days, type Figure, MAX_ROWS, type PageState, type Table } from './protocol';

/** What stands where there is nothing to divide by. */
const NONE = '–';
/** Letters of an adapter's identity that tell it from another of its name. */
const ID_LETTERS = 8;

interface SummaryOptions {
	readonly today: Date;
	/** A day as it is read below the chart, `21 Nov` for example. */
	labelOf(day: Date): string;
	/** What a language is called, by its identifier. */
	nameOf(id: string): string;
	readonly translate: Translate;
}

export function summary(entries: readonly Entry[], options: SummaryOptions): PageState {
	const { today, nameOf, translate } = options;
	const first = dayOf(daysBefore(today, CHART_DAYS - 1));
	const recent = entries.filter(({ day }) => day >= first);
	const all = sum(recent);
	const noAdapter = translate('none');
	return {
		isEmpty: recent.length === 0,
		figures: figures(all, translate),
		days: days(recent, options),
		tables: [
			latencyTable(all, translate),
			groupTable(translate('By language'), recent, ({ language }) => nameOf(language), translate),
			groupTable(translate('By model'), recent, ({ model }) => model, translate),
			groupTable(translate('By adapter'), recent, adapterNames(recent, noAdapter), translate),
		],
	};
}

/** Two adapters of one name are told apart by the beginning of their identities. */
function adapterNames(entries: readonly Entry[], none: string): (entry: Entry) => string {
	const ids = new Map<string, Set<string>>();
	for (const { adapter, adapterId = '' } of entries) {
		ids.set(adapter, (ids.get(adapter) ?? new Set()).add(adapterId));
	}
	return ({ adapter, adapterId = '' }) => {
		const isShared = (ids.get(adapter)?.size ?? 0) > 1 && adapterId !== '';
		return adapter === '' ? none : isShared ? `${adapter} (${adapterId.slice(0, ID_LETTERS)})` : adapter;
	};
}

function sum(entries: readonly Entry[]): Counts {
	return entries.reduce<Counts>((counts, entry) => addCounts(counts, entry.counts), {});
}

function figures(all: Counts, translate: Translate): readonly Figure[] {
	const [soon, later, last] = SURVIVAL_SECONDS;
	const survival = (label: string, seconds: (typeof SURVIVAL_SECONDS)[number]): Figure => ({
		label,
		value: share(countOf(all, `kept.${seconds}`), countOf(all, `checked.${seconds}`)),
		detail: translate(
			'{0} of {1} accepted as a whole',
			formatCount(countOf(all, `kept.${seconds}`)),
			formatCount(countOf(all, `checked.${seconds}`)),
		),
	});
	return [
		{
			label: translate('Shown (estimate)'),
			value: formatCount(countOf(all, 'shown')),
			detail: translate('visible for at least 750 ms with the cursor at rest'),
		},
		{
			label: translate('Accepted'),
			value: formatCount(countOf(all, 'accepted')),
			detail: translate('{0} of those shown', share(countOf(all, 'accepted'), countOf(all, 'shown'))),
		},
		{
			label: translate('Accepted in part (estimate)'),
			value: formatCount(countOf(all, 'acceptedInPart')),
			detail: translate('by word or by line; inferred from edits'),
		},
		{
			label: translate('Characters accepted'),
			value: formatCount(countOf(all, 'acceptedCharacters')),
			detail: translate('what you did not type'),
		},
		survival(translate('Unchanged after 30 seconds'), soon),
		survival(translate('Unchanged after 2 minutes'), later),
		survival(translate('Unchanged after 5 minutes'), last),
		{
			label: translate('Prompt reused'),
			value: share(countOf(all, 'reusedTokens'), countOf(all, 'promptTokens')),
			detail: translate(
				'of {0} tokens, as far as the model reported it',
				formatCount(countOf(all, 'promptTokens')),
			),
		},
	];
}

function days(entries: readonly Entry[], { today, labelOf }: SummaryOptions): Days {
	const all = Array.from({ length: CHART_DAYS }, (_, index) => daysBefore(today, CHART_DAYS - 1 - index));
	const sums = all.map((date) => sum(entries.filter(({ day }) => day === dayOf(date))));
	return {
		labels: all.map(labelOf),
		shown: sums.map((counts) => countOf(counts, 'shown')),
		accepted: sums.map((counts) => countOf(counts, 'accepted')),
	};
}

function latencyTable(all: Counts, translate: Translate): Table {
	const names = {
		ahead: translate('Typed along a known text'),
		cache: translate('Known at this place'),
		flight: translate('Joined a running generation'),
		model: translate('Asked the model'),
	} as const;
	const row = (name: string, bins: readonly number[]) => [
		name,
		formatCount(bins.reduce((total, amount) => total + amount, 0)),
		formatTime(percentile(bins, 0.5)),
		formatTime(percentile(bins, 0.95)),
	];
	return {
		title: translate('Time to an answer'),
		heads: [translate('Source'), translate('Answers'), translate('Median'), translate('95 % within')],
		rows: [
			...SOURCES.map((source) => row(names[source], binsOf(all, [source]))),
			row(translate('All'), binsOf(all, SOURCES)),
		],
	};
}

/** One row for each name, the most shown first. */
function groupTable(
	title: string,
	entries: readonly Entry[],
	nameOf: (entry: Entry) => string,
	translate: Translate,
): Table {
	const groups = new Map<string, Counts>();
	for (const entry of entries) {
		const name = nameOf(entry);
		groups.set(name, addCounts(groups.get(name) ?? {}, entry.counts));
	}
	const [, , last] = SURVIVAL_SECONDS;
	const rows = [...groups]
		.sort(([, one], [, other]) => countOf(other, 'shown') - countOf(one, 'shown'))
		.slice(0, MAX_ROWS)
		.map(([name, counts]) => {
			const bins = binsOf(counts, SOURCES);
			return [
				name,
				formatCount(countOf(counts, 'shown')),
				formatCount(countOf(counts, 'accepted')),
				share(countOf(counts, 'accepted'), countOf(counts, 'shown')),
				formatCount(countOf(counts, 'acceptedCharacters')),
				share(countOf(counts, `kept.${last}`), countOf(counts, `checked.${last}`)),
				share(countOf(counts, 'reusedTokens'), countOf(counts, 'promptTokens')),
				formatTime(percentile(bins, 0.5)),
				formatTime(percentile(bins, 0.95)),
			];
		});
	return {
		title,
		heads: [
			'',
			translate('Shown'),
			translate('Accepted'),
			translate('Share'),
			translate('Characters'),
			translate('After 5 min'),
			translate('Prompt reused'),
			translate('Median'),
			translate('95 % within'),
		],
		rows,
	};
}

/** Thousands apart: `1,234`. */
function formatCount(count: number): string {
	return count.toLocaleString('en-US');
}

function share(part: number, whole: number): string {
	return whole === 0 ? NONE : `${Math.round((100 * part) / whole)} %`;
}

/** A percentile is right to within a tenth: two digits are all that is known. */
function formatTime(milliseconds: number | undefined): string {
	if (milliseconds === undefined) {
		return NONE;
	}
	if (milliseconds < 1) {
		return '< 1 ms';
	}
	const rounded = Number(milliseconds.toPrecision(2));
	return rounded < 1_000 ? `${rounded} ms` : `${rounded / 1_000} s`;
}
