/** The fine-tuning panel: the extension's state becomes DOM, what the user does becomes messages. It owns no state. */

import {
	type Curve,
	type FromPanel,
	isToPanel,
	type PanelState,
	type PanelTexts,
} from '../src/finetune/panel/protocol';
import { element, textButton } from './elements';
import {
	actionButtons,
	curveTable,
	figureList,
	logLines,
	noteList,
	phaseLine,
	rowTable,
	verdictCard,
	type Workshop,
} from './finetuneParts';
import { icon } from './icons';
import { StrengthSliders } from './strengthSliders';

/** What `acquireVsCodeApi()` returns. */
export interface PanelHost {
	postMessage(message: FromPanel): void;
}

/** A picture of the curve. */
interface Chart {
	readonly element: HTMLElement;
	show(curve: Curve): void;
}

/** Pixels from the bottom of the log that still count as being there. */
const BOTTOM = 16;

export class FineTunePanel {
	private readonly document: Document;
	private workshop: Workshop | undefined;
	/** What was drawn last, by part: what has not changed is left alone, with its focus and its selection. */
	private readonly drawn = new Map<HTMLElement, string>();
	private readonly empty: HTMLElement;
	private readonly run: HTMLElement;
	private readonly title: HTMLElement;
	private readonly phase: HTMLElement;
	private readonly detail: HTMLElement;
	private readonly actions: HTMLElement;
	private readonly bar: HTMLProgressElement;
	private readonly notes: HTMLElement;
	private readonly figures: HTMLElement;
	private readonly verdict: HTMLElement;
	private readonly chart: HTMLElement;
	private readonly chartEmpty: HTMLElement;
	private readonly table: HTMLDetailsElement;
	private readonly estimate: HTMLElement;
	private readonly settings: HTMLElement;
	private readonly adapters: HTMLElement;
	private readonly log: HTMLElement;
	private readonly logPart: HTMLElement;
	private strengths: StrengthSliders | undefined;
	private picture: Chart | undefined;
	private curve: Curve | undefined;

	constructor(
		private readonly window: Window & typeof globalThis,
		private readonly host: PanelHost,
		private readonly makeChart: (texts: PanelTexts) => Chart,
	) {
		this.document = window.document;
		const part = (className: string, ...children: readonly Node[]) =>
			element(this.document, 'section', className, ...children);
		this.empty = part('empty');
		this.title = element(this.document, 'h1', '');
		this.phase = element(this.document, 'p', 'phase');
		this.phase.setAttribute('role', 'status');
		this.phase.setAttribute('aria-live', 'polite');
		this.detail = element(this.document, 'p', 'detail');
		this.actions = element(this.document, 'div', 'actions');
		this.bar = element(this.document, 'progress', '');
		this.notes = element(this.document, 'ul', 'notes');
		this.figures = element(this.document, 'dl', 'figures');
		this.verdict = part('verdict');
		this.chart = part('chart');
		this.chartEmpty = element(this.document, 'p', 'chart-empty');
		this.table = element(this.document, 'details', '');
		this.estimate = part('estimate');
		this.settings = part('settings');
		this.adapters = part('adapters');
		this.log = element(this.document, 'div', 'lines');
		this.log.tabIndex = 0;
		this.logPart = part('log', this.log);
		const words = element(this.document, 'div', 'words', this.title, this.phase, this.detail);
		this.run = element(
			this.document,
			'div',
			'run',
			element(this.document, 'header', '', words, this.actions),
			this.bar,
			this.notes,
			this.figures,
			this.verdict,
			this.chart,
			element(this.document, 'div', 'columns', this.estimate, this.settings),
			this.logPart,
		);
		const main = element(this.document, 'main', '', this.empty, this.run, this.adapters);
		main.hidden = true;
		this.document.body.append(main);
		this.table.addEventListener('toggle', () => this.showTable());
		// A drop would navigate.
		for (const type of ['dragover', 'drop'] as const) {
			this.document.addEventListener(type, (event) => event.preventDefault());
		}
		window.addEventListener('message', (event: MessageEvent<unknown>) => {
			if (isToPanel(event.data)) {
				if (event.data.type === 'restore') {
					this.restore(event.data.texts);
				}
				this.show(event.data.state);
				const answered = event.data.type === 'strength' ? event.data.id : undefined;
				this.strengths?.show(event.data.state.adapters, answered);
				main.hidden = this.workshop === undefined;
			}
		});
		host.postMessage({ type: 'ready' });
	}

