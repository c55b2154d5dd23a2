/** Suggestions by day as a picture: uPlot's bars in the colours of the theme, with a legend that tells values. */

import './safeLanguage';

import uPlot from 'uplot';
import type { Days, PageTexts } from '../src/completion/statistics/protocol';
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
	private readonly plot: uPlot;
	private readonly day: HTMLElement;
	private readonly values: readonly HTMLElement[];
	private days: Days = { labels: [], shown: [], accepted: [] };

	constructor(
		private readonly window: Window & typeof globalThis,
		texts: PageTexts,
	) {
		const { document } = window;
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
		new window.ResizeObserver(() => this.fit(place)).observe(place);
		// VS Code changes classes and variables when the theme changes.
		const repaint = new window.MutationObserver(() => this.plot.redraw(false, true));
		for (const target of [document.documentElement, document.body]) {
			repaint.observe(target, { attributes: true, attributeFilter: ['class', 'style'] });
		}
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

	private fit(place: HTMLElement): void {
		if (place.clientWidth > 0 && place.clientWidth !== this.plot.width) {
			this.plot.setSize({ width: place.clientWidth, height: HEIGHT });
		}
	}

	private options(): uPlot.Options {
		const axis = {
			stroke: () => this.colour(['--vscode-descriptionForeground', '--vscode-foreground']),
			grid: { stroke: () => this.faint(), width: 1 },
			ticks: { show: false },
			font: `11px ${this.colour(['--vscode-font-family'])}`,
		};
		const whole = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];
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
				{ ...axis, size: 48, incrs: whole },
			],
			series: [
				{},
				...BARS.map(({ variable, alpha }) => ({
					fill: () => this.colour(variable),
					stroke: () => this.colour(variable),
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

	/** The first of the theme's variables that it has. */
	private colour(variables: readonly string[]): string {
		const style = this.window.getComputedStyle(this.window.document.body);
		const values = variables.map((name) => style.getPropertyValue(name).trim());
		return values.find((value) => value !== '') ?? 'gray';
	}

	/** Of the grid: in high contrast, borders would outshine the bars. */
	private faint(): string {
		return `color-mix(in srgb, ${this.colour(['--vscode-foreground'])} 12%, transparent)`;
	}
}
