/** The parts of a report: each makes the elements for one piece of it. What a model wrote is text, never markup. */

import type {
	ComparisonContent,
	ExampleShown,
	Grid,
	Reason,
	ReportTexts,
	ReportVerdict,
	RowTable,
	VerdictTone,
} from '../src/finetune/report/protocol';
import { element } from './elements';
import { grid, rowTable } from './finetuneParts';
import { type IconName, icon } from './icons';

const TONE_ICONS: Readonly<Record<VerdictTone, IconName>> = {
	good: 'check',
	bad: 'error',
	unsure: 'warning',
	none: 'info',
};

export function verdictPart(
	document: Document,
	texts: ReportTexts,
	{ tone, sentence, reasons }: ReportVerdict,
): HTMLElement {
	return element(
		document,
		'section',
		`verdict ${tone}`,
		element(document, 'h2', '', texts.verdict),
		element(
			document,
			'p',
			`sentence ${tone}`,
			icon(document, TONE_ICONS[tone]),
			element(document, 'strong', '', sentence),
		),
		...(reasons.length === 0
			? []
			: [element(document, 'ul', 'reasons', ...reasons.map((reason) => reasonLine(document, reason)))]),
	);
}

function reasonLine(document: Document, { tone, text }: Reason): HTMLElement {
	return element(
		document,
		'li',
		`sentence ${tone}`,
		icon(document, TONE_ICONS[tone]),
		element(document, 'span', '', text),
	);
}

export function notesPart(document: Document, texts: ReportTexts, notes: string): HTMLElement {
	return element(
		document,
		'section',
		'own-notes',
		element(document, 'h2', '', texts.notes),
		element(document, 'p', '', notes),
	);
}

export function figureTable(document: Document, { title, note, heads, rows }: Grid): HTMLElement {
	const table = grid(document, heads, rows);
	table.setAttribute('aria-label', title);
	return element(
		document,
		'section',
		'',
		element(document, 'h2', '', title),
		...(note === '' ? [] : [element(document, 'p', 'detail', note)]),
		element(document, 'div', 'wide', table),
	);
}

export function factTable(document: Document, { title, rows }: RowTable): HTMLElement {
	return element(document, 'section', '', ...rowTable({ document }, title, rows));
}

export function exampleCard(document: Document, texts: ReportTexts, example: ExampleShown): HTMLElement {
	const hole = element(document, 'mark', 'hole', ' ');
	const prompt = element(document, 'pre', '', example.prefix, hole, example.suffix);
	const side = (title: string, text: string, className: string) =>
		element(
			document,
			'div',
			`side ${className}`,
			element(document, 'h3', '', title),
			text === ''
				? element(document, 'p', 'detail', texts.nothing)
				: scrollable(element(document, 'pre', '', text), title),
		);
	const same = (text: string) => (text.trim() === example.truth.trim() ? 'same' : '');
	return element(
		document,
		'div',
		'example',
		element(document, 'h3', '', texts.prompt),
		scrollable(prompt, texts.prompt),
		element(
			document,
			'div',
			'sides',
			side(texts.truth, example.truth, ''),
			side(texts.base, example.base, same(example.base)),
			side(texts.adapter, example.adapter, same(example.adapter)),
		),
	);
}

/** Long code is scrolled by keyboard, too. */
function scrollable(pre: HTMLPreElement, label: string): HTMLPreElement {
	pre.tabIndex = 0;
	pre.setAttribute('role', 'group');
	pre.setAttribute('aria-label', label);
	return pre;
}

/** One table for all sections, so that the columns stay below each other. */
export function comparisonTable(
	document: Document,
	texts: ReportTexts,
	{ warning, names, sections }: ComparisonContent,
): readonly Node[] {
	const heads = ['', ...names].map((name) => {
		const cell = element(document, 'th', '', name);
		cell.scope = 'col';
		return cell;
	});
	const bodies = sections.map(({ title, rows }) => {
		const heading = element(document, 'th', 'part', title);
		heading.colSpan = names.length + 1;
		heading.scope = 'rowgroup';
		const lines = rows.map(({ label, cells, differs }) => {
			const name = element(document, 'th', '', label);
			name.scope = 'row';
			if (differs) {
				name.append(element(document, 'span', 'hidden-text', ` (${texts.differs})`));
			}
			return element(
				document,
				'tr',
				differs ? 'differs' : '',
				name,
				...cells.map((text) => element(document, 'td', '', text)),
			);
		});
		return element(document, 'tbody', '', element(document, 'tr', '', heading), ...lines);
	});
	const table = element(
		document,
		'table',
		'grid comparison',
		element(document, 'thead', '', element(document, 'tr', '', ...heads)),
		...bodies,
	);
	return [
		...(warning === undefined
			? []
			: [
					element(
						document,
						'p',
						'sentence unsure warning',
						icon(document, 'warning'),
						element(document, 'span', '', warning),
					),
				]),
		element(document, 'div', 'wide', table),
	];
}
