/** The input below the conversation: a growing text box with completion, what goes along, one button that sends or stops. */

import {
	type Chip,
	type FromComposer,
	isToComposer,
	MAX_DROPPED,
	MAX_URI,
	type ToComposer,
} from '../src/chat/context/messages';
import { namedIn } from '../src/chat/context/places';
import { mentionsIn } from '../src/chat/context/syntax';
import { type ChatStatus, type FromChat, MAX_QUESTION } from '../src/chat/protocol';
import type { ChatTexts } from '../src/chat/textKeys';
import { Chips } from './chips';
import { element, iconButton, textButton } from './elements';
import { icon } from './icons';
import { NoticeView } from './notice';
import { Suggest } from './suggest';

/** Highest text box in pixels; a longer question scrolls. */
const MAX_HEIGHT = 220;

/** Milliseconds after the last change of the text before its mentions are looked up. */
const PAUSE = 150;

/** The formats in which VS Code hands over what is dragged, the best first; the files of another program have none. */
const FORMATS = ['application/vnd.code.uri-list', 'text/uri-list'];

export class Composer {
	readonly element: HTMLElement;
	private readonly input: HTMLTextAreaElement;
	private readonly send: HTMLButtonElement;
	private readonly stop: HTMLButtonElement;
	private readonly modelName: HTMLElement;
	private readonly suggest: Suggest;
	private readonly chips: Chips;
	private readonly notice: NoticeView;
	private answering = false;
	/** The mentions that the extension knows of. */
	private told = '';
	private timer: ReturnType<typeof setTimeout> | undefined;

	constructor(
		private readonly document: Document,
		private readonly texts: ChatTexts,
		private readonly post: (message: FromChat | FromComposer) => void,
		/** Called with every change of the text, so that it survives the view. */
		private readonly onDraft: (text: string) => void,
	) {
		this.input = element(document, 'textarea', '');
		this.input.rows = 1;
		this.input.maxLength = MAX_QUESTION;
		this.input.placeholder = texts.placeholder;
		this.input.setAttribute('aria-label', texts.placeholder);
		this.suggest = new Suggest(document, this.input, post, () => this.changed(), texts.suggestions);
		this.chips = new Chips(document, texts, (chip) => this.takeAway(chip));
		this.notice = new NoticeView(document, texts.close, () => this.focus());
		this.input.addEventListener('input', () => {
			this.changed();
			this.suggest.changed();
		});
		this.input.addEventListener('click', () => this.suggest.changed());
		this.input.addEventListener('keydown', (event) => this.press(event));
		this.input.addEventListener('paste', (event) => this.paste(event));
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
			this.notice.element,
			this.suggest.element,
			this.input,
			this.chips.element,
			element(document, 'div', 'composer-bar', this.modelName, this.send, this.stop),
		);
		this.element.addEventListener('submit', (event) => event.preventDefault());
		this.acceptDrops();
		this.changed();
	}

	get text(): string {
		return this.input.value;
	}

	setText(text: string): void {
		this.input.value = text;
		this.changed();
	}

	/** Puts a question that was not asked above what was typed meanwhile. */
	giveBack(text: string): void {
		this.setText([text, this.text].filter((part) => part.trim() !== '').join('\n\n'));
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

	/** A message of the extension; what is not for the composer is ignored. */
	receive(message: unknown): void {
		if (isToComposer(message)) {
			this.follow(message);
		}
	}

	private follow(message: ToComposer): void {
		switch (message.type) {
			case 'suggestions':
				this.suggest.show(message.request, message.items);
				break;
			case 'chips':
				this.chips.show(message.chips, message.note);
				break;
			case 'notice':
				this.notice.show(message.notice);
				break;
		}
	}

	private press(event: KeyboardEvent): void {
		if (this.suggest.handles(event)) {
			event.preventDefault();
			// Escape would also leave what the view stands in.
			event.stopPropagation();
			return;
		}
		if (event.key === 'Escape' && this.notice.isShown) {
			this.notice.hide();
			event.preventDefault();
			return;
		}
		// While an input method composes, Enter chooses a word.
		if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
			event.preventDefault();
			this.submit();
		}
	}

	private submit(): void {
		if (this.answering || !this.canBeSent) {
			return;
		}
		this.suggest.close();
		this.notice.hide();
		this.post({ type: 'ask', text: this.text });
		this.setText('');
		this.focus();
	}

	/** Typed texts are never too long, but one with a question that came back may be. */
	private get canBeSent(): boolean {
		return this.text.trim() !== '' && this.text.length <= MAX_QUESTION;
	}

	/** Takes a chip away, and what stands for it in the text. */
	private takeAway(chip: Chip): void {
		const mention = mentionsIn(this.text).find(({ text }) => text === chip.mention);
		if (mention === undefined) {
			this.post({ type: 'takeAway', chip: chip.id });
			return;
		}
		const after = this.text.slice(mention.end).replace(/^ /, '');
		this.setText(`${this.text.slice(0, mention.start)}${after}`);
		this.tell();
	}

	private acceptDrops(): void {
		const { element: form } = this;
		form.addEventListener('dragover', (event) => {
			event.preventDefault();
			form.classList.add('dropping');
		});
		form.addEventListener('dragleave', () => form.classList.remove('dropping'));
		form.addEventListener('drop', (event) => {
			event.preventDefault();
			form.classList.remove('dropping');
			const uris = FORMATS.map((format) => event.dataTransfer?.getData(format) ?? '')
				.find((list) => list !== '')
				?.split(/[\r\n]+/)
				.map((uri) => uri.trim())
				// The format allows comments.
				.filter((uri) => uri !== '' && !uri.startsWith('#') && uri.length <= MAX_URI);
			if (uris !== undefined && uris.length > 0) {
				this.post({ type: 'drop', uris: uris.slice(0, MAX_DROPPED) });
				this.focus();
			}
		});
	}

	/** The text box would take the beginning of a long text, and say nothing of the rest. */
	private paste(event: ClipboardEvent): void {
		const { selectionStart, selectionEnd } = this.input;
		const pasted = event.clipboardData?.getData('text/plain').length ?? 0;
		const length = this.text.length - (selectionEnd - selectionStart) + pasted;
		if (length > MAX_QUESTION) {
			event.preventDefault();
			const text = this.texts.tooLong.replace('{0}', String(pasted)).replace('{1}', String(MAX_QUESTION));
			this.notice.show({ text, rows: [] });
		}
	}

	private changed(): void {
		this.onDraft(this.text);
		// Not `disabled`: that would take the keyboard focus away.
		this.send.setAttribute('aria-disabled', String(!this.canBeSent));
		this.input.style.height = 'auto';
		this.input.style.height = `${Math.min(MAX_HEIGHT, this.input.scrollHeight)}px`;
		clearTimeout(this.timer);
		this.timer = setTimeout(() => this.tell(), PAUSE);
	}

	/** Tells the extension which mentions and places the text has, where they are others than it knows. */
	private tell(): void {
		clearTimeout(this.timer);
		const mentions = namedIn(this.text.slice(0, MAX_QUESTION));
		const now = mentions.join('\n');
		if (now !== this.told) {
			this.told = now;
			this.post({ type: 'mentions', mentions });
		}
	}
}
