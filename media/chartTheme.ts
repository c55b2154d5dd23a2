/** What the charts of all pages share: the theme's colours, how axes look, and a plot that follows its place and theme. */

import type uPlot from 'uplot';

/** Whole numbers between two marks of an axis. */
export const WHOLE_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];

export class ChartTheme {
	constructor(private readonly window: Window & typeof globalThis) {}

	/** The first of the theme's variables that it has. */
	colour(variables: readonly string[]): string {
		const style = this.window.getComputedStyle(this.window.document.body);
		const values = variables.map((name) => style.getPropertyValue(name).trim());
		return values.find((value) => value !== '') ?? 'gray';
	}

	axis() {
		return {
			stroke: () => this.colour(['--vscode-descriptionForeground', '--vscode-foreground']),
			// In high contrast, borders would outshine what is drawn.
			grid: {
				stroke: () => `color-mix(in srgb, ${this.colour(['--vscode-foreground'])} 12%, transparent)`,
				width: 1,
			},
			ticks: { show: false },
			font: `11px ${this.colour(['--vscode-font-family'])}`,
		} satisfies uPlot.Axis;
	}

	/** Keeps the plot as wide as its place, and in the colours of a theme that changes. */
	follow(plot: uPlot, place: HTMLElement, height: number): void {
		const { document } = this.window;
		new this.window.ResizeObserver(() => {
			if (place.clientWidth > 0 && place.clientWidth !== plot.width) {
				plot.setSize({ width: place.clientWidth, height });
			}
		}).observe(place);
		// VS Code changes classes and variables when the theme changes.
		const repaint = new this.window.MutationObserver(() => plot.redraw(false, true));
		for (const target of [document.documentElement, document.body]) {
			repaint.observe(target, { attributes: true, attributeFilter: ['class', 'style'] });
		}
	}
}
