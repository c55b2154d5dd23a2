/** The figures of bench:quality: ours beside llama.vscode's, each source of context beside none, and a table of all. */
import { columns, type Figure } from './harness';
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