	private restore(texts: PanelTexts): void {
		this.workshop = { document: this.document, texts, post: (message) => this.host.postMessage(message) };
		this.strengths = new StrengthSliders(this.window, this.workshop, this.adapters);
		this.drawn.clear();
		this.picture ??= this.makeChart(texts);
		this.chart.replaceChildren(
			element(this.document, 'h2', '', texts.chart),
			this.chartEmpty,
			this.picture.element,
			this.table,
		);
		this.chartEmpty.textContent = texts.chartEmpty;
		this.table.replaceChildren(element(this.document, 'summary', '', texts.chartTable));
		this.bar.setAttribute('aria-label', texts.progress);
		this.log.setAttribute('aria-label', texts.log);
		this.logPart.replaceChildren(element(this.document, 'h2', '', texts.log), this.log);
		this.empty.replaceChildren(
			icon(this.document, 'familiar'),
			element(this.document, 'h1', '', texts.emptyTitle),
			element(this.document, 'p', '', texts.emptyText),
			element(this.document, 'p', 'local', texts.emptyLocal),
			textButton(this.document, 'primary', texts['action.start'], () =>
				this.host.postMessage({ type: 'act', action: 'start' }),
			),
		);
	}

	private show(state: PanelState): void {
		const { workshop } = this;
		if (workshop === undefined) {
			return;
		}
		const hasRun = state.title !== '';
		this.empty.hidden = hasRun;
		this.run.hidden = !hasRun;
		this.title.textContent = state.title;
		this.phase.className = `phase ${state.tone}`;
		this.draw(this.phase, [state.tone, state.phase], () => phaseLine(workshop, state.tone, state.phase));
		this.detail.textContent = state.detail;
		this.detail.hidden = state.detail === '';
		this.showActions(workshop, state);
		this.showProgress(state);
		this.draw(this.notes, state.notes, () => noteList(workshop, state.notes));
		this.draw(this.figures, state.figures, () => figureList(workshop, state.figures));
		this.draw(this.verdict, state.verdict ?? null, () => verdictCard(workshop, state.verdict));
		const { estimate, settings } = workshop.texts;
		this.draw(this.estimate, state.estimate, () => rowTable(workshop, estimate, state.estimate));
		this.draw(this.settings, state.settings, () => rowTable(workshop, settings, state.settings));
		this.showCurve(state.curve);
		this.showLog(workshop, state);
	}

	/** Fills the element if what it shows has changed; an element with nothing in it is hidden. */
	private draw(target: HTMLElement, value: unknown, make: () => readonly Node[]): boolean {
		const text = JSON.stringify(value);
		if (this.drawn.get(target) === text) {
			return false;
		}
		this.drawn.set(target, text);
		target.replaceChildren(...make());
		target.hidden = target.childNodes.length === 0;
		return true;
	}

	private showActions(workshop: Workshop, { actions }: PanelState): void {
		const hadFocus = this.actions.contains(this.document.activeElement);
		if (this.draw(this.actions, actions, () => actionButtons(workshop, actions)) && hadFocus) {
			// Pause became Resume: the keyboard stays where it was.
			this.actions.querySelector('button')?.focus();
		}
	}

	private showProgress({ progress, tone }: PanelState): void {
		this.bar.hidden = progress === undefined ? tone !== 'busy' : progress === 1;
		this.bar.classList.toggle('paused', tone !== 'busy');
		if (progress === undefined) {
			this.bar.removeAttribute('value');
		} else {
			this.bar.value = progress;
		}
	}

	private showCurve(curve: Curve): void {
		const text = JSON.stringify(curve);
		if (this.drawn.get(this.chart) === text) {
			return;
		}
		this.drawn.set(this.chart, text);
		this.curve = curve;
		const isEmpty = curve.steps.length === 0;
		this.chartEmpty.hidden = !isEmpty;
		this.table.hidden = isEmpty;
		if (this.picture !== undefined) {
			this.picture.element.hidden = isEmpty;
			this.picture.show(curve);
		}
		this.showTable();
	}

	/** The table is long: it is made only while it is open. */
	private showTable(): void {
		this.table.querySelector('table')?.remove();
		if (this.table.open && this.workshop !== undefined && this.curve !== undefined) {
			this.table.append(curveTable(this.workshop, this.curve));
		}
	}

	private showLog(workshop: Workshop, state: PanelState): void {
		const follows = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight <= BOTTOM;
		if (this.draw(this.log, state.log, () => logLines(workshop, state.log)) && follows) {
			this.log.scrollTop = this.log.scrollHeight;
		}
		this.logPart.hidden = state.log.length === 0;
	}
}
