/** Adapters beside each other: the same rows for all, where they differ, and whether their figures may be compared. */

import type { Translate } from '../../inference/statusText';
import type { AcceptanceCounts } from './acceptance';
import { acceptanceOf, shareOf } from './acceptance';
import { measuresOf, percent, withInterval } from './figures';
import { judgedSentence } from './judged';
import type { ComparedRow, ComparisonContent } from './protocol';
import type { AdapterRecord } from './record';
import { costRows, dataRows, settingsRows, versionRows } from './tables';

/** What stands where an adapter has no such figure. */
const NONE = '–';
/** Most adapters beside each other: more columns nobody reads. */
export const MOST_COMPARED = 6;

interface Row {
	readonly label: string;
	readonly value: string;
}

/** @param counts Of the statistics; empty where nobody asked. */
export function comparisonContent(
	records: readonly AdapterRecord[],
	counts: readonly AcceptanceCounts[],
	dateOf: (at: number) => string,
	translate: Translate,
): ComparisonContent {
	const section = (title: string, rowsOf: (record: AdapterRecord) => readonly Row[]) => ({
		title,
		rows: aligned(records.map(rowsOf)),
	});
	const sections = [
		section(translate('Verdict'), (record) => verdictRows(record, translate)),
		section(translate('Adapter minus base'), (record) => measureRows(record, translate)),
		section(translate('Completions accepted'), (record) => acceptanceRows(record, counts, translate)),
		section(translate('Data'), (record) => dataRows(record, [], dateOf, translate)),
		section(translate('Settings'), (record) => settingsRows(record, translate)),
		section(translate('Cost'), (record) => costRows(record, translate)),
		section(translate('Versions'), (record) => [
			{ label: translate('Made'), value: dateOf(record.created) },
			...versionRows(record, translate),
		]),
	];
	return {
		title: translate('Fine-tunes compared'),
		warning: warningOf(records, translate),
		names: records.map(({ name }) => name),
		sections: sections.filter(({ rows }) => rows.length > 0),
	};
}

/** Undefined where all were judged at the same places against the same base. */
function warningOf(records: readonly AdapterRecord[], translate: Translate): string | undefined {
	const judged = records.filter(({ judgement }) => judgement !== undefined);
	if (judged.length < records.length) {
		return translate('Not all of them were judged: only figures of those that were can be compared.');
	}
	if (new Set(records.map(({ base }) => base.fingerprint ?? base.name)).size > 1) {
		return translate(
			'They were trained for different base models: each figure is against its own base, and they cannot be compared.',
		);
	}
	const tests = new Set(judged.map(({ data }) => data?.test));
	if (tests.has(undefined)) {
		return translate('Whether they were judged at the same places is not known: compare figures with care.');
	}
	return tests.size > 1
		? translate('They were judged at different places: their figures cannot be compared.')
		: undefined;
}

function verdictRows({ judgement, notes }: AdapterRecord, translate: Translate): readonly Row[] {
	return [
		...(judgement === undefined
			? []
			: [{ label: translate('Verdict'), value: judgedSentence(judgement, translate) }]),
		...(notes === '' ? [] : [{ label: translate('Notes'), value: notes }]),
	];
}

function measureRows({ judgement }: AdapterRecord, translate: Translate): readonly Row[] {
	return judgement === undefined
		? []
		: measuresOf(judgement, translate).map(({ label, compared, difference }) => ({
				label,
				value: withInterval(compared.difference, difference, translate),
			}));
}

function acceptanceRows(
	{ adapter }: AdapterRecord,
	counts: readonly AcceptanceCounts[],
	translate: Translate,
): readonly Row[] {
	const { adapter: own } = acceptanceOf(counts, adapter.replace(/\.gguf$/, ''), undefined);
	return own.shown === 0
		? []
		: [{ label: translate('Accepted of those shown'), value: `${percent(shareOf(own))} / ${own.shown}` }];
}

/** One row for every label, in the order in which they first come. */
function aligned(tables: readonly (readonly Row[])[]): readonly ComparedRow[] {
	const labels = new Set(tables.flatMap((rows) => rows.map(({ label }) => label)));
	return [...labels].map((label) => {
		const cells = tables.map((rows) => rows.find((row) => row.label === label)?.value ?? NONE);
		return { label, cells, differs: new Set(cells).size > 1 };
	});
}

/** As a Markdown table, for the clipboard. */
export function comparisonMarkdown({ title, warning, names, sections }: ComparisonContent): string {
	const cell = (text: string) => text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>#|]/g, '\\$&');
	const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
	const parts = sections.map((section) =>
		[
			`## ${cell(section.title)}\n`,
			line(['', ...names]),
			`|${['', ...names].map(() => ' --- ').join('|')}|`,
			...section.rows.map(({ label, cells }) => line([label, ...cells])),
		].join('\n'),
	);
	return `${[`# ${cell(title)}`, ...(warning === undefined ? [] : [cell(warning)]), ...parts].join('\n\n')}\n`;
}
