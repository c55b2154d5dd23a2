/** The page of the completion statistics: figures, a chart by day, tables, and a reset. */

import {
	type Days,
	type Figure,
	type FromPage,
	isToPage,
	type PageState,
	type PageTexts,
	type Table,
} from '../src/completion/statistics/protocol';
import { element, pageHeader, textButton } from './elements';
import { icon } from './icons';

export interface PageHost {
	postMessage(message: FromPage): void;
}

/** The picture; jsdom has no canvas, so tests make another. */
interface Chart {
	readonly element: HTMLElement;
	show(days: Days): void;
}

export class StatisticsPage {
	private readonly document: Document;
	private readonly main: HTMLElement;
	private chart: Chart | undefined;
	private isTableOpen = false;

	constructor(
		window: Window & typeof globalThis,
		private readonly host: PageHost,
		private readonly makeChart: (texts: PageTexts) => Chart,
	) {
		this.document = window.document;
		this.main = element(this.document, 'main', '');
		this.document.body.append(this.main);
		window.addEventListener('message', (event: MessageEvent<unknown>) => {
			if (isToPage(event.data)) {
				this.show(event.data.texts, event.data.state);
			}
		});
		host.postMessage({ type: 'ready' });
	}

	private show(texts: PageTexts, state: PageState): void {
		const { document } = this;
		// What has the focus is made anew.
		const hadFocus = document.activeElement?.tagName === 'BUTTON';
		this.main.replaceChildren(...(state.isEmpty ? this.nothing(texts) : this.everything(texts, state)));
		if (hadFocus) {
			this.main.querySelector('button')?.focus();
		}
	}

	private nothing(texts: PageTexts): readonly Node[] {
		const { document } = this;
		return [
			element(
				document,
				'div',
				'empty',
				icon(document, 'familiar'),
				element(document, 'h1', '', texts.emptyTitle),
				element(document, 'p', '', texts.emptyText),
				element(document, 'p', 'local', texts.local),
			),
		];
	}

	private everything(texts: PageTexts, { figures, days, tables }: PageState): readonly Node[] {
		const { document } = this;
		this.chart ??= this.makeChart(texts);
		this.chart.show(days);
		const reset = textButton(document, 'secondary', texts.reset, () =>
			this.host.postMessage({ type: 'reset' }),
		);
		return [
			pageHeader(document, texts.title, [texts.period, texts.local], [reset]),
			element(document, 'dl', 'figures', ...figures.map((figure) => this.figure(figure))),
			element(
				document,
				'section',
				'chart',
				element(document, 'h2', '', texts.chart),
				this.chart.element,
				this.dayTable(texts, days),
			),
			...tables.map((table) =>
				element(
					document,
					'section',
					'',
					element(document, 'h2', '', table.title),
					element(document, 'div', 'wide', this.table(table)),
				),
			),
		];
	}

	private figure({ label, value, detail }: Figure): HTMLElement {
		const { document } = this;
		return element(
			document,
			'div',
			'figure',
			element(document, 'dt', '', label),
			element(document, 'dd', '', value),
			element(document, 'dd', 'detail', detail),
		);
	}

	/** What the chart shows, for those who cannot see it; the newest day first. */
	private dayTable(texts: PageTexts, { labels, shown, accepted }: Days): HTMLElement {
		const { document } = this;
		const rows = labels
			.map((label, index) => [label, String(shown[index] ?? 0), String(accepted[index] ?? 0)])
			.reverse();
		const details = element(
			document,
			'details',
			'',
			element(document, 'summary', '', texts.chartTable),
			this.table({ title: texts.chart, heads: [texts.day, texts.shown, texts.accepted], rows }),
		);
		details.open = this.isTableOpen;
		details.addEventListener('toggle', () => {
			this.isTableOpen = details.open;
		});
		return details;
	}

	private table({ title, heads, rows }: Table): HTMLElement {
		const { document } = this;
		const head = heads.map((text) => {
			const cell = element(document, 'th', '', text);
			cell.scope = 'col';
			return cell;
		});
		const body = rows.map(([first = '', ...rest]) => {
			const label = element(document, 'th', '', first);
			label.scope = 'row';
			return element(document, 'tr', '', label, ...rest.map((text) => element(document, 'td', '', text)));
		});
		const table = element(
			document,
			'table',
			'grid',
			element(document, 'thead', '', element(document, 'tr', '', ...head)),
			element(document, 'tbody', '', ...body),
		);
		table.setAttribute('aria-label', title);
		return table;
	}
}
