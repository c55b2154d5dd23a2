/** The loss curve as a picture: uPlot in the colours of the theme, as wide as the panel, with a legend that tells values. */

import './safeLanguage';

import uPlot from 'uplot';
import type { Curve } from '../src/finetune/panel/protocol';
import { ChartTheme, WHOLE_STEPS } from './chartTheme';
import { element } from './elements';
import type { CurveTexts } from './finetuneParts';

/** Height in CSS pixels. */
const HEIGHT = 260;
/** Width before the first layout. */
const WIDTH = 600;
/** Digits after the point in axis and legend. */
const DIGITS = 3;

/** The lines, in uPlot's order; `variable` is the theme's colour, the second where a theme lacks the first. */
const LINES = [
	{ key: 'train', label: 'trainLoss', variable: ['--vscode-charts-blue', '--vscode-foreground'] },
	{ key: 'smooth', label: 'smoothLoss', variable: ['--vscode-charts-blue', '--vscode-foreground'] },
	{
		key: 'heldOut',
		label: 'heldOutLoss',
		variable: ['--vscode-charts-orange', '--vscode-editorWarning-foreground'],
	},
] as const;

export class LossChart {
	readonly element: HTMLElement;
	private readonly theme: ChartTheme;
	private readonly plot: uPlot;
	private readonly values: readonly HTMLElement[];
	private curve: Curve = { steps: [], train: [], smooth: [], heldOut: [] };

	constructor(window: Window & typeof globalThis, texts: CurveTexts) {
		const { document } = window;
		this.theme = new ChartTheme(window);
		const place = element(document, 'div', 'plot');
		// The table below says the same to those who cannot see it.
		place.setAttribute('aria-hidden', 'true');
		this.values = LINES.map(() => element(document, 'span', 'value'));
		const legend = element(
			document,
			'div',
			'legend',
			...LINES.map((line, index) =>
				element(
					document,
					'span',
					`entry ${line.key}`,
					element(document, 'i', ''),
					texts[line.label],
					this.values[index] ?? '',
				),
			),
		);
		legend.setAttribute('aria-hidden', 'true');
		this.element = element(document, 'div', 'loss-chart', legend, place);
		this.plot = new uPlot(this.options(), this.data(), place);
		this.theme.follow(this.plot, place, HEIGHT);
	}

	show(curve: Curve): void {
		this.curve = curve;
		this.plot.setData(this.data());
		this.tell(null);
	}

	private data(): uPlot.AlignedData {
		const { steps, train, smooth, heldOut } = this.curve;
		return [[...steps], [...train], [...smooth], [...heldOut]];
	}

	private options(): uPlot.Options {
		const axis = this.theme.axis();
		const paint = (index: 0 | 1 | 2) => () => this.theme.colour(LINES[index].variable);
		return {
			width: WIDTH,
			height: HEIGHT,
			scales: { x: { time: false } },
			legend: { show: false },
			cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
			axes: [
				{ ...axis, incrs: WHOLE_STEPS },
				{ ...axis, size: 56, values: (_plot, marks) => marks.map((mark) => mark.toFixed(DIGITS - 1)) },
			],
			series: [
				{},
				{ stroke: paint(0), width: 1, alpha: 0.5, points: { show: false } },
				{ stroke: paint(1), width: 2, points: { show: false } },
				{ stroke: paint(2), width: 2, spanGaps: true, points: { show: true, size: 7, fill: paint(2) } },
			],
			hooks: { setCursor: [(plot) => this.tell(plot.cursor.idx ?? null)] },
		};
	}

	/** Values at the cursor; without one, the last of each line. */
	private tell(index: number | null): void {
		for (const [place, line] of LINES.entries()) {
			const points = this.curve[line.key];
			const value = index === null ? points.findLast((point) => point !== null) : points[index];
			const shown = this.values[place];
			if (shown !== undefined) {
				shown.textContent = value === undefined || value === null ? '' : value.toFixed(DIGITS);
			}
		}
	}
}
