/** One conversation in the list: its name opens it; its buttons rename, export and delete it. */

import { type FromHistory, MAX_TITLE, type Summary } from '../src/chat/conversations/protocol';
import type { ChatTexts } from '../src/chat/textKeys';
import { showInvisible } from '../src/inference/invisible';
import { element, iconButton } from './elements';

interface HistoryRowOptions {
	readonly open: () => void;
	readonly post: (message: FromHistory) => void;
	/** The name is changed, or stays as it was. */
	readonly onRenamed: () => void;
}

export class HistoryRow {
	readonly element: HTMLElement;
	private readonly name: HTMLButtonElement;
	private readonly buttons: readonly HTMLButtonElement[];
	private input: HTMLInputElement | undefined;

	constructor(
		private readonly document: Document,
		private readonly texts: ChatTexts,
		private readonly conversation: Summary,
		private readonly options: HistoryRowOptions,
	) {
		const { id, title, passage, isOpen } = conversation;
		const time = this.timeText();
		// A title may come from hostile code: what cannot be seen is shown.
		const shown = title === '' ? time : showInvisible(title);
		this.name = element(
			document,
			'button',
			'history-name',
			element(document, 'span', 'history-title', shown),
			...(passage === undefined
				? []
				: [element(document, 'span', 'history-passage', showInvisible(passage))]),
			element(document, 'span', 'history-time', isOpen ? `${time} · ${texts.historyOpen}` : time),
		);
		this.name.type = 'button';
		if (isOpen) {
			this.name.setAttribute('aria-current', 'true');
		}
		this.name.addEventListener('click', options.open);
		const act = (icon: 'edit' | 'save' | 'trash', label: string, onPress: () => void) =>
			iconButton(document, icon, `${label}: ${shown}`, onPress);
		this.buttons = [
			act('edit', texts.rename, () => this.rename()),
			act('save', texts.export, () => options.post({ type: 'export', conversation: id })),
			act('trash', texts.delete, () => this.remove()),
		];
		this.element = element(
			document,
			'li',
			'history-row',
			this.name,
			element(document, 'span', 'history-actions', ...this.buttons),
		);
		this.element.setAttribute('role', 'listitem');
	}

	get id(): string {
		return this.conversation.id;
	}

	get isRenaming(): boolean {
		return this.input !== undefined;
	}

	get hasFocus(): boolean {
		return this.element.contains(this.document.activeElement);
	}

	focus(): void {
		this.name.focus();
	}

	/** Whether Tab stops here. */
	setReachable(isReachable: boolean): void {
		for (const button of [this.name, ...this.buttons]) {
			button.tabIndex = isReachable ? 0 : -1;
		}
	}

	remove(): void {
		this.options.post({ type: 'delete', conversation: this.id });
	}

	/** Puts the name into a box: Enter keeps what is typed, Escape or leaving the box what was there. */
	rename(): void {
		if (this.input !== undefined) {
			return;
		}
		const input = element(this.document, 'input', 'history-rename');
		input.maxLength = MAX_TITLE;
		input.value = this.conversation.title;
		input.setAttribute('aria-label', this.texts.rename);
		input.addEventListener('keydown', (event) => {
			if (event.isComposing || (event.key !== 'Enter' && event.key !== 'Escape')) {
				return;
			}
			event.preventDefault();
			event.stopPropagation();
			const title = input.value.trim();
			this.endRename(true);
			if (event.key === 'Enter' && title !== '' && title !== this.conversation.title) {
				this.options.post({ type: 'rename', conversation: this.id, title });
			}
		});
		input.addEventListener('blur', () => this.endRename(false));
		this.input = input;
		this.name.hidden = true;
		this.element.prepend(input);
		input.focus();
		input.select();
	}

	/** `focuses`: whether the keyboard goes back to the name. */
	private endRename(focuses: boolean): void {
		const { input } = this;
		if (input === undefined) {
			return;
		}
		this.input = undefined;
		this.name.hidden = false;
		input.remove();
		if (focuses) {
			this.focus();
		}
		this.options.onRenamed();
	}

	private timeText(): string {
		const language = this.document.documentElement.lang;
		const format = new Intl.DateTimeFormat(language === '' ? undefined : language, {
			dateStyle: 'medium',
			timeStyle: 'short',
		});
		return format.format(new Date(this.conversation.time));
	}
}
