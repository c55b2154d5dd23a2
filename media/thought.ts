/** What a model thought before it answered, folded: whoever wants to read it unfolds it. */

import type { Segment } from '../src/chat/fences';
import type { ChatTexts } from '../src/chat/textKeys';
import { showInvisible } from '../src/inference/invisible';
import { element } from './elements';

type Thinking = Extract<Segment, { type: 'thinking' }>;

export class ThoughtView {
	readonly element: HTMLElement;
	private readonly summary: HTMLElement;
	private readonly body: HTMLElement;

	constructor(
		document: Document,
		private readonly texts: ChatTexts,
	) {
		this.summary = element(document, 'summary', '');
		this.body = element(document, 'div', 'thought-text');
		// Scrollable by keyboard.
		this.body.tabIndex = 0;
		this.element = element(document, 'details', 'thought', this.summary, this.body);
	}

	/** Stays as it was folded. */
	update({ text, isOver }: Thinking): void {
		this.summary.textContent = isOver ? this.texts.thought : this.texts.thinking;
		this.body.textContent = showInvisible(text);
	}
}
