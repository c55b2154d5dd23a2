/** A question that is being changed where it stands: Enter asks again from there, Escape leaves it as it was. */

import { MAX_QUESTION } from '../src/chat/protocol';
import type { ChatTexts } from '../src/chat/textKeys';
import { element, textButton } from './elements';

/** Highest text box in pixels; a longer question scrolls. */
const MAX_HEIGHT = 220;

interface QuestionEditorOptions {
	readonly text: string;
	readonly texts: ChatTexts;
	/** Called with every change, so that it survives the view. */
	readonly onDraft: (text: string) => void;
	readonly onSend: (text: string) => void;
	readonly onCancel: () => void;
}

export class QuestionEditor {
	readonly element: HTMLElement;
	private readonly input: HTMLTextAreaElement;

	constructor(document: Document, options: QuestionEditorOptions) {
		const { text, texts, onDraft, onSend, onCancel } = options;
		this.input = element(document, 'textarea', '');
		this.input.maxLength = MAX_QUESTION;
		this.input.rows = 1;
		this.input.value = text;
		this.input.setAttribute('aria-label', texts.edit);
		const send = () => {
			if (this.input.value.trim() !== '') {
				onSend(this.input.value);
			}
		};
		this.input.addEventListener('input', () => {
			this.grow();
			onDraft(this.input.value);
		});
		this.input.addEventListener('keydown', (event) => {
			// While an input method composes, both keys are its own.
			if (event.isComposing) {
				return;
			}
			if (event.key === 'Escape') {
				event.preventDefault();
				event.stopPropagation();
				onCancel();
			} else if (event.key === 'Enter' && !event.shiftKey) {
				event.preventDefault();
				send();
			}
		});
		this.element = element(
			document,
			'div',
			'question-editor',
			this.input,
			element(
				document,
				'div',
				'remedies',
				textButton(document, 'primary', texts.send, send),
				textButton(document, 'secondary', texts.cancel, onCancel),
			),
		);
	}

	/** To be called when it is shown. */
	focus(): void {
		this.grow();
		this.input.focus();
		this.input.setSelectionRange(this.input.value.length, this.input.value.length);
	}

	private grow(): void {
		this.input.style.height = 'auto';
		this.input.style.height = `${Math.min(MAX_HEIGHT, this.input.scrollHeight)}px`;
	}
}
