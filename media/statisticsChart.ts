/** Suggestions by day as a picture: uPlot's bars in the colours of the theme, with a legend that tells values. */

import './safeLanguage';

import uPlot from 'uplot';
import type { Days, PageTexts } from '../src/completion/statistics/protocol';
import { ChartTheme, WHOLE_STEPS } from './chartTheme';
import { element } from './elements';

/** Height in CSS pixels. */
const HEIGHT = 200;
/** Width before the first layout. */
const WIDTH = 600;
/** Share of a day's width that its bar takes, and the most pixels. */
const BAR: [number, number] = [0.7, 28];

/** The bars, in uPlot's order: accepted stands in front of shown. */
const BARS = [
	{ key: 'shown', variable: ['--vscode-charts-blue', '--vscode-foreground'], alpha: 0.45 },
	{ key: 'accepted', variable: ['--vscode-charts-green', '--vscode-foreground'], alpha: 1 },
] as const;

export class DayChart {
	readonly element: HTMLElement;
	private readonly theme: ChartTheme;
	private readonly plot: uPlot;
	private readonly day: HTMLElement;
	private readonly values: readonly HTMLElement[];
	private days: Days = { labels: [], shown: [], accepted: [] };

	constructor(window: Window & typeof globalThis, texts: PageTexts) {
		const { document } = window;
		this.theme = new ChartTheme(window);
		const place = element(document, 'div', 'plot');
		this.day = element(document, 'span', 'value');
		this.values = BARS.map(() => element(document, 'span', 'value'));
		const entries = BARS.map(({ key }, index) =>
			element(
				document,
				'span',
				`entry ${key}`,
				element(document, 'i', ''),
				texts[key],
				this.values[index] ?? '',
			),
		);
		const legend = element(document, 'div', 'legend', ...entries, this.day);
		this.element = element(document, 'div', 'day-chart', legend, place);
		// The table below says the same to those who cannot see it.
		this.element.setAttribute('aria-hidden', 'true');
		this.plot = new uPlot(this.options(), this.data(), place);
		this.theme.follow(this.plot, place, HEIGHT);
	}

	show(days: Days): void {
		this.days = days;
		this.plot.setData(this.data());
		this.tell(undefined);
	}

	private data(): uPlot.AlignedData {
		const { labels, shown, accepted } = this.days;
		return [labels.map((_, index) => index), [...shown], [...accepted]];
	}

	private options(): uPlot.Options {
		const axis = this.theme.axis();
		const bars = uPlot.paths.bars?.({ size: BAR, radius: 0.15 });
		return {
			width: WIDTH,
			height: HEIGHT,
			scales: {
				// Half a day at both ends, for the outer bars.
				x: { time: false, range: () => [-0.5, Math.max(0, this.days.labels.length - 1) + 0.5] },
				y: { range: (_plot, _least, most) => [0, Math.max(1, most * 1.05)] },
			},
			legend: { show: false },
			cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
			axes: [
				{
					...axis,
					grid: { show: false },
					incrs: [1, 2, 5, 7, 10],
					space: 64,
					values: (_plot, marks) => marks.map((mark) => this.days.labels[mark] ?? ''),
				},
				{ ...axis, size: 48, incrs: WHOLE_STEPS },
			],
			series: [
				{},
				...BARS.map(({ variable, alpha }) => ({
					fill: () => this.theme.colour(variable),
					stroke: () => this.theme.colour(variable),
					width: 1,
					alpha,
					points: { show: false },
					...(bars === undefined ? {} : { paths: bars }),
				})),
			],
			hooks: { setCursor: [(plot) => this.tell(plot.cursor.idx ?? undefined)] },
		};
	}

	/** Values of the day at the cursor; without one, sums. */
	private tell(index: number | undefined): void {
		this.day.textContent = index === undefined ? '' : (this.days.labels[index] ?? '');
		for (const [place, { key }] of BARS.entries()) {
			const numbers = this.days[key];
			const value = index === undefined ? numbers.reduce((sum, one) => sum + one, 0) : numbers[index];
			const shown = this.values[place];
			if (shown !== undefined) {
				shown.textContent = String(value ?? '');
			}
		}
	}
}
