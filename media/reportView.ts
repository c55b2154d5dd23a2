/** The report of an adapter, or several beside each other: the extension's state becomes DOM, buttons become messages. */

import type { Curve } from '../src/finetune/panel/protocol';
import {
	type ComparisonContent,
	type FromReport,
	isToReport,
	type LearningShown,
	type ReportAction,
	type ReportContent,
	type ReportTexts,
} from '../src/finetune/report/protocol';
import { element, pageHeader, textButton } from './elements';
import { curveTable } from './finetuneParts';
import { comparisonTable, exampleCard, factTable, figureTable, notesPart, verdictPart } from './reportParts';

/** What `acquireVsCodeApi()` returns. */
export interface ReportHost {
	postMessage(message: FromReport): void;
}

/** A picture of a curve; jsdom has no canvas, so tests make another. */
interface Chart<Shown> {
	readonly element: HTMLElement;
	show(shown: Shown): void;
}

interface Charts {
	loss(texts: ReportTexts): Chart<Curve>;
	learning(texts: ReportTexts): Chart<LearningShown>;
}

/** What a user wants next stands out. */
const PRIMARY: readonly ReportAction[] = ['use', 'rollBack'];

export class ReportView {
	private readonly document: Document;
	private readonly main: HTMLElement;
	private chart: Chart<Curve> | undefined;
	private learningChart: Chart<LearningShown> | undefined;
	/** Which of what folds are open, by their titles. */
	private readonly open = new Set<string>();

	constructor(
		window: Window & typeof globalThis,
		private readonly host: ReportHost,
		private readonly charts: Charts,
	) {
		this.document = window.document;
		this.main = element(this.document, 'main', '');
		this.document.body.append(this.main);
		// A drop would navigate.
		for (const type of ['dragover', 'drop'] as const) {
			this.document.addEventListener(type, (event) => event.preventDefault());
		}
		window.addEventListener('message', (event: MessageEvent<unknown>) => {
			if (isToReport(event.data)) {
				const { type, texts, content } = event.data;
				this.show(type === 'report' ? this.report(texts, content) : this.comparison(texts, content));
			}
		});
		host.postMessage({ type: 'ready' });
	}

	/** What has the focus is made anew: the same button has it again. */
	private show(parts: readonly Node[]): void {
		const { activeElement } = this.document;
		const focused = this.main.contains(activeElement) ? activeElement?.textContent : undefined;
		this.main.replaceChildren(...parts);
		if (focused !== undefined && focused !== null) {
			const same = [...this.main.querySelectorAll('button')].find((one) => one.textContent === focused);
			(same ?? this.main.querySelector('button'))?.focus();
		}
	}

	private report(texts: ReportTexts, content: ReportContent): readonly Node[] {
		const { document } = this;
		return [
			this.head(texts, content.name, content.standing, content.actions),
			verdictPart(document, texts, content.verdict),
			...(content.notes === '' ? [] : [notesPart(document, texts, content.notes)]),
			...content.figures.map((grid) => figureTable(document, grid)),
			...(content.learning === undefined ? [] : [this.learning(texts, content.learning)]),
			this.curve(texts, content.curve),
			...(content.examples.length === 0
				? []
				: [
						element(
							document,
							'section',
							'examples',
							element(document, 'h2', '', texts.examples),
							...content.examples.map((example, index) =>
								this.folded(example.title, index === 0, exampleCard(document, texts, example)),
							),
						),
					]),
			element(document, 'div', 'columns', ...content.tables.map((table) => factTable(document, table))),
		];
	}

	private comparison(texts: ReportTexts, content: ComparisonContent): readonly Node[] {
		return [this.head(texts, content.title, '', ['copy']), ...comparisonTable(this.document, texts, content)];
	}

	private head(
		texts: ReportTexts,
		title: string,
		standing: string,
		actions: readonly ReportAction[],
	): HTMLElement {
		const { document } = this;
		return pageHeader(
			document,
			title,
			[standing],
			actions.map((action) =>
				textButton(
					document,
					PRIMARY.includes(action) ? 'primary' : 'secondary',
					texts[`action.${action}`],
					() => this.host.postMessage({ type: 'act', action }),
				),
			),
		);
	}

	/** Between its sentences and its table stands the picture. */
	private learning(texts: ReportTexts, shown: LearningShown): HTMLElement {
		const section = figureTable(this.document, shown);
		section.classList.add('learning');
		this.learningChart ??= this.charts.learning(texts);
		this.learningChart.show(shown);
		section.lastElementChild?.before(this.learningChart.element);
		return section;
	}

	private curve(texts: ReportTexts, curve: Curve): HTMLElement {
		const { document } = this;
		const heading = element(document, 'h2', '', texts.chart);
		if (curve.steps.length === 0) {
			const empty = element(document, 'p', 'chart-empty', texts.chartEmpty);
			return element(document, 'section', 'chart', heading, empty);
		}
		this.chart ??= this.charts.loss(texts);
		this.chart.show(curve);
		const table = this.folded(texts.chartTable, false, curveTable({ document, texts }, curve));
		return element(document, 'section', 'chart', heading, this.chart.element, table);
	}

	/** @param isOpen At first; what the user opens and closes stays so. */
	private folded(title: string, isOpen: boolean, content: HTMLElement): HTMLDetailsElement {
		const { document } = this;
		const details = element(document, 'details', '', element(document, 'summary', '', title), content);
		const key = `${isOpen ? '-' : '+'}${title}`;
		details.open = this.open.has(key) !== isOpen;
		details.addEventListener('toggle', () => {
			if (details.open === isOpen) {
				this.open.delete(key);
			} else {
				this.open.add(key);
			}
		});
		return details;
	}
}
