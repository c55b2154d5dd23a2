/** A report as a Markdown document: beside the adapter, and for the clipboard. */

import type { Translate } from '../../inference/statusText';
import type { ExampleShown, Grid, ReportContent, RowTable, VerdictTone } from './protocol';

/** Points of the loss curve that a table shows. */
const MOST_POINTS = 20;

const MARKS: Readonly<Record<VerdictTone, string>> = { good: '✓', bad: '✗', unsure: '?', none: '·' };

export function markdownReport(content: ReportContent, translate: Translate): string {
	const { name, standing, notes, verdict, figures, learning, examples, tables } = content;
	const parts = [
		`# ${plain(name)}`,
		plain(standing),
		...(notes === '' ? [] : [quoted(notes)]),
		`## ${translate('Verdict')}`,
		`**${plain(verdict.sentence)}**`,
		...(verdict.reasons.length === 0
			? []
			: [verdict.reasons.map(({ tone, text }) => `- ${MARKS[tone]} ${plain(text)}`).join('\n')]),
		...[...figures, ...(learning === undefined ? [] : [learning])].map(gridText),
		...curveText(content, translate),
		...(examples.length === 0 ? [] : [`## ${translate('Examples')}`]),
		...examples.map((example) => exampleText(example, translate)),
		...tables.map(tableText),
	];
	return `${parts.join('\n\n')}\n`;
}

function gridText({ title, note, heads, rows }: Grid): string {
	return [`## ${plain(title)}`, ...(note === '' ? [] : [plain(note)]), grid(heads, rows)].join('\n\n');
}

function tableText({ title, rows }: RowTable): string {
	return [
		`## ${plain(title)}`,
		grid(
			['', ''],
			rows.map(({ label, value }) => [label, value]),
		),
	].join('\n\n');
}

function grid(heads: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
	return [line(heads), `|${heads.map(() => ' --- ').join('|')}|`, ...rows.map(line)].join('\n');
}

/** Held-out losses, and those of training where there are none. */
function curveText({ curve }: ReportContent, translate: Translate): string[] {
	const line = curve.heldOut.some((value) => value !== null) ? curve.heldOut : curve.smooth;
	const measured = curve.steps.flatMap((step, index) => {
		const loss = line[index];
		return loss === null || loss === undefined ? [] : [[String(step), loss.toFixed(4)]];
	});
	if (measured.length === 0) {
		return [];
	}
	const stride = Math.ceil(measured.length / MOST_POINTS);
	const shown = measured.filter((_, index) => index % stride === 0 || index === measured.length - 1);
	const heads = [
		translate('Step'),
		line === curve.heldOut ? translate('Held-out code') : translate('Training, smoothed'),
	];
	return [[`## ${translate('Loss')}`, grid(heads, shown)].join('\n\n')];
}

function exampleText(example: ExampleShown, translate: Translate): string {
	const piece = (title: string, text: string) => `${title}:\n\n${fenced(text)}`;
	return [
		`### ${plain(example.title)}`,
		piece(translate('Prompt'), `${example.prefix}█${example.suffix}`),
		piece(translate('Truth'), example.truth),
		piece(translate('Base'), example.base),
		piece(translate('Adapter'), example.adapter),
	].join('\n\n');
}

/** Longer than every fence within. */
function fenced(text: string): string {
	const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
	const fence = '`'.repeat(longest + 1);
	return `${fence}text\n${text}\n${fence}`;
}

function quoted(text: string): string {
	return text
		.split('\n')
		.map((line) => `> ${plain(line)}`)
		.join('\n');
}

/** Text in which Markdown finds nothing to do. */
function plain(text: string): string {
	return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>#|]/g, '\\$&');
}

function cell(text: string): string {
	return plain(text);
}
