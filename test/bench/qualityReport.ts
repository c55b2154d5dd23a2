/** The figures of bench:quality: ours beside llama.vscode's, each source of context beside none, and a table of all. */
import { columns, type Figure } from './harness';
import { pairedDifference } from './holesInterval';
import { difference, exact, firstLine, type HoleMarks, ratio, sideFigures, similarity } from './qualityMarks';

type Marks = readonly HoleMarks[];

/** @param ours with all sources of context. */
export function peerFigures(theirs: Marks, greedy: Marks, ours: Marks): readonly Figure[] {
	const whole = ratio(theirs, ours, exact);
	const first = ratio(theirs, ours, firstLine);
	const beside = ratio(greedy, ours, exact);
	const { exact: exactShare, similarity: likeness, valid, premature, late } = sideFigures(ours);
	return [
		{
			label: 'exact match, ours / llama.vscode',
			key: 'exact_match_ratio',
			unit: '',
			value: whole.ratio,
			aim: { type: 'at-least', value: 1.1 },
		},
		{
			label: 'its 95 % interval, from',
			key: 'exact_match_ratio_low',
			unit: '',
			value: whole.low,
			aim: { type: 'at-least', value: 1 },
		},
		{ label: 'to', key: 'exact_match_ratio_high', unit: '', value: whole.high },
		{ label: 'first line exact, ours / llama.vscode', key: 'first_line_ratio', unit: '', value: first.ratio },
		{ label: 'its 95 % interval, from', key: 'first_line_ratio_low', unit: '', value: first.low },
		{
			label: 'exact match, ours / the same, greedy',
			key: 'greedy_exact_match_ratio',
			unit: '',
			value: beside.ratio,
		},
		{ label: 'its 95 % interval, from', key: 'greedy_exact_match_ratio_low', unit: '', value: beside.low },
		{ label: 'exact match', key: 'exact_match', unit: '', value: exactShare },
		{ label: 'edit similarity', key: 'edit_similarity', unit: '', value: likeness },
		{ label: 'file parses with it', key: 'syntax_valid', unit: '', value: valid },
		{ label: 'stopped too early', key: 'premature', unit: '', value: premature },
		{ label: 'stopped too late', key: 'late', unit: '', value: late },
	];
}

/** What a source brings beside the current file alone. */
export function sourceFigures(name: string, alone: Marks, withSource: Marks): readonly Figure[] {
	return [
		['exact', exact, 'exact match'] as const,
		['similarity', similarity, 'edit similarity'] as const,
	].flatMap(([key, measure, label]) => {
		const found = difference(alone, withSource, measure);
		return [
			{ label: `${name}: ${label}, difference`, key: `${name}_${key}`, unit: '', value: found.difference },
			{ label: 'its 95 % interval, from', key: `${name}_${key}_low`, unit: '', value: found.low },
			{ label: 'to', key: `${name}_${key}_high`, unit: '', value: found.high },
		];
	});
}

/**
 * How many of the names that are missing in a hole stand in the prompt: what context brings, whatever the model makes
 * of it.
 * @param alone marks of the same holes, for their files. @param before with the current file alone.
 */
export function toldFigures(
	name: string,
	alone: Marks,
	before: readonly (number | undefined)[],
	after: readonly (number | undefined)[],
): readonly Figure[] {
	const pairs = alone.flatMap(({ cluster }, index) => {
		const [one, other] = [before[index], after[index]];
		return one === undefined || other === undefined
			? []
			: [{ cluster, before: one, after: other, weight: 1 }];
	});
	const found = pairedDifference(pairs);
	const mean = pairs.reduce((sum, { after: share }) => sum + share, 0) / Math.max(1, pairs.length);
	const figure = (key: string, label: string, value: number) => ({
		label,
		key: `${name}_names_${key}`,
		unit: '',
		value,
	});
	return [
		figure('told', `${name}: share of the missing names that the prompt tells`, mean),
		...(before === after
			? []
			: [
					figure('more', 'more than the file alone', found.difference),
					figure('low', 'its 95 % interval, from', found.low),
					figure('high', 'to', found.high),
				]),
	];
}

/** A line for each side. */
export function sideNotes(sides: Readonly<Record<string, Marks>>): readonly string[] {
	const rows = Object.entries(sides).map(([name, marks]) => {
		const found = sideFigures(marks);
		const share = (value: number) => `${(value * 100).toFixed(1)} %`;
		return [
			name,
			...[found.exact, found.first_line, found.similarity, found.names, found.valid].map(share),
			...[found.premature, found.late, found.shown].map(share),
			Object.entries(found.exact_by_kind)
				.map(([kind, value]) => `${kind} ${share(value)}`)
				.join(', '),
		];
	});
	return columns([
		[
			'',
			'exact',
			'first line',
			'similar',
			'names',
			'parses',
			'too early',
			'too late',
			'shown',
			'exact by kind',
		],
		...rows,
	]);
}
