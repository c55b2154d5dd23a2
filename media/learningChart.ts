/** A learning curve as a picture: measured losses as dots, the law that was fitted to them as a line up to twice the data. */

import './safeLanguage';

import uPlot from 'uplot';
import type { LearningShown, ReportTexts } from '../src/finetune/report/protocol';
import { ChartTheme } from './chartTheme';
import { element } from './elements';

/** Height in CSS pixels. */
const HEIGHT = 200;
/** Width before the first layout. */
const WIDTH = 600;
/** Digits after the point of a loss. */
const DIGITS = 3;

const LINES = [
	{ key: 'measured', variable: ['--vscode-charts-orange', '--vscode-editorWarning-foreground'] },
	{ key: 'law', variable: ['--vscode-charts-blue', '--vscode-foreground'] },
] as const;

export class LearningChart {
	readonly element: HTMLElement;
	private readonly theme: ChartTheme;
	private readonly plot: uPlot;
	private readonly entries: readonly HTMLElement[];
	private shown: Pick<LearningShown, 'tokens' | 'measured' | 'law'> = { tokens: [], measured: [], law: [] };

	constructor(window: Window & typeof globalThis, texts: ReportTexts) {
		const { document } = window;
		this.theme = new ChartTheme(window);
		const place = element(document, 'div', 'plot');
		// The table below says the same to those who cannot see it.
		place.setAttribute('aria-hidden', 'true');
		this.entries = LINES.map(({ key }) =>
			element(document, 'span', `entry ${key}`, element(document, 'i', ''), texts[key]),
		);
		const legend = element(document, 'div', 'legend', ...this.entries);
		legend.setAttribute('aria-hidden', 'true');
		this.element = element(document, 'div', 'loss-chart', legend, place);
		this.plot = new uPlot(this.options(texts), this.data(), place);
		this.theme.follow(this.plot, place, HEIGHT);
	}

	show(shown: LearningShown): void {
		this.shown = shown;
		for (const [index, { key }] of LINES.entries()) {
			this.entries[index]?.toggleAttribute(
				'hidden',
				shown[key].every((value) => value === null),
			);
		}
		this.plot.setData(this.data());
	}

	/** Each doubling of the data is equally wide. The dots are drawn last, over the line. */
	private data(): uPlot.AlignedData {
		const { tokens, measured, law } = this.shown;
		return [tokens.map((count) => Math.log2(count)), [...law], [...measured]];
	}

	/** Where something was measured, and where the law ends. */
	private marks(): number[] {
		const { tokens, measured } = this.shown;
		return tokens
			.filter((_, index) => measured[index] !== null || index === tokens.length - 1)
			.map((count) => Math.log2(count));
	}

	private options(texts: ReportTexts): uPlot.Options {
		const axis = this.theme.axis();
		const paint = (index: 0 | 1) => () => this.theme.colour(LINES[index].variable);
		return {
			width: WIDTH,
			height: HEIGHT,
			// A mark at the very edge would be cut.
			padding: [8, 40, 0, 0],
			scales: { x: { time: false, range: (_plot, least, most) => [least - 0.15, most + 0.15] } },
			legend: { show: false },
			cursor: { show: false },
			axes: [
				{
					...axis,
					label: texts.tokens,
					labelFont: axis.font,
					labelSize: 18,
					size: 28,
					splits: () => this.marks(),
					values: (_plot, marks) => marks.map((mark) => Math.round(2 ** mark).toLocaleString('en-US')),
				},
				{ ...axis, size: 56, values: (_plot, marks) => marks.map((mark) => mark.toFixed(DIGITS)) },
			],
			series: [
				{},
				{ stroke: paint(1), width: 2, spanGaps: true, points: { show: false } },
				{
					stroke: paint(0),
					width: 0,
					paths: () => null,
					points: { show: true, size: 9, fill: paint(0), stroke: paint(0) },
				},
			],
		};
	}
}
