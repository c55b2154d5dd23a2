/** The input below the conversation: a growing text box, one button that sends or stops, and the model's name. */

import { type ChatStatus, type ChatTexts, type FromChat, MAX_QUESTION } from '../src/chat/protocol';
import { element, iconButton, textButton } from './elements';
import { icon } from './icons';

/** Highest text box in pixels; a longer question scrolls. */
const MAX_HEIGHT = 220;

export class Composer {
	readonly element: HTMLElement;
	private readonly input: HTMLTextAreaElement;
	private readonly send: HTMLButtonElement;
	private readonly stop: HTMLButtonElement;
	private readonly modelName: HTMLElement;
	private answering = false;

	constructor(
		private readonly document: Document,
		private readonly texts: ChatTexts,
		private readonly post: (message: FromChat) => void,
		/** Called with every change of the text, so that it survives the view. */
		private readonly onDraft: (text: string) => void,
	) {
		this.input = element(document, 'textarea', '');
		this.input.rows = 1;
		this.input.maxLength = MAX_QUESTION;
		this.input.placeholder = texts.placeholder;
		this.input.setAttribute('aria-label', texts.placeholder);
		this.input.addEventListener('input', () => this.changed());
		this.input.addEventListener('keydown', (event) => {
			// While an input method composes, Enter chooses a word.
			if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
				event.preventDefault();
				this.submit();
			}
		});
		this.send = iconButton(document, 'send', `${texts.send} (Enter)`, () => this.submit());
		this.stop = iconButton(document, 'stop', texts.stop, () => post({ type: 'stop' }));
		this.stop.hidden = true;
		this.modelName = textButton(document, 'model-name', '', () =>
			post({ type: 'remedy', remedy: 'select-model' }),
		);
		this.element = element(
			document,
			'form',
			'composer',
			this.input,
			element(document, 'div', 'composer-bar', this.modelName, this.send, this.stop),
		);
		this.element.addEventListener('submit', (event) => event.preventDefault());
		this.changed();
	}

	get text(): string {
		return this.input.value;
	}

	setText(text: string): void {
		this.input.value = text;
		this.changed();
	}

	setAnswering(answering: boolean): void {
		const hadFocus = this.document.activeElement === (this.answering ? this.stop : this.send);
		this.answering = answering;
		this.send.hidden = answering;
		this.stop.hidden = !answering;
		if (hadFocus) {
			(answering ? this.stop : this.send).focus();
		}
		this.changed();
	}

	setStatus(status: ChatStatus): void {
		const label = [status.name, status.place].filter((part) => part !== '').join(' · ');
		this.modelName.replaceChildren(
			element(this.document, 'span', '', label === '' ? this.texts.selectModel : label),
			icon(this.document, 'chevron'),
		);
		this.modelName.title = this.texts.selectModel;
	}

	focus(): void {
		this.input.focus();
	}

	private submit(): void {
		if (this.answering || this.text.trim() === '') {
			return;
		}
		this.post({ type: 'ask', text: this.text });
		this.setText('');
		this.focus();
	}

	private changed(): void {
		this.onDraft(this.text);
		// Not `disabled`: that would take the keyboard focus away.
		this.send.setAttribute('aria-disabled', String(this.text.trim() === ''));
		this.input.style.height = 'auto';
		this.input.style.height = `${Math.min(MAX_HEIGHT, this.input.scrollHeight)}px`;
	}
}
