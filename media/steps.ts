/** What a model looked up before it answered, each step folded: which tool, with what, and what it brought. */

import { stepTitle } from '../src/chat/stepTitle';
import type { ChatTexts } from '../src/chat/textKeys';
import type { Turn, TurnStep } from '../src/chat/turn';
import { showInvisible } from '../src/inference/invisible';
import { element } from './elements';

interface ShownStep {
	readonly element: HTMLDetailsElement;
	readonly summary: HTMLElement;
	readonly result: HTMLElement;
}

export class StepsView {
	readonly element: HTMLElement;
	private readonly shown: ShownStep[] = [];

	constructor(
		private readonly document: Document,
		private readonly texts: ChatTexts,
	) {
		this.element = element(document, 'div', 'steps');
		this.element.hidden = true;
	}

	/** Each stays as it was folded. */
	update({ steps = [], state }: Pick<Turn, 'steps' | 'state'>): void {
		this.element.hidden = steps.length === 0;
		for (const [index, step] of steps.entries()) {
			const shown = this.shown[index] ?? this.add();
			const isRunning = step.state === 'running' && state === 'streaming';
			shown.element.classList.toggle('running', isRunning);
			shown.summary.textContent = this.titleOf(step, isRunning);
			shown.result.textContent = showInvisible(step.result);
			shown.result.hidden = step.result === '';
		}
		for (const gone of this.shown.splice(steps.length)) {
			gone.element.remove();
		}
	}

	private titleOf(step: TurnStep, isRunning: boolean): string {
		const { stepRunning, stepDone, stepRefused } = this.texts;
		const text = isRunning ? stepRunning : step.state === 'done' ? stepDone : stepRefused;
		return stepTitle(text, step);
	}

	private add(): ShownStep {
		const { document } = this;
		const summary = element(document, 'summary', '');
		const result = element(document, 'div', 'step-text');
		// Scrollable by keyboard.
		result.tabIndex = 0;
		const details = document.createElement('details');
		details.className = 'step';
		details.append(summary, result);
		this.element.append(details);
		const shown = { element: details, summary, result };
		this.shown.push(shown);
		return shown;
	}
}
